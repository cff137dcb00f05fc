namespace AgentFlow;

/// <summary>Which sessions to list. What is not given does not restrict.</summary>
public sealed record SessionQuery
{
    /// <summary>The agent's id.</summary>
    public string? Agent { get; init; }

    /// <summary>The states. Empty: every state but <see cref="SessionState.Archived"/>.</summary>
    public IReadOnlyList<SessionState> States { get; init; } = [];

    /// <summary>The parent session's id.</summary>
    public string? Parent { get; init; }

    /// <summary>Only sessions last written to before this time, on the store's clock.</summary>
    public DateTimeOffset? UpdatedBefore { get; init; }

    /// <summary>
    /// Only sessions that nobody has written to for at least this time, on the store's clock: the time of day of the process that asks makes no
    /// difference.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public TimeSpan? IdleFor
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value ?? TimeSpan.Zero, TimeSpan.Zero, nameof(value));
            field = value;
        }
    }

    /// <summary>Only sessions whose id comes after this one in ordinal order: the last of the page before.</summary>
    public string? After { get; init; }

    /// <summary>At most so many. Default: 100.</summary>
    public int Limit { get; init; } = 100;

    /// <summary>The query with <see cref="IdleFor"/> as a time. For stores that keep the time themselves.</summary>
    /// <param name="now">The time on the store's clock.</param>
    /// <returns>A query of the same sessions, by <see cref="UpdatedBefore"/> alone.</returns>
    public SessionQuery At(DateTimeOffset now)
    {
        if (IdleFor is not { } idle)
        {
            return this;
        }

        // At least: what was written to exactly so long ago is among them.
        var before = TimerSpan.After(TimerSpan.After(now, -idle), TimeSpan.FromTicks(1));
        return this with { IdleFor = null, UpdatedBefore = UpdatedBefore < before ? UpdatedBefore : before };
    }

    internal bool Includes(SessionInfo session) =>
        (Agent is null || session.Agent == Agent)
        && (States.Count == 0 ? session.State != SessionState.Archived : States.Contains(session.State))
        && (Parent is null || session.Parent == Parent)
        && (UpdatedBefore is null || session.UpdatedAt < UpdatedBefore);
}
