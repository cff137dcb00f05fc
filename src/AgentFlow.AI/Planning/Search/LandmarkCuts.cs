namespace AgentFlow.AI;

/// <summary>
/// LM-cut (Helmert and Domshlak 2009, <i>Landmarks, Critical Paths and Abstractions: What's the Difference Anyway?</i>): finds sets of steps one of which every plan has, counts the cheapest
/// of each, and takes its cost from all of the set, so that no cost counts twice. Conditional effects share the cost of their step (Röger,
/// Pommerening and Helmert 2014). At most what a plan costs that ignores what is deleted, and so never too high. One object serves one
/// search.
/// </summary>
internal sealed class LandmarkCuts
{
    /// <summary>What is left of a cost by rounding is nothing.</summary>
    private const double Rounding = 1e-9;

    private readonly GroundProblem _problem;
    private readonly int[] _goals;

    /// <summary>What is left of the cost of each step.</summary>
    private readonly double[] _rest;
    private readonly double[] _costs;
    private readonly int[] _missing;

    /// <summary>Of each step and effect the dearest of its needs; -1: it has none, -2: it is out of reach.</summary>
    private readonly int[] _dearest;
    private readonly PriorityQueue<int, (double, int)> _open = new();

    public LandmarkCuts(GroundProblem problem)
    {
        _problem = problem;
        _goals = [.. problem.Goals.Members];
        _costs = new double[problem.FactCount];
        _rest = new double[problem.Steps.Length];
        _missing = new int[problem.Relaxed.Length];
        _dearest = new int[problem.Relaxed.Length];
    }

    /// <summary>What it costs at least from a state; infinite if the goals cannot be.</summary>
    public double Estimate(FactSet state)
    {
        for (var i = 0; i < _rest.Length; i++)
        {
            _rest[i] = _problem.Steps[i].Cost;
        }

        for (var sum = 0.0; ;)
        {
            Spread(state);
            var goal = _goals.Length == 0 ? -1 : _goals.MaxBy(fact => _costs[fact]);
            if (goal < 0 || _costs[goal] is 0 or double.PositiveInfinity)
            {
                return goal < 0 ? 0 : sum + _costs[goal];
            }

            var cut = Cut(state, BehindTheCut(goal));
            var cheapest = cut.Min(step => _rest[step]);
            sum += cheapest;
            foreach (var step in cut)
            {
                _rest[step] = _rest[step] - cheapest is var rest && rest > Rounding ? rest : 0;
            }
        }
    }

    /// <summary>The facts that lead to a goal by steps that cost nothing more, if each step needs only the dearest of its needs.</summary>
    private bool[] BehindTheCut(int goal)
    {
        var behind = new bool[_costs.Length];
        behind[goal] = true;
        var open = new Stack<int>([goal]);
        while (open.TryPop(out var fact))
        {
            foreach (var step in _problem.AddedBy[fact])
            {
                if (_rest[_problem.Relaxed[step].Step] == 0 && _dearest[step] is var need and >= 0 && !behind[need])
                {
                    behind[need] = true;
                    open.Push(need);
                }
            }
        }

        return behind;
    }

    /// <summary>The steps that lead from the state to behind the cut.</summary>
    private HashSet<int> Cut(FactSet state, bool[] behind)
    {
        var cut = new HashSet<int>();
        var seen = new bool[_costs.Length];
        var open = new Stack<int>();
        for (var step = 0; step < _dearest.Length; step++)
        {
            if (_dearest[step] == -1)
            {
                Take(step);
            }
        }

        foreach (var fact in state.Members)
        {
            Reach(fact);
        }

        while (open.TryPop(out var fact))
        {
            foreach (var step in _problem.NeededBy[fact])
            {
                if (_dearest[step] == fact)
                {
                    Take(step);
                }
            }
        }

        return cut;

        void Take(int step)
        {
            if (Array.Exists(_problem.Relaxed[step].AddList, fact => behind[fact]))
            {
                cut.Add(_problem.Relaxed[step].Step);
            }

            Array.ForEach(_problem.Relaxed[step].AddList, Reach);
        }

        void Reach(int fact)
        {
            if (!seen[fact] && !behind[fact])
            {
                seen[fact] = true;
                open.Push(fact);
            }
        }
    }

    /// <summary>h_max with what is left of the costs. Facts come in the order of their costs: the need that comes last is the dearest.</summary>
    private void Spread(FactSet state)
    {
        Array.Fill(_costs, double.PositiveInfinity);
        Array.Fill(_dearest, -2);
        foreach (var fact in state.Members)
        {
            _costs[fact] = 0;
            _open.Enqueue(fact, (0, fact));
        }

        for (var i = 0; i < _missing.Length; i++)
        {
            _missing[i] = _problem.Relaxed[i].NeedList.Length;
            if (_missing[i] == 0)
            {
                _dearest[i] = -1;
                Reach(i, 0);
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
                if (--_missing[step] == 0)
                {
                    _dearest[step] = fact;
                    Reach(step, _costs[fact]);
                }
            }
        }
    }

    private void Reach(int step, double before)
    {
        var relaxed = _problem.Relaxed[step];
        var cost = before + _rest[relaxed.Step];
        foreach (var fact in relaxed.AddList)
        {
            if (cost < _costs[fact])
            {
                _costs[fact] = cost;
                _open.Enqueue(fact, (cost, fact));
            }
        }
    }
}
