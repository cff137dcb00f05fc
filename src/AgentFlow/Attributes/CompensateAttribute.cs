namespace AgentFlow;

/// <summary>
/// Names the method that undoes the action when the run later fails or is cancelled. Compensations run in reverse order of completion. Of a for-each
/// it undoes the whole; if the for-each has not completed, the elements that have.
/// </summary>
/// <param name="method">The name of the method; it may take the action's own output.</param>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class CompensateAttribute(string method) : Attribute
{
    /// <summary>The name of the method that undoes the action.</summary>
    public string Method { get; } = method;
}
