namespace AgentFlow;

/// <summary>Runs an action once for each element of another's output. Its own output is the array of results, in the order of the elements.</summary>
/// <param name="source">The method name of the action that makes the sequence.</param>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class ForEachAttribute(string source) : Attribute
{
    /// <summary>The method name of the action that makes the sequence.</summary>
    public string Source { get; } = source;

    /// <summary>How many elements may be under way at once. Default: 4.</summary>
    public int MaxParallel { get; set; } = 4;

    /// <summary>The name of a predicate over one result: the first result that satisfies it ends the action, the elements under way are cancelled.</summary>
    public string? Until { get; set; }

    /// <summary>
    /// Leaves failed elements out of the array instead of failing the action; if every element fails, so does the action. Which have
    /// failed, and why, is told by events, by
    /// <see cref="ActionContext.FailuresOf"/> to consumers, and by <see cref="RunReport{TResult}.Failures"/>. Default:
    /// <see langword="false"/>.
    /// </summary>
    public bool AllowPartialFailure { get; set; }
}
