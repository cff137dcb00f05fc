using System.Numerics;

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

    /// <summary>Settles the prefix of the lane and says which actions may start, a bit each by rank.</summary>
    private ulong AdoptCountdown(int place)
    {
        _plan.Waiting.CopyTo(_waiting, 0);
        var ready = _plan.FirstReady[0];
        for (var i = 0; i < place; i++)
        {
            var action = _plan.Lane[i];
            ready &= ~(1UL << _plan.RankOf[action]);
            var end = _plan.DependentStart[action + 1];
            for (var at = _plan.DependentStart[action]; at < end; at++)
            {
                var dependent = _plan.Dependents[at];
                if (--_waiting[dependent] == 0)
                {
                    ready |= 1UL << _plan.RankOf[dependent];
                }
            }
        }

        // Everything in the lane before the place has settled, whenever it became ready.
        for (var i = 0; i < place; i++)
        {
            ready &= ~(1UL << _plan.RankOf[_plan.Lane[i]]);
        }

        return ready;
    }

    /// <summary>Counts down those that wait for an action that has settled, then starts what is ready. The caller has a claim.</summary>
    private void CountDownAfter(int settled, ActionStatus status, Exception? error)
    {
        var ready = 0UL;
        if (SettleCountdown(settled, status, error))
        {
            CountDownDependents(settled, ref ready);
        }

        StartCountdown(ready);
    }

    /// <summary>Starts actions by rank, on this thread; what completes on the spot adds to them.</summary>
    private void StartCountdown(ulong ready)
    {
        while (ready != 0)
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

            var action = _plan.ByRank[BitOperations.TrailingZeroCount(ready)];
            ready &= ready - 1;
            var isLast = ready == 0;
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

    private void CountDownDependents(int action, ref ulong ready)
    {
        var end = _plan.DependentStart[action + 1];
        for (var i = _plan.DependentStart[action]; i < end; i++)
        {
            var dependent = _plan.Dependents[i];
            if (_plan.Waiting[dependent] == 1 || Interlocked.Decrement(ref _waiting[dependent]) == 0)
            {
                ready |= 1UL << _plan.RankOf[dependent];
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
