namespace AgentFlow;

/// <summary>Takes a parameter's value from the named actions: the first in this order that completed, or the first to complete.</summary>
/// <param name="actions">The method names of the sources.</param>
[AttributeUsage(AttributeTargets.Parameter, Inherited = false)]
public sealed class FromAttribute(params string[] actions) : Attribute
{
    /// <summary>The method names of the sources, in order of preference.</summary>
    public string[] Actions { get; } = actions;

    /// <summary>Whether all sources settle and the order decides, or the first to complete wins. Default: <see cref="Take.InOrder"/>.</summary>
    public Take Take { get; set; }

    /// <summary>In a race (<see cref="Take.First"/>), cancels the other sources once one has won. Default: <see langword="false"/>.</summary>
    public bool CancelOthers { get; set; }
}
