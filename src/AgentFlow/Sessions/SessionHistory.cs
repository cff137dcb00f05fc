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

    /// <summary>What has settled in the current iteration, in the order of the journal.</summary>
    private readonly List<SettledAction> _settled = [];

    public Durability Durability { get; set; }

    /// <summary>The epoch in which a worker last said that it goes on.</summary>
    public long LastOwnerChange { get; set; } = -1;

    /// <summary>Whether anything is open that a snapshot would have to hold.</summary>
    public bool HasLooseEnds
    {
        get
        {
            lock (_gate)
            {
                return _items.Count > 0 || _timers.Count > 0 || _undone.Count > 0 || _generations.Count > 0;
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

    public bool TryGetItem(in ActionPlace place, out JsonElement payload)
    {
        lock (_gate)
        {
            return _items.TryGetValue(place, out payload);
        }
    }

    public void Settle(SettledAction settled)
    {
        lock (_gate)
        {
            if (_settled.Count > 0 && _settled[0].Iteration != settled.Iteration)
            {
                _settled.Clear();
            }

            _settled.Add(settled);
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
