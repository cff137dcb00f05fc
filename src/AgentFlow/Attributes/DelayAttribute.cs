namespace AgentFlow;

/// <summary>Starts an action that long after its dependencies are met.</summary>
/// <param name="duration">The delay, as <c>"hh:mm:ss"</c>.</param>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class DelayAttribute(string duration) : Attribute
{
    /// <summary>The delay, as <c>"hh:mm:ss"</c>.</summary>
    public string Duration { get; } = duration;
}
