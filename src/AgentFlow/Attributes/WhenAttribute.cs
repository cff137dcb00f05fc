namespace AgentFlow;

/// <summary>Runs an action only if the predicate method says so; otherwise the action is skipped.</summary>
/// <param name="predicate">The name of a method that returns <see cref="bool"/> and whose parameters bind as an action's do.</param>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class WhenAttribute(string predicate) : Attribute
{
    /// <summary>The name of the predicate method.</summary>
    public string Predicate { get; } = predicate;
}
