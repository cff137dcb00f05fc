namespace AgentFlow.CompilerServices;

/// <summary>
/// The time-outs of one attempt: of its whole duration, and of its silence. Pooled with its timer and token source, so that a time-out
/// that is not reached costs no allocation.
/// </summary>
#pragma warning disable CA1001 // It lives in a pool; what it owns is collected with it, and its token source has nothing to dispose once its timer is its own.
internal sealed class AttemptClock
#pragma warning restore CA1001
{
    [ThreadStatic]
    private static AttemptClock? t_idle;

    private readonly Lock _gate = new();
    private CancellationTokenSource _source = new();
    private CancellationTokenRegistration _outer;
    private ITimer? _timer;
    private TimeProvider _clock = TimeProvider.System;

    /// <summary>Time allowed; zero: any. Guarded by the gate, as all below.</summary>
    private TimeSpan _total;
    private TimeSpan _idle;
    private long _started;
    private long _heard;
    private bool _running;
    private short _version;
    private bool _expired;
    private bool _expiredIdle;

    public CancellationToken Token => _source.Token;

    /// <summary>Begins an attempt.</summary>
    public static AttemptClock Start(TimeSpan total, TimeSpan idle, TimeProvider clock, CancellationToken outer)
    {
        var attempt = t_idle ?? new AttemptClock();
        t_idle = null;
        attempt.Begin(total, idle, clock, outer);
        return attempt;
    }

    /// <summary>Tells one attempt from the next that uses this clock.</summary>
    public short Version => _version;

    /// <summary>Restarts the time of silence, if the attempt is still under way.</summary>
    /// <param name="version">The attempt's <see cref="Version"/>.</param>
    public void Heartbeat(short version)
    {
        lock (_gate)
        {
            if (_running && _version == version)
            {
                _heard = _clock.GetTimestamp();
            }
        }
    }

    /// <summary>Ends the attempt.</summary>
    /// <returns>What ran out, if anything did: the error of the attempt when it was cancelled.</returns>
    public TimeoutException? Stop()
    {
        TimeoutException? error = null;
        lock (_gate)
        {
            _running = false;
            if (_expired)
            {
                error = _expiredIdle
                    ? new TimeoutException($"The attempt gave no sign of life for {_idle:c}.")
                    : new TimeoutException($"The attempt did not finish within {_total:c}.");
            }
        }

        _timer!.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _outer.Dispose();

        // Once it has expired, its timer may still be about to cancel the source.
        if (error is null && _source.TryReset())
        {
            t_idle = this;
        }

        return error;
    }

    private void Begin(TimeSpan total, TimeSpan idle, TimeProvider clock, CancellationToken outer)
    {
        lock (_gate)
        {
            (_total, _idle, _expired, _expiredIdle, _running) = (total, idle, false, false, true);
            _version++;
            if (!ReferenceEquals(_clock, clock))
            {
                _timer?.Dispose();
                _timer = null;
                _clock = clock;
            }

            _started = _heard = clock.GetTimestamp();
        }

        _timer ??= Detached.CreateTimer(clock, static attempt => ((AttemptClock)attempt!).OnTimer(), this);
        _timer.Change(UntilDue(), Timeout.InfiniteTimeSpan);
        _outer = outer.UnsafeRegister(static attempt => ((AttemptClock)attempt!)._source.Cancel(), this);
    }

    private TimeSpan UntilDue()
    {
        var total = _total > TimeSpan.Zero ? _total - _clock.GetElapsedTime(_started) : TimeSpan.MaxValue;
        var idle = _idle > TimeSpan.Zero ? _idle - _clock.GetElapsedTime(_heard) : TimeSpan.MaxValue;
        var due = total < idle ? total : idle;

        return TimerSpan.For(due);
    }

    /// <summary>A timer may fire late, in another attempt, or early because of a heartbeat: what counts is whether the attempt is due now.</summary>
    private void OnTimer()
    {
        lock (_gate)
        {
            if (!_running)
            {
                return;
            }

            var due = UntilDue();
            if (due > TimeSpan.Zero)
            {
                _timer!.Change(due, Timeout.InfiniteTimeSpan);
                return;
            }

            _expired = true;
            _expiredIdle = _total == TimeSpan.Zero || _clock.GetElapsedTime(_started) < _total;
        }

        _source.Cancel();
    }
}
