namespace AgentFlow;

/// <summary>Marks a parameter as an argument of the run. The same name has the same type throughout an agent.</summary>
[AttributeUsage(AttributeTargets.Parameter, Inherited = false)]
public sealed class InputAttribute : Attribute
{
    /// <summary>The argument's name, when it differs from the parameter's.</summary>
    public string? Name { get; set; }
}
