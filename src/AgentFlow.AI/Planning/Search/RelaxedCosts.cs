namespace AgentFlow.AI;

/// <summary>
/// What facts cost from a state if nothing were ever deleted: of a step's needs the dearest counts (h_max, which never says too much) or their sum (h_add), as Bonet and Geffner have
/// them (2001, <i>Planning as Heuristic Search</i>); computed as shortest paths (Knuth 1977, <i>A Generalization of Dijkstra's Algorithm</i>). One object serves one search.
/// </summary>
internal sealed class RelaxedCosts
{
    private readonly GroundProblem _problem;
    private readonly double[] _costs;
    private readonly double[] _stepCosts;
    private readonly int[] _missing;
    private readonly int[] _supporters;
    private readonly int _extra;
    private readonly PriorityQueue<int, (double, int)> _open = new();

    public RelaxedCosts(GroundProblem problem)
    {
        _problem = problem;
        _costs = new double[problem.FactCount];
        _supporters = new int[problem.FactCount];
        _stepCosts = new double[problem.Relaxed.Length];
        _missing = new int[problem.Relaxed.Length];

        // Free steps count a little, or the guess would not tell what is near from what is far.
        _extra = Array.Exists(problem.Steps, static step => step.Cost == 0) ? 1 : 0;
    }

    /// <summary>Of a fact, from the last state; infinite if it cannot be.</summary>
    public double this[int fact] => _costs[fact];

    /// <summary>The dearest goal, from a state.</summary>
    public double Max(FactSet state)
    {
        Spread(state, sum: false);
        return _problem.Goals.Members.Select(goal => _costs[goal]).DefaultIfEmpty(0).Max();
    }

    /// <summary>
    /// The cost of a plan that would do if nothing were ever deleted, from a state: FF's heuristic (Hoffmann and Nebel 2001, <i>The FF Planning System</i>) with the supporters that h_add
    /// finds best (Keyder and Geffner 2008).
    /// </summary>
    public double RelaxedPlan(FactSet state)
    {
        Spread(state, sum: true);
        var wanted = new Stack<int>(_problem.Goals.Members);
        var seen = new HashSet<int>(wanted);
        var (chosen, paid) = (new HashSet<int>(), new HashSet<int>());
        var cost = 0.0;
        while (wanted.TryPop(out var fact))
        {
            if (double.IsPositiveInfinity(_costs[fact]))
            {
                return double.PositiveInfinity;
            }

            if (_supporters[fact] is var supporter and >= 0 && chosen.Add(supporter))
            {
                var step = _problem.Relaxed[supporter].Step;
                cost += paid.Add(step) ? _problem.Steps[step].Cost + _extra : 0;
                foreach (var need in _problem.Relaxed[supporter].NeedList)
                {
                    if (seen.Add(need))
                    {
                        wanted.Push(need);
                    }
                }
            }
        }

        return cost;
    }

    /// <summary>Finds what each fact costs from a state.</summary>
    public void Spread(FactSet state, bool sum)
    {
        Array.Fill(_costs, double.PositiveInfinity);
        Array.Fill(_supporters, -1);
        _open.Clear();
        foreach (var fact in state.Members)
        {
            _costs[fact] = 0;
            _open.Enqueue(fact, (0, fact));
        }

        for (var i = 0; i < _missing.Length; i++)
        {
            _missing[i] = _problem.Relaxed[i].NeedList.Length;
            _stepCosts[i] = 0;
            if (_missing[i] == 0)
            {
                Reach(i);
            }
        }

        while (_open.TryDequeue(out var fact, out var priority))
        {
            if (priority.Item1 > _costs[fact])
            {
                continue;
            }

            foreach (var step in _problem.NeededBy[fact])
            {
                _stepCosts[step] = sum ? _stepCosts[step] + _costs[fact] : Math.Max(_stepCosts[step], _costs[fact]);
                if (--_missing[step] == 0)
                {
                    Reach(step);
                }
            }
        }
    }

    private void Reach(int step)
    {
        var relaxed = _problem.Relaxed[step];
        var cost = _stepCosts[step] + _problem.Steps[relaxed.Step].Cost;
        foreach (var fact in relaxed.AddList)
        {
            if (cost < _costs[fact])
            {
                _costs[fact] = cost;
                _supporters[fact] = step;
                _open.Enqueue(fact, (cost, fact));
            }
        }
    }
}
