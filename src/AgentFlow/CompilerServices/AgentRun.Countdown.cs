using System.Runtime.CompilerServices;

namespace AgentFlow.CompilerServices;

/// <summary>
/// The scheduler without its gate, for agents whose actions need nothing but their dependencies (see <see cref="RunPlan.IsPlain"/>) in runs that
/// nobody observes: an atomic counter for each join, and none where an action waits for one other.
/// </summary>
/// <remarks>
/// Every action settles exactly once, whatever happens: what becomes ready after the run has been stopped settles without starting. An action
/// becomes ready on the thread that settles the last of its dependencies, and that thread alone starts it. So the run has ended when its sinks,
/// the actions that nobody waits for, have settled; and while a thread knows of an action that has not, the run cannot end.
/// </remarks>
public abstract partial class AgentRun
{
    /// <summary>Claims that keep the run from ending: of each sink that has not settled, and of each thread that is stopping the run.</summary>
    private int _live;

    /// <summary>Whether this run counts down. Decided when the fast lane hands over.</summary>
    private bool _countsDown;

    private bool CanCountDown => _plan.IsPlain && !_isObserved && _recorder is null;

    /// <summary>Goes on from a place in the lane where nothing is pending.</summary>
    private void CountDownFrom(int place)
    {
        LayOutCountdown(place);
        AdvanceCountdown(None, null, isHandOver: true);
    }

    /// <summary>Goes on from a place in the lane where an action is pending.</summary>
    private void CountDownFrom<TAwaiter>(int place, TAwaiter awaiter)
        where TAwaiter : ICriticalNotifyCompletion
    {
        var action = _plan.Lane[place];
        LayOutCountdown(place);
        ClearReady(action);
        var hasOthers = FirstReady() >= 0;
        awaiter.UnsafeOnCompleted(Continuation(action));
        if (hasOthers)
        {
            AdvanceCountdown(None, null, isHandOver: true);
        }
    }

    /// <summary>Goes on from a place in the lane where an action has ended, and the run holds its awaiter.</summary>
    private void CountDownFromEnded(int place)
    {
        var action = _plan.Lane[place];
        LayOutCountdown(place);
        ClearReady(action);
        AdvanceCountdown(action, TryComplete(action), isHandOver: true);
    }

    /// <summary>Lays out the countdown with a prefix of the lane settled. This thread has the run for itself until something is pending.</summary>
    private void LayOutCountdown(int place)
    {
        _context = ExecutionContext.Capture();
        _plan.Waiting.CopyTo(_waiting, 0);
        _plan.FirstReady.CopyTo(_ready, 0);
        var live = _plan.SinkCount;
        for (var i = 0; i < place; i++)
        {
            var action = _plan.Lane[i];
            var dependents = _plan.DependentsOf(action);
            ClearReady(action);
            live -= dependents.IsEmpty ? 1 : 0;
            foreach (var dependent in dependents)
            {
                CountDown(dependent);
            }
        }

        lock (_gate)
        {
            _countsDown = true;
            _inLane = false;
            _live = live;
        }
    }

    /// <summary>Settles an action, if one is given, then starts what is ready: at the hand-over what the lane has left so.</summary>
    private void AdvanceCountdown(int settled, Exception? error, bool isHandOver)
    {
        if (_ready.Length > 1)
        {
            AdvanceLongCountdown(settled, error, isHandOver);
            return;
        }

        var ready = new ReadyWord(isHandOver ? _ready[0] : 0);
        AdvanceCountdown(settled, error, ref ready);
    }

    private void AdvanceLongCountdown(int settled, Exception? error, bool isHandOver)
    {
        var ready = new ReadyWords(stackalloc ulong[_ready.Length], isHandOver ? _ready : []);
        AdvanceCountdown(settled, error, ref ready);
    }

    /// <summary>Starts actions by rank, on this thread; what completes on the spot adds to them.</summary>
    private void AdvanceCountdown<TReady>(int settled, Exception? error, ref TReady ready)
        where TReady : struct, IReadySet, allows ref struct
    {
        if (settled >= 0)
        {
            Settle(settled, error, ref ready);
        }

        // Once the set is empty nothing of the run may be touched: what has been started or settled may have brought it to its end.
        while (!ready.IsEmpty)
        {
            var action = _plan.ByRank[ready.Take()];
            error = null;
            if (!MayStart() || TryStart(action, out error))
            {
                Settle(action, error, ref ready);
            }
        }
    }

    /// <summary>Whether the run has not been stopped.</summary>
    private bool MayStart()
    {
        if (_stop == StopReason.None && _callerToken.IsCancellationRequested)
        {
            lock (_gate)
            {
                if (_stop == StopReason.None)
                {
                    _stop = StopReason.Canceled;
                }
            }

            CancelToken();
        }

        return _stop == StopReason.None;
    }

    /// <summary>Runs an action as far as it goes on this thread.</summary>
    /// <returns>Whether it has ended; if not, the run may be gone by now.</returns>
    private bool TryStart(int action, out Exception? error)
    {
        error = null;
        try
        {
            return Start(action) == StepResult.Completed;
        }
        catch (Exception e)
        {
            error = e;
            return true;
        }
    }

    /// <summary>Settles an action and counts down those that wait for it, all the same if it has failed or never started: then they will not start.</summary>
    private void Settle<TReady>(int action, Exception? error, ref TReady ready)
        where TReady : struct, IReadySet, allows ref struct
    {
        if (error is not null)
        {
            StopFor(action, error);
        }

        var dependents = _plan.DependentsOf(action);
        foreach (var dependent in dependents)
        {
            // Where an action waits for no other any more, nobody else can count it down.
            if (Volatile.Read(ref _waiting[dependent]) == 1 || Interlocked.Decrement(ref _waiting[dependent]) == 0)
            {
                ready.Add(_plan.RankOf[dependent]);
            }
        }

        if (dependents.IsEmpty)
        {
            ReleaseClaim();
        }
    }

    /// <summary>Records a failure, and stops the run for it unless it has been stopped.</summary>
    private void StopFor(int action, Exception error)
    {
        bool cancel;
        lock (_gate)
        {
            var before = _stop;
            Statuses[action] = Fail(action, error);
            cancel = before == StopReason.None && _stop != StopReason.None;
        }

        if (cancel)
        {
            CancelToken();
        }
    }

    private void ReleaseClaim()
    {
        if (Interlocked.Decrement(ref _live) == 0)
        {
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
