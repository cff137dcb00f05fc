namespace AgentFlow;

/// <summary>How a PostgreSQL store is opened.</summary>
public sealed record PostgreSqlSessionStoreOptions
{
    /// <summary>The schema that has the store's tables: lower-case letters of ASCII, digits and <c>_</c>, at most 63, beginning with a letter. Default: <c>agentflow</c>.</summary>
    public string Schema { get; init; } = "agentflow";

    /// <summary>
    /// Whether the schema is created and brought up to date before the store is first used. Default: true. Where the role that the
    /// application runs as may only read and write rows, say false, and call <see cref="PostgreSqlSessionStore.MigrateAsync"/> as another
    /// role when the application is deployed.
    /// </summary>
    public bool Migrate { get; init; } = true;

    /// <summary>
    /// How long a process may stay silent in the middle of a change before another one ends its connection. A stopped process would otherwise
    /// keep its sessions locked, and everyone who writes to them would wait. The change is rolled back, and the process finds its connection
    /// closed when it goes on. From one second to one day. Default: 15 seconds.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is less than a second, or more than a day.</exception>
    public TimeSpan MaxSilence
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.FromSeconds(1));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, TimeSpan.FromDays(1));
            field = value;
        }
    } = Connections.MaxSilence;

    /// <summary>How much is kept of the signals that wait for one session.</summary>
    public SignalLimits SignalLimits { get; init; } = new();
}
