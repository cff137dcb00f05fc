namespace AgentFlow;

/// <summary>How a SQLite store is opened.</summary>
public sealed record SqliteSessionStoreOptions
{
    /// <summary>The clock of leases and timestamps. Default: the system's. Only its steady part is relied on after the store is opened.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>
    /// Whether the structure of the whole file is checked when it is opened. Default: true. Damaged indexes are then rebuilt from their tables;
    /// if the tables are damaged, the store is opened for reading only. It takes about a second for each gigabyte. What is read is checked
    /// row by row, whatever is said here.
    /// </summary>
    public bool ChecksOnOpen { get; init; } = true;

    /// <summary>How much is kept of the signals that wait for one session.</summary>
    public SignalLimits SignalLimits { get; init; } = new();
}
