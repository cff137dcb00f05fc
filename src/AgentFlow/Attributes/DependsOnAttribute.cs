namespace AgentFlow;

/// <summary>Orders an action after others without taking their values.</summary>
/// <param name="actions">The method names of the actions to wait for.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true, Inherited = false)]
public sealed class DependsOnAttribute(params string[] actions) : Attribute
{
    /// <summary>The method names of the actions to wait for.</summary>
    public string[] Actions { get; } = actions;

    /// <summary>Whether to wait for all of them or for the first that completes. Default: <see cref="WaitFor.All"/>.</summary>
    public WaitFor Wait { get; set; }
}
