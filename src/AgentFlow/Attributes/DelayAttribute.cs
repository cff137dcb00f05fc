namespace AgentFlow;

/// <summary>Starts an action that long after its dependencies are met.</summary>
/// <param name="duration">The delay, as <c>"hh:mm:ss"</c>.</param>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class DelayAttribute(string duration) : Attribute
{
    /// <summary>The delay, as <c>"hh:mm:ss"</c>.</summary>
    public string Duration { get; } = duration;

    /// <summary>
    /// The method name of an action that ends the delay: if it settles before the time is over, whether it completes, fails or is skipped,
    /// this action is skipped at once and holds nothing up.
    /// A reminder beside a <see cref="SignalAttribute"/> is such an action. Once it has started it runs to its end. Default: none.
    /// </summary>
    public string? Unless { get; set; }
}
