namespace AgentFlow;

/// <summary>
/// A partial method without a body, as a step that the outside world completes: an approval, a webhook. The session suspends meanwhile. The
/// generator writes the body, a key in <c>Signals</c> and a method on the session to answer with. Its parameters say what it waits for.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SignalAttribute : Attribute
{
    /// <summary>The stable id of the signal. Default: the method's name.</summary>
    public string? Name { get; set; }

    /// <summary>The title for people. Default: the id.</summary>
    public string? Title { get; set; }

    /// <summary>
    /// How long it is waited for, as <c>hh:mm:ss</c> or <c>d.hh:mm:ss</c>. Then the action fails with a <see cref="TimeoutException"/>, and its
    /// <see cref="FallbackAttribute"/>, if it has one, takes over. Default: without end.
    /// </summary>
    public string? Timeout { get; set; }
}
