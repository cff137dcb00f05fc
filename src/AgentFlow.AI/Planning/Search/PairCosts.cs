namespace AgentFlow.AI;

/// <summary>
/// What pairs of facts cost together from the initial state, h² (Haslum and Geffner 2000, <i>Admissible Heuristics for Optimal Planning</i>): at least so much, infinite for pairs that can
/// never be so together. Computed once, it serves every set of goals that regression comes to, and cuts off those that contradict themselves.
/// </summary>
internal sealed class PairCosts
{
    /// <summary>More facts than these make too many pairs.</summary>
    public const int MaxFacts = 400;

    private readonly double[] _costs;
    private readonly int _count;

    private PairCosts(int count)
    {
        _count = count;
        _costs = new double[count * count];
    }

    /// <summary>Computes them; null if time was up.</summary>
    public static PairCosts? Of(GroundProblem problem, PlanningBudget budget)
    {
        var costs = new PairCosts(problem.FactCount);
        Array.Fill(costs._costs, double.PositiveInfinity);
        int[] initial = [.. problem.Initial.Members];
        foreach (var p in initial)
        {
            foreach (var q in initial)
            {
                costs._costs[(p * costs._count) + q] = 0;
            }
        }

        for (var changed = true; changed;)
        {
            changed = false;
            foreach (var step in problem.Steps)
            {
                if (!budget.IsInTime())
                {
                    return null;
                }

                changed |= costs.Improve(step, budget);
            }
        }

        return budget.Reached == PlanningLimit.Time ? null : costs;
    }

    /// <summary>The dearest pair of a set.</summary>
    public double this[FactSet facts]
    {
        get
        {
            int[] members = [.. facts.Members];
            return Dearest(members);
        }
    }

    private bool Improve(GroundStep step, PlanningBudget budget)
    {
        var changed = Improve(step.NeedList, step.AddList, step.Cost, q => step.Deletes.Contains(q) || step.Adds.Contains(q));
        for (var i = 0; i < step.Effects.Length; i++)
        {
            var effect = step.Effects[i];
            int[] needs = [.. step.NeedList.Union(effect.NeedList)];

            // Other effects of the step may delete something, too: that is left aside, and the pair costs at least so much.
            changed |= Improve(needs, effect.AddList, step.Cost, q => step.Deletes.Contains(q) || step.Adds.Contains(q) || effect.Deletes.Contains(q) || effect.Adds.Contains(q));
            changed |= ImproveBetween(needs, effect.AddList, step.AddList, step.Cost);
            for (var j = 0; j < i && budget.IsInTime(); j++)
            {
                changed |= ImproveBetween([.. needs.Union(step.Effects[j].NeedList)], effect.AddList, step.Effects[j].AddList, step.Cost);
            }
        }

        return changed;
    }

    private bool Improve(int[] needs, int[] adds, double stepCost, Func<int, bool> isTouched)
    {
        var before = Dearest(needs);
        if (double.IsPositiveInfinity(before))
        {
            return false;
        }

        var changed = false;
        foreach (var p in adds)
        {
            foreach (var q in adds)
            {
                changed |= Lower(p, q, before + stepCost);
            }

            // A fact that the step leaves alone was so before, together with what the step needs.
            for (var q = 0; q < _count; q++)
            {
                if (!isTouched(q) && Together(needs, q, before) is var together && !double.IsPositiveInfinity(together))
                {
                    changed |= Lower(p, q, together + stepCost);
                }
            }
        }

        return changed;
    }

    /// <summary>What two effects of a step add at once.</summary>
    private bool ImproveBetween(int[] needs, int[] some, int[] others, double stepCost)
    {
        var before = Dearest(needs);
        var changed = false;
        if (!double.IsPositiveInfinity(before))
        {
            foreach (var p in some)
            {
                foreach (var q in others)
                {
                    changed |= Lower(p, q, before + stepCost);
                }
            }
        }

        return changed;
    }

    private double Together(int[] needs, int fact, double needed)
    {
        var cost = Math.Max(needed, _costs[(fact * _count) + fact]);
        foreach (var need in needs)
        {
            cost = Math.Max(cost, _costs[(need * _count) + fact]);
        }

        return cost;
    }

    private double Dearest(int[] facts)
    {
        var cost = 0.0;
        for (var i = 0; i < facts.Length; i++)
        {
            for (var j = i; j < facts.Length; j++)
            {
                cost = Math.Max(cost, _costs[(facts[i] * _count) + facts[j]]);
            }
        }

        return cost;
    }

    private bool Lower(int p, int q, double cost)
    {
        ref var known = ref _costs[(p * _count) + q];
        if (cost >= known)
        {
            return false;
        }

        known = cost;
        _costs[(q * _count) + p] = cost;
        return true;
    }
}
