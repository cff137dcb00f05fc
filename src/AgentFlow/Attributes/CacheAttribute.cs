namespace AgentFlow;

/// <summary>
/// Reuses an action's output for equal inputs, within one agent instance. Every run gets the same object, not a copy: return what cannot
/// be changed.
/// </summary>
/// <param name="duration">How long an output is reused, as <c>"hh:mm:ss"</c>.</param>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class CacheAttribute(string duration) : Attribute
{
    /// <summary>How long an output is reused, as <c>"hh:mm:ss"</c>.</summary>
    public string Duration { get; } = duration;

    /// <summary>How many outputs are kept; the oldest goes first. Default: 1,024.</summary>
    public int Capacity { get; set; } = 1024;
}
