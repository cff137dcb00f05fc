using AgentFlow.CompilerServices;

namespace AgentFlow.Testing;

/// <summary>Holds every action, and every element of one, that has ended until all that are under way have, then lets one of them pass.</summary>
internal sealed class SimulatedGate : SessionGate
{
    private readonly Lock _lock = new();

    /// <summary>In the order of the actions and elements (-1: the action itself), so that a choice means the same in every run. Guarded by the lock.</summary>
    private readonly SortedDictionary<(int Action, int Item), Action> _held = [];

    /// <summary>How many work on the elements of each action. Guarded by the lock.</summary>
    private readonly Dictionary<int, int> _workers = [];
    private readonly Dictionary<string, int> _starts = new(StringComparer.Ordinal);
    private AgentRun? _run;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>How often each action was started, by iteration and id.</summary>
    public IReadOnlyDictionary<string, int> Starts
    {
        get
        {
            lock (_lock)
            {
                return new Dictionary<string, int>(_starts, StringComparer.Ordinal);
            }
        }
    }

    public override void Hold(AgentRun run, int action, Action pass)
    {
        lock (_lock)
        {
            _run = run;
            _held[(action, -1)] = pass;
            _changed.TrySetResult();
        }
    }

    public override Task HoldItemAsync(AgentRun run, int action, int item)
    {
        var pass = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _run = run;
            _held[(action, item)] = pass.SetResult;
            _changed.TrySetResult();
        }

        return pass.Task;
    }

    public override void CountWorkers(AgentRun run, int action, int change)
    {
        lock (_lock)
        {
            _workers[action] = _workers.GetValueOrDefault(action) + change;
            _changed.TrySetResult();
        }
    }

    public override void Starting(AgentRun run, int action)
    {
        lock (_lock)
        {
            _run = run;
            var place = $"{run.Iteration}/{run.Plan.NameOf(action)}";
            _starts[place] = _starts.GetValueOrDefault(place) + 1;
        }
    }

    /// <summary>The next change after this moment.</summary>
    public Task Changed()
    {
        lock (_lock)
        {
            if (_changed.Task.IsCompleted)
            {
                _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            return _changed.Task;
        }
    }

    /// <summary>How many can be let pass, if all that are under way have ended; else 0.</summary>
    public int Ready()
    {
        AgentRun? run;
        int held;
        int quiet;
        lock (_lock)
        {
            run = _run;
            held = _held.Count;
            quiet = _held.Keys.Count(static k => k.Item < 0) + _held.Keys.Where(static k => k.Item >= 0).GroupBy(static k => k.Action).Count(g => g.Count() == _workers.GetValueOrDefault(g.Key));
        }

        return run is not null && held > 0 && run.Busy <= quiet ? held : 0;
    }

    public void Pass(int choice)
    {
        Action pass;
        lock (_lock)
        {
            var chosen = _held.ElementAt(choice);
            _held.Remove(chosen.Key);
            pass = chosen.Value;
        }

        pass();
    }

    /// <summary>Lets everything pass: the process has died, and what was under way only has to end.</summary>
    public void Open()
    {
        while (true)
        {
            lock (_lock)
            {
                if (_held.Count == 0)
                {
                    return;
                }
            }

            Pass(0);
        }
    }
}
