namespace AgentFlow;

/// <summary>Takes an action's output of the previous iteration. The parameter is nullable or has a default, which the first iteration gets.</summary>
/// <param name="action">The method name of the source.</param>
[AttributeUsage(AttributeTargets.Parameter, Inherited = false)]
public sealed class PreviousAttribute(string action) : Attribute
{
    /// <summary>The method name of the source.</summary>
    public string Action { get; } = action;
}
