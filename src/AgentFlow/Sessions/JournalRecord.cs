namespace AgentFlow;

/// <summary>One record of a session's journal. Records are only ever added.</summary>
public sealed record JournalRecord
{
    /// <summary>Its place in the journal, from 1. Given by the order of the append.</summary>
    public long Sequence { get; init; }

    /// <summary>When it was recorded, on the store's clock. The store fills it in.</summary>
    public DateTimeOffset Timestamp { get; init; }

    /// <summary>The ownership under which it was recorded. The store fills it in.</summary>
    public long Epoch { get; init; }

    /// <summary>What it says.</summary>
    public required JournalKind Kind { get; init; }

    /// <summary>The iteration, from 1; 0 where none applies.</summary>
    public int Iteration { get; init; }

    /// <summary>The action's id, or the name of a checkpoint; empty where none applies.</summary>
    public string Action { get; init; } = "";

    /// <summary>The index of the element of a for-each; -1 for the action as a whole.</summary>
    public int Item { get; init; } = -1;

    /// <summary>What may be recorded only once in a session, or null. A second record with an equal key is refused with <see cref="FencedException"/>.</summary>
    public string? Key { get; init; }

    /// <summary>The payload, sealed; empty if there is none. Opaque to the store.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }
}
