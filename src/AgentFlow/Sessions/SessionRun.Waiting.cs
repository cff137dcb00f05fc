using AgentFlow.CompilerServices;

namespace AgentFlow;

/// <summary>Signals and timers: what the actions of a session wait for.</summary>
internal sealed partial class SessionRun
{
    /// <summary>Stands for the run as a whole among those that wait for a time.</summary>
    private const int WholeRun = -1;

    private static readonly TimeSpan s_longestSleep = TimeSpan.FromDays(36_500);

    /// <summary>The most signals that are kept from one reading to the next.</summary>
    private const int ReadAhead = 256;

    /// <summary>The actions that wait for a signal. Guarded by the gate, as all below.</summary>
    private readonly List<int> _awaiting = [];

    /// <summary>When the waiting of an action ends, on the store's clock.</summary>
    private readonly Dictionary<int, DateTimeOffset> _timers = [];

    /// <summary>Signals whose taking is being recorded.</summary>
    private readonly HashSet<long> _taken = [];

    /// <summary>The first of the signals that were read and nobody has taken: whatever else the store has came later. Thus a loop that takes one at a time does not read them all each time.</summary>
    private List<SignalRecord> _ahead = [];
    private bool _hasNewSignals;
    private bool _isReadingSignals;

    /// <summary>Whether the store may have signals that this worker has not looked at: they would wake the session as soon as it rests.</summary>
    private bool _isBehind = true;
    private long _signalsSeen;
    private ITimer? _timer;

    /// <summary>The store's clock, as last seen, and the steady clock at that moment.</summary>
    private DateTimeOffset _storeTime;
    private long _storeTimeAt;

    private DateTimeOffset Now => _storeTime + Clock.GetElapsedTime(_storeTimeAt);

    /// <summary>A signal for this session has come to the store.</summary>
    public void OnSignal()
    {
        lock (_gate)
        {
            _hasNewSignals = true;
            _isBehind = true;
            if (_isReadingSignals || _awaiting.Count == 0 || _isLeaving)
            {
                return;
            }

            _isReadingSignals = true;
        }

        Watch(ReadSignalsAsync());
    }

    public override bool HasTimerFired(int action) => _history.HasTimerFired(PlaceOf(action));

    private Preparation AwaitSignal(int action, ActionNode node)
    {
        var place = PlaceOf(action);
        if (_history.HasTimerFired(place))
        {
            return Preparation.Start;
        }

        _run.Suspend(action);
        bool reads;
        lock (_gate)
        {
            // Before its time begins to run: whichever comes first, an answer or the time-out, takes it away again.
            _awaiting.Add(action);
            reads = !_isReadingSignals;
            _hasNewSignals = true;
            _isReadingSignals = true;
        }

        if (node.SignalTimeout is { } timeout)
        {
            AwaitTimer(action, timeout);
        }

        if (reads)
        {
            Watch(ReadSignalsAsync());
        }

        return Preparation.Suspend;
    }

    private void AwaitTimer(int action, TimeSpan wait)
    {
        lock (_gate)
        {
            // Of an earlier iteration, in which it lost a race: it must not end this wait before its own time is recorded.
            _timers.Remove(action);
        }

        var place = PlaceOf(action);
        if (_history.TimerOf(place) is { } due)
        {
            Arm(action, due);
            return;
        }

        // At once, whatever the durability: the time counts from the record, and the session may rest before it would be written otherwise.
        Enqueue(new Entry { Record = _codec.Timer(place, wait, _history.Generation(place)), Action = action, Wait = wait, Flushes = true });
    }

    private void Arm(int action, DateTimeOffset due)
    {
        lock (_gate)
        {
            // A signal may have been answered before its time began to run.
            if (action == WholeRun || !_run.Plan.Graph.Actions[action].IsSignal || _awaiting.Contains(action))
            {
                _timers[action] = due;
                SetTimer();
            }
        }
    }

    /// <summary>Under the gate.</summary>
    private void SetTimer()
    {
        if (NextTimer() is not { } wait || _isLeaving)
        {
            _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return;
        }

        _timer ??= Detached.CreateTimer(Clock, static run => ((SessionRun)run!).OnTimer(), this);
        _timer.Change(TimerSpan.For(wait), Timeout.InfiniteTimeSpan);
    }

    /// <summary>How long until the first of the times that the session waits for.</summary>
    internal TimeSpan? UntilTimer
    {
        get
        {
            lock (_gate)
            {
                return NextTimer();
            }
        }
    }

    private TimeSpan? NextTimer() => _timers.Count == 0 ? null : _timers.Values.Min() - Now;

    /// <summary>How long the session sleeps, at most: longer times are slept in stages, so that no store has to count past the last moment there is.</summary>
    private TimeSpan? Sleep() => NextTimer() is { } next ? (next < s_longestSleep ? next : s_longestSleep) : null;

    private void OnTimer() => Guard(FireTimers);

    /// <summary>Records the times that are over. A session that is held back leaves them for whoever resumes it.</summary>
    private void FireTimers()
    {
        List<int> due;
        lock (_gate)
        {
            if (_isLeaving || _isEnding || _broken is not null || _held is not null)
            {
                return;
            }

            var now = Now;
            due = [.. _timers.Where(t => t.Value <= now).Select(static t => t.Key).Order()];
            foreach (var action in due)
            {
                _timers.Remove(action);
                _awaiting.Remove(action);
            }

            due.RemoveAll(action => action != WholeRun && !_run.TryTake(this, action));
            SetTimer();
            _stirs++;
        }

        foreach (var action in due)
        {
            if (action == WholeRun)
            {
                _run.TimeOutRecorded(this);
                continue;
            }

            var place = PlaceOf(action);
            Enqueue(new Entry
            {
                Record = new()
                {
                    Kind = JournalKind.TimerFired,
                    Iteration = place.Iteration,
                    Action = place.Action,
                    Key = JournalKeys.TimerFired(place, _history.Generation(place)),
                },
                Action = action,
                Then = Then.StartDue,
                Flushes = true,
            });
        }

        Stirred();
    }

    /// <summary>Stops waiting for actions that no longer wait: they have lost a race. Under the gate.</summary>
    private void ForgetSettled()
    {
        _awaiting.RemoveAll(action => !_run.IsSuspended(this, action));
        foreach (var action in _timers.Keys)
        {
            if (action != WholeRun && !_run.IsSuspended(this, action))
            {
                _timers.Remove(action);
            }
        }
    }

    private void StopTimers()
    {
        lock (_gate)
        {
            _timers.Clear();
            _timer?.Dispose();
            _timer = null;
        }
    }

    /// <summary>Takes note of the store's clock, and of a timer that is now recorded.</summary>
    private void Timed(in Entry entry, DateTimeOffset time)
    {
        lock (_gate)
        {
            _storeTime = time;
            _storeTimeAt = Clock.GetTimestamp();
        }

        if (entry.Wait is { } wait)
        {
            Arm(entry.Action, TimerSpan.After(time, wait));
        }
    }

    /// <summary>Withdraws an intent: of what was not begun nothing can have happened.</summary>
    private JournalRecord Withdrawn(JournalRecord intent)
    {
        var place = new ActionPlace(intent.Iteration, intent.Action, intent.Item);
        return JournalBranch.Strike(place) with { Key = JournalKeys.Withdrawn(place, _history.Generation(place)) };
    }

    /// <summary>Lets an action go on for which something is now recorded.</summary>
    private void Start(in Entry entry)
    {
        switch (entry.Then)
        {
            case Then.StartDue:
                _run.StartDue(this, entry.Action);
                break;
            case Then.Forget:
                _run.ForgottenRecorded(this);
                break;
            default:
                if (_run.StartPrepared(this, entry.Action) == false)
                {
                    // Whoever reads the journal must not take it for begun.
                    Enqueue(new Entry
                    {
                        Record = Withdrawn(entry.Record!),
                        Action = entry.Action,
                        Status = ActionStatus.Skipped,
                        Then = Then.Settle,
                        Flushes = true,
                    });
                }

                break;
        }
    }

    /// <summary>Gives the signals at hand to those who wait for them. The caller has said that it reads.</summary>
    private async Task ReadSignalsAsync()
    {
        while (true)
        {
            IReadOnlyList<SignalRecord>? signals;
            bool isAhead;
            lock (_gate)
            {
                _hasNewSignals = false;
                signals = IsAnswered(_ahead) ? _ahead : null;
                isAhead = signals is not null;
                _isBehind &= isAhead;
            }

            try
            {
                signals ??= await _runtime.Store.ReadSignalsAsync(Session).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                Break(e);
                return;
            }

            Answer(Match(Sift(signals)));

            lock (_gate)
            {
                // Two may have waited for one name, and the other is answered by the store.
                if (!_hasNewSignals && !(isAhead && _awaiting.Count > 0))
                {
                    _isReadingSignals = false;
                    break;
                }
            }
        }

        TryRest();
    }

    /// <summary>Whether all who wait find a signal here. Under the gate.</summary>
    private bool IsAnswered(List<SignalRecord> signals) =>
        _awaiting.Count > 0 && signals.Count >= _awaiting.Count && _awaiting.TrueForAll(action => signals.Exists(signal => signal.Name == _run.Plan.NameOf(action)));

    /// <summary>First in, first out for each name.</summary>
    private List<(int Action, SignalRecord Signal)> Match(IReadOnlyList<SignalRecord> signals)
    {
        var matches = new List<(int, SignalRecord)>();
        var ahead = new List<SignalRecord>();
        lock (_gate)
        {
            ForgetSettled();
            foreach (var signal in signals)
            {
                _signalsSeen = Math.Max(_signalsSeen, signal.Number);
                var at = _taken.Contains(signal.Number) || _isLeaving || _isEnding ? -1 : _awaiting.FindIndex(a => IsOpenedFor(a, signal));
                if (at < 0 || !_run.TryTake(this, _awaiting[at]))
                {
                    if (ahead.Count < ReadAhead && !_taken.Contains(signal.Number))
                    {
                        ahead.Add(signal);
                    }

                    continue;
                }

                matches.Add((_awaiting[at], signal));
                _taken.Add(signal.Number);
                _timers.Remove(_awaiting[at]);
                _awaiting.RemoveAt(at);
            }

            _ahead = ahead;
            SetTimer();
        }

        return matches;
    }
}
