namespace AgentFlow.AI;

/// <summary>What every pattern is held to, besides its own steps and rounds.</summary>
public abstract class PatternOptions
{
    private readonly long? _maxTokens;
    private readonly TimeSpan? _maxDuration;

    private protected PatternOptions()
    {
    }

    /// <summary>
    /// How many tokens may be used in all, those of children among them; estimated where a model tells none. The call that passes it is not cut off; after it, only what makes the result
    /// is asked for. Default: any number.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public long? MaxTokens
    {
        get => _maxTokens;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value ?? 1);
            _maxTokens = value;
        }
    }

    /// <summary>
    /// How long it may take, by the clock of the run, from its first step on; the time that it waits for people does not count, the time between a crash and its resumption does.
    /// Then calls under way are cancelled, and the result is made of what there is; if there is nothing, it fails with <see cref="TimeoutException"/>. A call that heeds no cancellation is
    /// waited for. Default: any time.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public TimeSpan? MaxDuration
    {
        get => _maxDuration;
        init => _maxDuration = value is null || value > TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "It is a positive time.");
    }

    internal DateTimeOffset? DeadlineFrom(ActionContext context) => MaxDuration is { } most ? TimerSpan.After(context.TimeProvider.GetUtcNow(), most) : null;

    /// <summary>The end of the time for a call that makes the result. One that comes too late, after a crash or a call that heeded no cancellation, has a quarter of the time nevertheless.</summary>
    internal DateTimeOffset? AnswerEnd(DateTimeOffset? begunBy, DateTimeOffset? deadline, ActionContext context) =>
        begunBy is { } latest && context.TimeProvider.GetUtcNow() is var now && now > latest && MaxDuration is { } most ? TimerSpan.After(now, most / 4) : deadline;

    internal bool HasUsedUp(RunUsage usage) => usage.Tokens >= MaxTokens;

    internal TimeoutException NothingInTime() => new($"There was nothing to give after {MaxDuration:c}, which is {nameof(MaxDuration)}.");
}
