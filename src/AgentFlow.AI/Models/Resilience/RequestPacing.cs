namespace AgentFlow.AI;

/// <summary>
/// Spaces requests by the generic cell rate algorithm (ITU-T I.371, annex A): a theoretical arrival time moves on by one interval with each
/// request, and a request may come before it by as much as the burst allows. A request that gives up waiting has used its turn.
/// </summary>
internal sealed class RequestPacing
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _clock;
    private readonly TimeSpan _interval;
    private readonly TimeSpan _tolerance;
    private readonly long _start;

    /// <summary>When the next request is due if requests come evenly, since the start. Guarded by the gate.</summary>
    private TimeSpan _theoretical;

    public RequestPacing(int perMinute, int burst, TimeProvider clock)
    {
        _clock = clock;
        _interval = TimeSpan.FromMinutes(1) / perMinute;
        _tolerance = _interval * (burst - 1);
        _start = clock.GetTimestamp();
    }

    public Task WaitAsync(CancellationToken cancellationToken)
    {
        TimeSpan wait;
        lock (_gate)
        {
            var now = _clock.GetElapsedTime(_start);
            _theoretical = _theoretical > now ? _theoretical : now;
            wait = _theoretical - _tolerance - now;
            _theoretical += _interval;
        }

        return wait > TimeSpan.Zero ? TimerSpan.DelayAsync(wait, _clock, cancellationToken) : Task.CompletedTask;
    }
}
