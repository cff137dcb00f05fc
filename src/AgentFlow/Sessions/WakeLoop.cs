namespace AgentFlow;

/// <summary>Wakes the sessions that are due and keeps the leases of those at work: one loop for the whole runtime.</summary>
internal sealed class WakeLoop : IAsyncDisposable
{
    private readonly AgentRuntime _runtime;
    private readonly CancellationToken _stopping;
    private readonly Lock _gate = new();

    /// <summary>Completed to end the present pause. Guarded by the gate.</summary>
    private TaskCompletionSource _nudge = NewNudge();
    private Task? _loop;

    /// <summary>Sessions that could not be woken, and when to try again. Only the loop touches it.</summary>
    private readonly Dictionary<string, (long At, TimeSpan Pause)> _failed = new(StringComparer.Ordinal);

    public WakeLoop(AgentRuntime runtime, CancellationToken stopping)
    {
        _runtime = runtime;
        _stopping = stopping;
    }

    private TimeProvider Clock => _runtime.Options.Run.TimeProvider;

    /// <summary>Begins to look, if it has not begun.</summary>
    public void Start()
    {
        lock (_gate)
        {
            if (!_stopping.IsCancellationRequested)
            {
                _loop ??= Task.WhenAll(Task.Run(LoopAsync, CancellationToken.None), Task.Run(TendAsync, CancellationToken.None));
            }
        }
    }

    /// <summary>Looks at once.</summary>
    public void Nudge()
    {
        TaskCompletionSource nudge;
        lock (_gate)
        {
            nudge = _nudge;
        }

        nudge.TrySetResult();
    }

    public async ValueTask DisposeAsync()
    {
        Task? loop;
        lock (_gate)
        {
            loop = _loop;
        }

        if (loop is not null)
        {
            await loop.ConfigureAwait(false);
        }
    }

    private static TaskCompletionSource NewNudge() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task LoopAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            Task nudged;
            lock (_gate)
            {
                if (_nudge.Task.IsCompleted)
                {
                    _nudge = NewNudge();
                }

                nudged = _nudge.Task;
            }

            var pause = _runtime.Options.PollInterval;
            try
            {
                await WakeAsync().ConfigureAwait(false);
                if (await _runtime.Store.NextDueAsync([.. _runtime.AgentNames], _stopping).ConfigureAwait(false) is { } due && due < pause)
                {
                    pause = due > TimeSpan.FromMilliseconds(1) ? due : TimeSpan.FromMilliseconds(1);
                }
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // The store does not answer: ask again at the next interval.
                AgentTelemetry.WakeFailed(e);
            }

            await PauseAsync(nudged, pause).ConfigureAwait(false);
        }
    }

    /// <summary>Keeps leases, or gives sessions up in time, even while the store does not answer the other loop.</summary>
    private async Task TendAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            foreach (var session in _runtime.Live.Values)
            {
                session.Tend();
            }

            await Task.Delay(_runtime.Options.Lease / 12, Clock, _stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WakeAsync()
    {
        var due = await _runtime.Store.ListDueAsync([.. _runtime.AgentNames], _runtime.Options.MaxWakes + _failed.Count, _stopping).ConfigureAwait(false);
        foreach (var info in due)
        {
            if (_runtime.FindAgent(info.Agent) is not { } host || IsPutOff(info.Id))
            {
                continue;
            }

            try
            {
                await _runtime.WakeAsync(host, info.Id, _stopping).ConfigureAwait(false);
                _failed.Remove(info.Id);
            }
            catch (SessionException e)
            {
                // This one cannot go on; the others can.
                AgentTelemetry.WakeFailed(e);
                PutOff(info.Id);
            }
        }
    }

    private bool IsPutOff(string id) => _failed.TryGetValue(id, out var failed) && Clock.GetElapsedTime(failed.At) < failed.Pause;

    private void PutOff(string id)
    {
        var pause = _failed.TryGetValue(id, out var failed) ? failed.Pause * 2 : TimeSpan.FromSeconds(1);
        _failed[id] = (Clock.GetTimestamp(), pause < TimeSpan.FromMinutes(5) ? pause : TimeSpan.FromMinutes(5));
    }

    private async Task PauseAsync(Task nudged, TimeSpan pause)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_stopping);
        await Task.WhenAny(nudged, Task.Delay(pause, Clock, ended.Token)).ConfigureAwait(false);
        await ended.CancelAsync().ConfigureAwait(false);
    }
}
