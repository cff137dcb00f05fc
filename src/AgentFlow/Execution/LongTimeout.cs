namespace AgentFlow;

/// <summary>
/// Cancels a token when a time is over, as a <see cref="CancellationTokenSource"/> with a delay does, but never before that, and also if the
/// time is longer than timers take: its timer is set again when it fires too early.
/// </summary>
internal sealed class LongTimeout : CancellationTokenSource
{
    private readonly Lock _gate = new();
    private readonly TimeSpan _span;
    private readonly TimeProvider _clock;

    /// <summary>Null if there is no limit.</summary>
    private readonly ITimer? _timer;

    /// <summary>When the time began. Guarded by the gate.</summary>
    private long _started;

    /// <summary>Whether time runs. Guarded by the gate.</summary>
    private bool _runs;

    /// <param name="span">The time; <see cref="Timeout.InfiniteTimeSpan"/>: none.</param>
    /// <param name="clock">The clock.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    public LongTimeout(TimeSpan span, TimeProvider clock)
    {
        _span = span;
        _clock = clock;
        if (span == Timeout.InfiniteTimeSpan)
        {
            return;
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(span, TimeSpan.Zero);
        if (span == TimeSpan.Zero)
        {
            Cancel();
            return;
        }

        var never = Timeout.InfiniteTimeSpan;
        _timer = clock.CreateTimer(static source => ((LongTimeout)source!).OnTimer(), this, never, never);
        Restart();
    }

    /// <summary>Begins the time anew.</summary>
    public void Restart()
    {
        lock (_gate)
        {
            _runs = true;
            _started = _clock.GetTimestamp();
            _timer?.Change(TimerSpan.For(_span), Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Lets all the time pass that there is.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _runs = false;
            _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
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
