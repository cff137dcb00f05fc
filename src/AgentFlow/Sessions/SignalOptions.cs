namespace AgentFlow;

/// <summary>Who sends a signal, and how a repeated sending is told.</summary>
public sealed record SignalOptions
{
    /// <summary>Who sends it. Signals of one sender and name are taken in the order they were sent.</summary>
    public string Sender { get; init; } = "";

    /// <summary>A second signal with an equal key from the same sender is dropped. Default: none is.</summary>
    public string? Key { get; init; }
}
