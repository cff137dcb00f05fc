namespace AgentFlow;

/// <summary>Names the method that stands in when the action has finally failed.</summary>
/// <param name="method">The name of a method with the same output. It may take the <see cref="Exception"/>.</param>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class FallbackAttribute(string method) : Attribute
{
    /// <summary>The name of the method that stands in.</summary>
    public string Method { get; } = method;
}
