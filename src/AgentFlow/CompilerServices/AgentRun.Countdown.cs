using System.Runtime.CompilerServices;

namespace AgentFlow.CompilerServices;

/// <summary>
/// The scheduler without its gate, for agents whose actions need nothing but their dependencies (see <see cref="RunPlan.IsPlain"/>) in runs that
/// nobody observes: an atomic counter for each join, none where an action waits for one other.
/// </summary>
/// <remarks>
/// <see cref="_live"/> counts claims: each action under way has one, and each thread between a settlement and the next start. A thread that
/// settles an action takes over its claim and gives it to the last action that it starts. Whoever gives up the last claim ends the run.
/// </remarks>
public abstract partial class AgentRun
{
    private int _live;

    /// <summary>Whether this run counts down. Decided when the fast lane hands over.</summary>
    private bool _countsDown;

    private bool CanCountDown => _plan.IsPlain && !_isObserved && _recorder is null;

    /// <summary>Goes on from a place in the lane where nothing is pending.</summary>
    private void CountDownFrom(int place)
    {
        var ready = new ReadySet(stackalloc ulong[_plan.FirstReady.Length]);
        BeginCountdown(place, claims: 1, ref ready);
        StartCountdown(ref ready);
    }

    /// <summary>Goes on from a place in the lane where an action is pending.</summary>
    private void CountDownFrom<TAwaiter>(int place, TAwaiter awaiter)
        where TAwaiter : ICriticalNotifyCompletion
    {
        var action = _plan.Lane[place];
        var ready = new ReadySet(stackalloc ulong[_plan.FirstReady.Length]);
        BeginCountdown(place, claims: 2, ref ready);
        ready.Remove(_plan.RankOf[action]);
        awaiter.UnsafeOnCompleted(Continuation(action));
        StartCountdown(ref ready);
    }

    /// <summary>Goes on from a place in the lane where an action has ended, and the run holds its awaiter.</summary>
    private void CountDownFromEnded(int place)
    {
        var action = _plan.Lane[place];
        var ready = new ReadySet(stackalloc ulong[_plan.FirstReady.Length]);
        BeginCountdown(place, claims: 1, ref ready);
        ready.Remove(_plan.RankOf[action]);
        var (status, error) = TryComplete(action);
        if (SettleCountdown(action, status, error))
        {
            CountDownDependents(action, ref ready);
        }

        StartCountdown(ref ready);
    }

    /// <summary>Lays out the countdown with a prefix of the lane settled, and hands out the first claims.</summary>
    private void BeginCountdown(int place, int claims, ref ReadySet ready)
    {
        _context = ExecutionContext.Capture();
        _plan.Waiting.CopyTo(_waiting, 0);
        for (var action = 0; action < _waiting.Length; action++)
        {
            if (_waiting[action] == 0)
            {
                ready.Add(_plan.RankOf[action]);
            }
        }

        for (var i = 0; i < place; i++)
        {
            var action = _plan.Lane[i];
            ready.Remove(_plan.RankOf[action]);
            var end = _plan.DependentStart[action + 1];
            for (var at = _plan.DependentStart[action]; at < end; at++)
            {
                var dependent = _plan.Dependents[at];
                if (--_waiting[dependent] == 0)
                {
                    ready.Add(_plan.RankOf[dependent]);
                }
            }
        }

        lock (_gate)
        {
            _countsDown = true;
            _inLane = false;
            _live = claims;
        }
    }

    /// <summary>Counts down those that wait for an action that has settled, then starts what is ready. The caller has a claim.</summary>
    private void CountDownAfter(int settled, ActionStatus status, Exception? error)
    {
        var ready = new ReadySet(stackalloc ulong[_plan.FirstReady.Length]);
        if (SettleCountdown(settled, status, error))
        {
            CountDownDependents(settled, ref ready);
        }

        StartCountdown(ref ready);
    }

    /// <summary>Starts actions by rank, on this thread; what completes on the spot adds to them.</summary>
    private void StartCountdown(ref ReadySet ready)
    {
        while (!ready.IsEmpty)
        {
            if (_stop == StopReason.None && _callerToken.IsCancellationRequested)
            {
                TryStop(StopReason.Canceled);
                CancelToken();
            }

            if (_stop != StopReason.None)
            {
                break;
            }

            var action = _plan.ByRank[ready.Take()];
            var isLast = ready.IsEmpty;
            if (!isLast)
            {
                Interlocked.Increment(ref _live);
            }

            if (!TryExecute(action, out var status, out var error))
            {
                if (isLast)
                {
                    // It has this thread's claim, and the run may be gone by now.
                    return;
                }

                continue;
            }

            if (!isLast)
            {
                Interlocked.Decrement(ref _live);
            }

            if (SettleCountdown(action, status, error))
            {
                CountDownDependents(action, ref ready);
            }
        }

        ReleaseClaim();
    }

    private void CountDownDependents(int action, ref ReadySet ready)
    {
        var end = _plan.DependentStart[action + 1];
        for (var i = _plan.DependentStart[action]; i < end; i++)
        {
            var dependent = _plan.Dependents[i];
            if (_plan.Waiting[dependent] == 1 || Interlocked.Decrement(ref _waiting[dependent]) == 0)
            {
                ready.Add(_plan.RankOf[dependent]);
            }
        }
    }

    /// <summary>Records what an action came to.</summary>
    /// <returns>Whether its dependents may go on.</returns>
    private bool SettleCountdown(int action, ActionStatus status, Exception? error)
    {
        if (status == ActionStatus.Completed)
        {
            Statuses[action] = status;
            return true;
        }

        bool cancel;
        lock (_gate)
        {
            var before = _stop;
            Statuses[action] = Fail(action, error!);
            cancel = before == StopReason.None && _stop != StopReason.None;
        }

        if (cancel)
        {
            CancelToken();
        }

        return false;
    }

    private void TryStop(StopReason reason)
    {
        lock (_gate)
        {
            if (_stop == StopReason.None)
            {
                _stop = reason;
            }
        }
    }

    private void ReleaseClaim()
    {
        if (Interlocked.Decrement(ref _live) == 0)
        {
            lock (_gate)
            {
                _resting = true;
            }

            Finish();
        }
    }

    /// <summary>Takes a claim on a run that has not ended.</summary>
    private bool TryClaim()
    {
        var live = Volatile.Read(ref _live);
        while (live > 0)
        {
            var seen = Interlocked.CompareExchange(ref _live, live + 1, live);
            if (seen == live)
            {
                return true;
            }

            live = seen;
        }

        return false;
    }
}
