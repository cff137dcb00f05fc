namespace AgentFlow;

/// <summary>Something that the outside world tells a session.</summary>
public sealed record SignalRecord
{
    /// <summary>Its number, in the order of arrival at the session. The store fills it in.</summary>
    public long Number { get; init; }

    /// <summary>The id of the session it is for.</summary>
    public required string Session { get; init; }

    /// <summary>The id of the signal: the action that takes it.</summary>
    public required string Name { get; init; }

    /// <summary>Who sends it. Signals of one sender are taken in the order they were sent.</summary>
    public string Sender { get; init; } = "";

    /// <summary>Tells a repeated sending: a second signal with an equal key from the same sender is dropped. Null: never.</summary>
    public string? Key { get; init; }

    /// <summary>When it arrived, on the store's clock. The store fills it in.</summary>
    public DateTimeOffset Timestamp { get; init; }

    /// <summary>The payload, sealed. Opaque to the store.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }
}
