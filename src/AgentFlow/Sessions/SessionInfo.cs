namespace AgentFlow;

/// <summary>What a store knows of a session without reading its journal.</summary>
public sealed record SessionInfo
{
    /// <summary>The session's id.</summary>
    public required string Id { get; init; }

    /// <summary>The agent's id.</summary>
    public required string Agent { get; init; }

    /// <summary>The hash of the shape of the agent that created it.</summary>
    public required string Shape { get; init; }

    /// <summary>Where it stands.</summary>
    public SessionState State { get; init; }

    /// <summary>How it is driven: <c>interactive</c>, <c>scheduled</c>, <c>daemon</c>, …; the application's own word.</summary>
    public string Mode { get; init; } = "interactive";

    /// <summary>The sequence number of the last record.</summary>
    public long Sequence { get; init; }

    /// <summary>Rises by one at each claim: whoever has an older one writes nothing more.</summary>
    public long Epoch { get; init; }

    /// <summary>The present owner, or null.</summary>
    public string? Owner { get; init; }

    /// <summary>When the session is due to go on by itself, on the store's clock, or null.</summary>
    public DateTimeOffset? WakeAt { get; init; }

    /// <summary>The number of the last signal that its worker has looked at.</summary>
    public long SignalsSeen { get; init; }

    /// <summary>When it was created, on the store's clock.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last written to, on the store's clock.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The session whose action started this one, or null.</summary>
    public string? Parent { get; init; }

    /// <summary>The session this one was forked from, or null.</summary>
    public string? ForkedFrom { get; init; }

    /// <summary>The last sequence number it shares with the session it was forked from.</summary>
    public long ForkedAt { get; init; }

    /// <summary>Whether the session has not changed since it was seen: nobody has written to it, nor claimed it.</summary>
    internal bool StandsAs(SessionInfo seen) => State == seen.State && Sequence == seen.Sequence && Epoch == seen.Epoch;
}
