namespace AgentFlow;

/// <summary>
/// Cancels a token when a time is over, as a <see cref="CancellationTokenSource"/> with a delay does, but also if the time is longer than
/// timers take: such a timer is set again when it
/// fires.
/// </summary>
internal sealed class LongTimeout : CancellationTokenSource
{
    private readonly Lock _gate = new();
    private readonly TimeSpan _span;
    private readonly TimeProvider _clock;

    /// <summary>Sets itself again; null while the time is one that the base class takes.</summary>
    private readonly ITimer? _timer;

    /// <summary>When the time began. Guarded by the gate.</summary>
    private long _started;

    /// <summary>Whether time runs. Guarded by the gate.</summary>
    private bool _runs = true;

    /// <param name="span">The time; <see cref="Timeout.InfiniteTimeSpan"/>: none.</param>
    /// <param name="clock">The clock.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    public LongTimeout(TimeSpan span, TimeProvider clock)
        : base(span > TimerSpan.Longest ? Timeout.InfiniteTimeSpan : span, clock)
    {
        _span = span;
        _clock = clock;
        if (span > TimerSpan.Longest)
        {
            _started = clock.GetTimestamp();
            _timer = clock.CreateTimer(static source => ((LongTimeout)source!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timer.Change(TimerSpan.Longest, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Begins the time anew.</summary>
    public void Restart()
    {
        if (_timer is null)
        {
            CancelAfter(_span);
            return;
        }

        lock (_gate)
        {
            _runs = true;
            _started = _clock.GetTimestamp();
            _timer.Change(TimerSpan.Longest, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Lets all the time pass that there is.</summary>
    public void Stop()
    {
        if (_timer is null)
        {
            CancelAfter(Timeout.InfiniteTimeSpan);
            return;
        }

        lock (_gate)
        {
            _runs = false;
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            lock (_gate)
            {
                _runs = false;
                _timer?.Dispose();
            }
        }

        base.Dispose(disposing);
    }

    private void OnTimer()
    {
        lock (_gate)
        {
            if (!_runs)
            {
                return;
            }

            var left = _span - _clock.GetElapsedTime(_started);
            if (left > TimeSpan.Zero)
            {
                _timer!.Change(TimerSpan.For(left), Timeout.InfiniteTimeSpan);
                return;
            }

            _runs = false;
        }

        try
        {
            Cancel();
        }
        catch (ObjectDisposedException)
        {
            // Whoever waited is done.
        }
    }
}
