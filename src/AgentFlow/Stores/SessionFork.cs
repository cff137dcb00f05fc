namespace AgentFlow;

/// <summary>A new session that shares the beginning of another's journal, and what it begins with besides: a store makes all of it, or nothing.</summary>
public sealed record SessionFork
{
    private readonly SessionState _state = SessionState.Paused;

    /// <summary>The other session's id.</summary>
    public required string Source { get; init; }

    /// <summary>The last sequence number to share.</summary>
    public required long UpTo { get; init; }

    /// <summary>The new session: its id, mode, parent. The rest is the store's to fill in.</summary>
    public required SessionInfo Session { get; init; }

    /// <summary>Records of its own; the first is recorded at <see cref="UpTo"/> + 1.</summary>
    public IReadOnlyList<JournalRecord> Records { get; init; } = [];

    /// <summary>The state it begins in. Default: <see cref="SessionState.Paused"/>. If it is <see cref="SessionState.Running"/>, the session is due at once.</summary>
    /// <exception cref="ArgumentException">The state is neither Paused nor Running.</exception>
    public SessionState State
    {
        get => _state;
        init => _state = value is SessionState.Paused or SessionState.Running ? value : throw new ArgumentException($"A fork begins Paused or Running, not {value}.", nameof(value));
    }
}
