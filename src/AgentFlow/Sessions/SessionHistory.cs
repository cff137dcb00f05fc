using System.Text.Json;

namespace AgentFlow;

/// <summary>What the journal of a session says beside the outcomes that are in its state. Guarded by itself.</summary>
internal sealed class SessionHistory
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ActionPlace, int> _generations = [];
    private readonly Dictionary<ActionPlace, DateTimeOffset> _timers = [];
    private readonly HashSet<ActionPlace> _fired = [];
    private readonly HashSet<ActionPlace> _undone = [];
    private readonly Dictionary<ActionPlace, JsonElement> _items = [];

    /// <summary>Actions of which something is recorded, but no outcome.</summary>
    private readonly HashSet<ActionPlace> _open = [];

    /// <summary>What has settled in the current iteration, in the order of the journal.</summary>
    private readonly List<SettledAction> _settled = [];

    public Durability Durability { get; set; }

    /// <summary>The epoch in which a worker last said that it goes on.</summary>
    public long LastOwnerChange { get; set; } = -1;

    /// <summary>How many attempts the actions that have settled took, over all iterations.</summary>
    public int Started { get; set; }

    /// <summary>Whether the session is to be cancelled.</summary>
    public bool IsCancelled { get; set; }

    /// <summary>Whether the journal says anything of an iteration that is in no outcome, so that a snapshot would lose it.</summary>
    /// <param name="iteration">The current iteration.</param>
    /// <param name="settling">Actions whose outcome is about to be recorded.</param>
    public bool HasLooseEnds(int iteration, IReadOnlyCollection<string> settling)
    {
        lock (_gate)
        {
            return IsCancelled
                || _undone.Count > 0
                || _generations.Keys.Any(place => place.Iteration >= iteration)
                || _open.Any(place => place.Iteration >= iteration && !settling.Contains(place.Action));
        }
    }

    /// <summary>Notes that something is recorded of an action that is not its outcome: an intent, a time, an element.</summary>
    public void Open(in ActionPlace place)
    {
        lock (_gate)
        {
            _open.Add(place with { Item = -1 });
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

    public void Strike(in ActionPlace place)
    {
        lock (_gate)
        {
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
            _items[place] = payload;
        }
    }

    /// <summary>The actions of which elements are recorded in an iteration.</summary>
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
            return _items.TryGetValue(place, out payload);
        }
    }

    /// <param name="name">The action's name.</param>
    /// <param name="settled">What it came to.</param>
    public void Settle(string name, SettledAction settled)
    {
        lock (_gate)
        {
            if (_settled.Count > 0 && _settled[0].Iteration != settled.Iteration)
            {
                Forget(settled.Iteration);
            }

            _open.Remove(new ActionPlace(settled.Iteration, name));
            _settled.Add(settled);
            Started += settled.Attempts;
        }
    }

    public SettledAction[] Settled(int iteration)
    {
        lock (_gate)
        {
            return [.. _settled.Where(s => s.Iteration == iteration)];
        }
    }

    /// <summary>Nobody asks for iterations that are over, and there may be any number of them.</summary>
    private void Forget(int before)
    {
        _settled.Clear();
        _open.RemoveWhere(place => place.Iteration < before);
        _fired.RemoveWhere(place => place.Iteration < before);
        Remove(_timers, before);
        Remove(_items, before);

        static void Remove<T>(Dictionary<ActionPlace, T> places, int before)
        {
            foreach (var place in places.Keys)
            {
                if (place.Iteration < before)
                {
                    places.Remove(place);
                }
            }
        }
    }
}

/// <summary>An action that has settled.</summary>
internal readonly record struct SettledAction(int Iteration, int Action, ActionStatus Status, Exception? Error, int Attempts);
