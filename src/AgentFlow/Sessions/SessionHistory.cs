using System.Text.Json;

namespace AgentFlow;

/// <summary>What the journal of a session says beside the outcomes that are in its state. Guarded by itself.</summary>
internal sealed class SessionHistory
{
    /// <summary>So many that a snapshot is not much longer for them.</summary>
    private const int RememberedSignals = 128;

    private readonly Lock _gate = new();

    /// <summary>The ids of the signals that were taken last.</summary>
    private readonly Queue<string> _signals = [];
    private readonly Dictionary<ActionPlace, int> _generations = [];
    private readonly Dictionary<ActionPlace, int> _renewals = [];
    private readonly Dictionary<ActionPlace, DateTimeOffset> _timers = [];
    private readonly HashSet<ActionPlace> _fired = [];
    private readonly HashSet<ActionPlace> _undone = [];
    private readonly Dictionary<ActionPlace, (JsonElement Payload, int Order)> _items = [];
    private int _itemsKept;

    /// <summary>How many elements have ended of actions that have not, but for the first of each.</summary>
    private readonly Dictionary<(int Iteration, string Action), int> _begunApart = [];

    /// <summary>Actions that have an intent (true), a timer or elements (false) in the journal, and no outcome yet.</summary>
    private readonly Dictionary<(int Iteration, string Action), bool> _open = [];

    /// <summary>What has settled in the current iteration, in the order of the journal.</summary>
    private readonly List<SettledAction> _settled = [];

    /// <summary>What has failed in earlier iterations. A run keeps as many.</summary>
    private readonly List<SettledAction> _failed = [];

    public Durability Durability { get; set; }

    /// <summary>The epoch in which a worker last said that it goes on.</summary>
    public long LastOwnerChange { get; set; } = -1;

    /// <summary>How many attempts the actions that have settled took, over all iterations.</summary>
    public int Started { get; set; }

    /// <summary>How often the session was set going again: redriven, or something of it struck. Each time is one batch of records.</summary>
    public int Restarts { get; set; }

    /// <summary>The last iteration of which anything was recorded when the session was last set going again; 0 if it never was.</summary>
    public int RestartedIn { get; set; }

    /// <summary>Where in the journal it was last set going again.</summary>
    public long RestartedAt { get; set; }

    /// <summary>What was spent on what is recorded.</summary>
    public RunUsage Usage { get; set; }

    /// <summary>Whether the session is to be cancelled.</summary>
    public bool IsCancelled { get; set; }

    /// <summary>With what the session has stopped, where its outcomes do not tell it; null if it has not.</summary>
    public Exception? StoppedBy { get; set; }

    /// <summary>Whether anything is open that a snapshot would have to hold: a cancellation, an intent, or in the last iteration a timer, elements or what was struck.</summary>
    /// <param name="iteration">The last iteration.</param>
    /// <param name="closing">The actions of it that will have settled.</param>
    public bool HasLooseEnds(int iteration, IReadOnlyCollection<string> closing)
    {
        lock (_gate)
        {
            return IsCancelled
                || _undone.Count > 0
                || _generations.Keys.Any(p => p.Iteration >= iteration)
                || _open.Any(o => (o.Value || o.Key.Iteration >= iteration) && !(o.Key.Iteration == iteration && closing.Contains(o.Key.Action)));
        }
    }

    /// <summary>Remembers a signal that was taken: the last of them are remembered.</summary>
    public void Take(string signal)
    {
        lock (_gate)
        {
            if (_signals.Contains(signal))
            {
                return;
            }

            _signals.Enqueue(signal);
            if (_signals.Count > RememberedSignals)
            {
                _signals.Dequeue();
            }
        }
    }

    /// <summary>Whether a signal is one of the last that were taken.</summary>
    public bool WasTaken(string signal)
    {
        lock (_gate)
        {
            return _signals.Contains(signal);
        }
    }

    public string[] TakenSignals
    {
        get
        {
            lock (_gate)
            {
                return [.. _signals];
            }
        }
    }

    /// <summary>How often the outcome at a place was struck.</summary>
    public int Generation(in ActionPlace place)
    {
        lock (_gate)
        {
            return _generations.GetValueOrDefault(place);
        }
    }

    /// <summary>How often the outcome at a place was struck though it was no failure: what belonged to it, its children, is done anew, and not again.</summary>
    public int Renewals(in ActionPlace place)
    {
        lock (_gate)
        {
            return _renewals.GetValueOrDefault(place);
        }
    }

    /// <summary>Strikes the outcome at a place.</summary>
    /// <param name="place">The place.</param>
    /// <param name="renews">Whether the outcome was no failure.</param>
    public void Strike(in ActionPlace place, bool renews)
    {
        lock (_gate)
        {
            if (renews)
            {
                _renewals[place] = _renewals.GetValueOrDefault(place) + 1;
            }

            _generations[place] = _generations.GetValueOrDefault(place) + 1;
            _timers.Remove(place);
            _fired.Remove(place);
        }
    }

    public void SetTimer(in ActionPlace place, DateTimeOffset due)
    {
        lock (_gate)
        {
            _timers[place] = due;
            _open.TryAdd((place.Iteration, place.Action), false);
        }
    }

    public DateTimeOffset? TimerOf(in ActionPlace place)
    {
        lock (_gate)
        {
            return _timers.TryGetValue(place, out var due) ? due : null;
        }
    }

    public bool IsTimerOver(in ActionPlace place, DateTimeOffset now) => HasTimerFired(place) || TimerOf(place) <= now;

    public void Fire(in ActionPlace place)
    {
        lock (_gate)
        {
            _fired.Add(place);
        }
    }

    public bool HasTimerFired(in ActionPlace place)
    {
        lock (_gate)
        {
            return _fired.Contains(place);
        }
    }

    public void Undo(in ActionPlace place)
    {
        lock (_gate)
        {
            _undone.Add(place);
        }
    }

    public bool IsUndone(in ActionPlace place)
    {
        lock (_gate)
        {
            return _undone.Contains(place);
        }
    }

    public void KeepItem(in ActionPlace place, JsonElement payload)
    {
        lock (_gate)
        {
            _items[place] = (payload, _itemsKept++);
            CountItem(place);
        }
    }

    /// <summary>An element of an action has ended, and the action has not.</summary>
    public void EndItem(in ActionPlace place)
    {
        lock (_gate)
        {
            CountItem(place);
        }
    }

    /// <summary>How many elements of an action have ended that were begun apart from it: all but the first.</summary>
    public int BegunApart(int iteration, string action)
    {
        lock (_gate)
        {
            return _begunApart.GetValueOrDefault((iteration, action));
        }
    }

    private void CountItem(in ActionPlace place)
    {
        var whole = (place.Iteration, place.Action);
        _open.TryAdd(whole, false);
        _begunApart[whole] = _begunApart.GetValueOrDefault(whole) + (place.Item > 0 ? 1 : 0);
    }

    /// <summary>The actions of which elements are recorded in an iteration, and no outcome.</summary>
    public string[] ActionsWithItems(int iteration)
    {
        lock (_gate)
        {
            return [.. _items.Keys.Where(place => place.Iteration == iteration).Select(static place => place.Action).Distinct(StringComparer.Ordinal)];
        }
    }

    public bool TryGetItem(in ActionPlace place, out JsonElement payload)
    {
        lock (_gate)
        {
            var isKept = _items.TryGetValue(place, out var item);
            payload = item.Payload;
            return isKept;
        }
    }

    /// <summary>The elements of an action that are recorded, in the order of the journal.</summary>
    public int[] ItemsOf(int iteration, string action)
    {
        lock (_gate)
        {
            if (_items.Count == 0)
            {
                return [];
            }

            return
            [
                .. from kept in _items
                   where kept.Key.Iteration == iteration && kept.Key.Action == action
                   orderby kept.Value.Order
                   select kept.Key.Item,
            ];
        }
    }

    /// <summary>What is recorded of the elements of an action that have completed, in their order.</summary>
    public List<JsonElement> CompletedItems(int iteration, string action)
    {
        lock (_gate)
        {
            return
            [
                .. from kept in _items
                   where kept.Key.Iteration == iteration && kept.Key.Action == action
                   orderby kept.Key.Item
                   where JournalCodec.ReadError(kept.Value.Payload) is null
                   select kept.Value.Payload,
            ];
        }
    }

    /// <summary>The elements of an action that are recorded as failed, in their order.</summary>
    public List<(int Item, Exception Error)> FailedItems(int iteration, string action)
    {
        lock (_gate)
        {
            return
            [
                .. from kept in _items
                   where kept.Key.Iteration == iteration && kept.Key.Action == action
                   orderby kept.Key.Item
                   let error = JournalCodec.ReadError(kept.Value.Payload)
                   where error is not null
                   select (kept.Key.Item, error),
            ];
        }
    }

    /// <summary>Something of an action is in the journal that is needed until the action has settled.</summary>
    public void Open(in ActionPlace place, bool isIntent)
    {
        lock (_gate)
        {
            _open[(place.Iteration, place.Action)] = isIntent || _open.GetValueOrDefault((place.Iteration, place.Action));
        }
    }

    /// <summary>An action has settled as a whole: what was kept for it is not needed any more.</summary>
    public void Close(in ActionPlace place)
    {
        lock (_gate)
        {
            if (!_open.Remove((place.Iteration, place.Action)))
            {
                return;
            }

            foreach (var kept in _items.Keys)
            {
                if (kept.Iteration == place.Iteration && kept.Action == place.Action)
                {
                    _items.Remove(kept);
                }
            }

            // They were begun for themselves, and count against the budget.
            if (_begunApart.Remove((place.Iteration, place.Action), out var begun))
            {
                Started += begun;
            }

            _timers.Remove(place);
            _fired.Remove(place);
        }
    }

    public void Settle(SettledAction settled)
    {
        lock (_gate)
        {
            Started += settled.Attempts;
            if (_settled.Count > 0 && _settled[0].Iteration > settled.Iteration)
            {
                // One that nobody waits for may end in a later iteration.
                return;
            }

            if (_settled.Count > 0 && _settled[0].Iteration != settled.Iteration)
            {
                _failed.AddRange(_settled.Where(static s => s.Status == ActionStatus.Failed).Take(ActionFailedException.MaxFailures - _failed.Count));
                _settled.Clear();
            }

            _settled.Add(settled);
        }
    }

    /// <summary>Keeps what has failed in an iteration that is over.</summary>
    public void KeepFailed(SettledAction failed)
    {
        lock (_gate)
        {
            _failed.Add(failed);
        }
    }

    /// <summary>What has failed in the iterations before one.</summary>
    public SettledAction[] FailedBefore(int iteration)
    {
        lock (_gate)
        {
            return [.. _failed.Concat(_settled.Where(static s => s.Status == ActionStatus.Failed)).Where(s => s.Iteration < iteration).Take(ActionFailedException.MaxFailures)];
        }
    }

    public SettledAction[] Settled(int iteration)
    {
        lock (_gate)
        {
            return [.. _settled.Where(s => s.Iteration == iteration)];
        }
    }
}

/// <summary>An action that has settled.</summary>
internal readonly record struct SettledAction(int Iteration, int Action, ActionStatus Status, Exception? Error, int Attempts);
