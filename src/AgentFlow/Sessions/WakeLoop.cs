using System.Collections.Concurrent;

namespace AgentFlow;

/// <summary>Wakes the sessions that are due and keeps the leases of those at work: one loop for the whole runtime.</summary>
/// <remarks>
/// Nothing that one session does costs another its turn: each is woken by a task of its own, and the loop does not wait for those that take long. One
/// that cannot be woken is put off, for longer each time.
/// </remarks>
internal sealed class WakeLoop : IAsyncDisposable
{
    private static readonly TimeSpan s_shortestPause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan s_firstPutOff = TimeSpan.FromSeconds(1);

    /// <summary>A session that cannot be read is asked for rarely; what may be the store's fault passes sooner.</summary>
    private static readonly TimeSpan s_longestPutOff = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_longestPutOffByStore = TimeSpan.FromSeconds(30);

    private readonly AgentRuntime _runtime;
    private readonly CancellationToken _stopping;
    private readonly CancellationTokenSource _ending = new();
    private readonly Lock _gate = new();

    /// <summary>Completed to end the present pause. Guarded by the gate.</summary>
    private TaskCompletionSource _nudge = NewNudge();
    private Task? _loop;
    private Task? _tending;

    /// <summary>Sessions that could not be woken, and when to try again.</summary>
    private readonly ConcurrentDictionary<string, PutOff> _putOff = new(StringComparer.Ordinal);

    /// <summary>Sessions that are being woken.</summary>
    private readonly ConcurrentDictionary<string, Waking> _waking = new(StringComparer.Ordinal);

    /// <summary>Whether there was no room for all that was due.</summary>
    private bool _isFull;

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
                _loop ??= Detached.Run(LoopAsync);
                _tending ??= Detached.Run(TendAsync);
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

    /// <summary>Waits until nothing more is woken; leases are kept.</summary>
    public Task StopAsync()
    {
        lock (_gate)
        {
            return _loop ?? Task.CompletedTask;
        }
    }

    /// <summary>Ends the keeping of leases.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        Task? tending;
        lock (_gate)
        {
            tending = _tending;
        }

        if (tending is not null)
        {
            await tending.ConfigureAwait(false);
        }

        _ending.Dispose();
    }

    private static TaskCompletionSource NewNudge() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task LoopAsync()
    {
        var shortest = s_shortestPause;
        var isAgain = false;
        while (!_stopping.IsCancellationRequested)
        {
            var began = Clock.GetTimestamp();
            var (isOverdue, hasFailed) = (false, false);
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
                var hasWoken = await WakeDueAsync().ConfigureAwait(false);
                if (await _runtime.Store.NextDueAsync([.. _runtime.AgentNames], _stopping).ConfigureAwait(false) is { } due)
                {
                    // What is due and was not woken cannot be: asking again at once would change nothing.
                    shortest = due > TimeSpan.Zero || hasWoken ? s_shortestPause : shortest * 2 < pause ? shortest * 2 : pause;
                    pause = due < shortest ? shortest : due < pause ? due : pause;
                    isOverdue = due <= TimeSpan.Zero;
                }
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // The store does not answer: ask again at the next interval.
                hasFailed = true;
                AgentTelemetry.WakeFailed(e);
                RuntimeLog.StoreUnavailable(_runtime.Log, pause, e);
            }

            // The pause may have passed while the store was asked: look again at once, since nobody may move a manual clock any more.
            // If a session is overdue, look again only once, since it may be one that cannot be woken.
            var now = Clock.GetTimestamp();
            isAgain = !hasFailed && ((isOverdue && !isAgain) || Clock.GetElapsedTime(began, now) >= pause);
            if (!isAgain)
            {
                await PauseAsync(nudged, pause, now).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Keeps leases, or gives sessions up in time, even while the store does not answer the other loop, and while the runtime is being disposed.</summary>
    private async Task TendAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            var pause = _runtime.Options.Lease / 12;
            foreach (var loading in _runtime.Loading)
            {
                loading.Key.KeepWhileLoading();
            }

            foreach (var session in _runtime.Live.Values)
            {
                session.Tend();
                if (session.IsChild && _runtime.Options.PollInterval < pause)
                {
                    // Its parent may want it cancelled.
                    pause = _runtime.Options.PollInterval;
                }
            }

            await Task.Delay(TimerSpan.For(pause), Clock, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Wakes what is due, and waits for it for one interval at most.</summary>
    /// <returns>Whether anything was woken, or still is being woken.</returns>
    private async Task<bool> WakeDueAsync()
    {
        var limit = _runtime.Options.MaxWakes + _putOff.Count + _waking.Count;
        var due = await _runtime.Store.ListDueAsync([.. _runtime.AgentNames], limit, _stopping).ConfigureAwait(false);
        ForgetPutOff(due);
        var putOff = _putOff.Count;
        var isFull = due.Count >= limit;
        Volatile.Write(ref _isFull, isFull);
        var waking = new List<Task<bool>>();
        foreach (var info in due)
        {
            if (_waking.Count >= _runtime.Options.MaxWakes)
            {
                isFull = true;
                Volatile.Write(ref _isFull, true);
                if (_waking.Count < _runtime.Options.MaxWakes)
                {
                    // One has ended, and may not have seen that.
                    Nudge();
                }

                break;
            }

            if (_runtime.FindHost(info.Id, info.Agent) is { } host && !IsPutOff(info.Id) && !IsWoken(info.Id))
            {
                waking.Add(Wake(host, info));
            }
        }

        // Those of this round that have been woken already are no longer listed; of earlier rounds some may still be.
        waking.AddRange(_waking.Values.Select(static w => w.Task));
        if (waking.Count == 0)
        {
            return false;
        }

        var woken = Task.WhenAll(waking);
        await PauseAsync(woken, _runtime.Options.PollInterval, Clock.GetTimestamp()).ConfigureAwait(false);
        if (!woken.IsCompleted)
        {
            return true;
        }

        var hasWoken = Array.Exists(await woken.ConfigureAwait(false), static isWoken => isWoken);
        if (isFull && (hasWoken || _putOff.Count > putOff))
        {
            Nudge();
        }

        return hasWoken;
    }

    /// <summary>Whether a session is being woken. If so, it is looked at again afterwards: what makes it due may have come too late for that.</summary>
    private bool IsWoken(string id)
    {
        if (!_waking.TryGetValue(id, out var waking))
        {
            return false;
        }

        waking.IsAskedForAgain = true;
        if (!_waking.ContainsKey(id))
        {
            // It has ended, and may not have seen that.
            Nudge();
        }

        return true;
    }

    private Task<bool> Wake(AgentHost host, SessionInfo info)
    {
        // It must be listed before it can be taken off the list.
        var listed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var waking = new Waking();
        waking.Task = Task.Run(() => WakeAsync(host, info, waking, listed.Task), CancellationToken.None);
        _waking[info.Id] = waking;
        listed.SetResult();
        return waking.Task;
    }

    /// <summary>Wakes one session. Whatever it throws costs that session alone: constructors, setters and converters of its values are the user's.</summary>
    private async Task<bool> WakeAsync(AgentHost host, SessionInfo info, Waking waking, Task listed)
    {
        await listed.ConfigureAwait(false);
        var (isWoken, isPutOff) = (false, false);
        try
        {
            isWoken = await _runtime.WakeAsync(host, info.Id, isDue: true, _stopping).ConfigureAwait(false);
            _putOff.TryRemove(info.Id, out _);
            return isWoken;
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception e)
        {
            var pause = PutOffAfter(info.Id, e);
            isPutOff = true;
            AgentTelemetry.WakeFailed(e);
            RuntimeLog.SessionNotWoken(_runtime.Log, info.Id, info.Agent, pause, e);
            return false;
        }
        finally
        {
            _waking.TryRemove(info.Id, out _);
            if (waking.IsAskedForAgain || ((isWoken || isPutOff) && Volatile.Read(ref _isFull)))
            {
                Nudge();
            }
        }
    }

    private bool IsPutOff(string id) => _putOff.TryGetValue(id, out var failed) && Clock.GetElapsedTime(failed.At) < failed.Pause;

    private TimeSpan PutOffAfter(string id, Exception error)
    {
        var longest = error is SessionException ? s_longestPutOff : s_longestPutOffByStore;
        var pause = _putOff.TryGetValue(id, out var failed) ? failed.Pause * 2 : s_firstPutOff;
        pause = pause < longest ? pause : longest;
        _putOff[id] = new(Clock.GetTimestamp(), pause);
        return pause;
    }

    /// <summary>Forgets what was put off and is due no longer: it was woken elsewhere, has ended or was deleted.</summary>
    private void ForgetPutOff(IReadOnlyList<SessionInfo> due)
    {
        if (_putOff.IsEmpty)
        {
            return;
        }

        var ids = due.Select(static info => info.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var id in _putOff.Keys)
        {
            if (!ids.Contains(id) && !IsPutOff(id))
            {
                _putOff.TryRemove(id, out _);
            }
        }
    }

    /// <summary>Waits until something ends, or until a pause is over that began at a moment of the clock.</summary>
    private async Task PauseAsync(Task ended, TimeSpan pause, long began)
    {
        using var isOver = CancellationTokenSource.CreateLinkedTokenSource(_stopping);
        var delay = Task.Delay(TimerSpan.For(pause - Clock.GetElapsedTime(began)), Clock, isOver.Token);
        if (Clock.GetElapsedTime(began) < pause)
        {
            await Task.WhenAny(ended, delay).ConfigureAwait(false);
        }

        await isOver.CancelAsync().ConfigureAwait(false);
    }

    private readonly record struct PutOff(long At, TimeSpan Pause);

    /// <summary>A session that is being woken.</summary>
    private sealed class Waking
    {
        private volatile bool _isAskedForAgain;

        /// <summary>Tells whether it was woken. Set before the session is listed.</summary>
        public Task<bool> Task { get; set; } = null!;

        /// <summary>Whether it was due once more meanwhile.</summary>
        public bool IsAskedForAgain
        {
            get => _isAskedForAgain;
            set => _isAskedForAgain = value;
        }
    }
}
