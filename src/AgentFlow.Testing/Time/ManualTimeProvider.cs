namespace AgentFlow.Testing;

/// <summary>A clock that moves when it is told to, and fires timers while it does. Thread-safe.</summary>
public sealed class ManualTimeProvider : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<ManualTimer> _timers = [];
    private TaskCompletionSource _armed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _now = TimeSpan.TicksPerDay * 365;
    private long _skew;

    /// <summary>10,000,000 a second.</summary>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>When the next timer is due, from now; null if none is armed.</summary>
    public TimeSpan? NextTimer
    {
        get
        {
            lock (_gate)
            {
                return _timers.Min(static t => t.Due) is { } due ? TimeSpan.FromTicks(Math.Max(0, due - _now)) : null;
            }
        }
    }

    /// <summary>The longest span that a timer of .NET takes.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    /// <inheritdoc />
    public override long GetTimestamp() => Interlocked.Read(ref _now);

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow() => new(GetTimestamp() + Interlocked.Read(ref _skew), TimeSpan.Zero);

    /// <summary>Sets the time of day forward or back, as an administrator would: timers and timestamps do not notice.</summary>
    /// <param name="by">By how much.</param>
    /// <exception cref="ArgumentOutOfRangeException">It would show a time before the first, or after the last there is.</exception>
    public void SetWallClock(TimeSpan by)
    {
        Check(GetUtcNow(), by);
        Interlocked.Add(ref _skew, by.Ticks);
    }

    /// <inheritdoc />
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Waits until some timer is armed.</summary>
    /// <returns>Completes when one is.</returns>
    public Task WhenArmed()
    {
        lock (_gate)
        {
            return _timers.Any(static t => t.Due is not null) ? Task.CompletedTask : _armed.Task;
        }
    }

    /// <summary>Lets time pass. Timers fire on this thread, in order, each at its time.</summary>
    /// <param name="by">How much.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is negative, or would go beyond the last time there is.</exception>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        Check(GetUtcNow(), by);
        var end = GetTimestamp() + by.Ticks;
        while (true)
        {
            ManualTimer? next;
            lock (_gate)
            {
                next = _timers.Where(t => t.Due <= end).MinBy(static t => t.Due);
                _now = next?.Due is { } due ? Math.Max(_now, due) : end;
                if (next is not null)
                {
                    next.Due = next.Period > TimeSpan.Zero ? next.Due + next.Period.Ticks : null;
                    if (next.Due is null)
                    {
                        _timers.Remove(next);
                    }
                }
            }

            if (next is null)
            {
                return;
            }

            next.Fire();
        }
    }

    private static void Check(DateTimeOffset now, TimeSpan by)
    {
        if (by > DateTimeOffset.MaxValue - now || by < DateTimeOffset.MinValue - now)
        {
            throw new ArgumentOutOfRangeException(nameof(by), by, "There is no such time.");
        }
    }

    private sealed class ManualTimer(ManualTimeProvider clock, TimerCallback callback, object? state) : ITimer
    {
        public long? Due { get; set; }

        /// <summary>How long after a firing the next is due; zero if it fires once.</summary>
        public TimeSpan Period { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            // As the system's timers: who waits longer sets his timer again.
            ArgumentOutOfRangeException.ThrowIfGreaterThan(dueTime, s_longest);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(period, s_longest);
            lock (clock._gate)
            {
                clock._timers.Remove(this);
                Due = dueTime < TimeSpan.Zero ? null : clock.GetTimestamp() + dueTime.Ticks;

                // The system's timers count milliseconds: less is none.
                Period = period < TimeSpan.FromMilliseconds(1) ? TimeSpan.Zero : period;
                if (Due is not null)
                {
                    clock._timers.Add(this);
                    clock._armed.TrySetResult();
                    clock._armed = new(TaskCreationOptions.RunContinuationsAsynchronously);
                }
            }

            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
