namespace AgentFlow.AI;

/// <summary>
/// What can ever be, facts and the absence of facts, when nothing that was possible once becomes impossible: steps, conditional effects and
/// facts beyond it can never be.
/// </summary>
internal sealed class Reachability
{
    private readonly HashSet<Fact> _initial;
    private readonly HashSet<Fact> _added = [];
    private readonly HashSet<Fact> _deleted = [];

    public Reachability(PlanningProblem problem, List<PlanStep> steps)
    {
        _initial = problem.InitialSet;
        var parts = new List<(PlanStep Step, StepEffect? Effect)>();
        foreach (var step in steps)
        {
            parts.Add((step, null));
            parts.AddRange(step.ConditionalEffects.Select(effect => (step, (StepEffect?)effect)));
        }

        var isPossible = Spread(parts);
        for (var i = 0; i < parts.Count; i++)
        {
            var (step, effect) = parts[i];
            if (isPossible[i])
            {
                if (effect is null)
                {
                    Steps.Add((step, []));
                }
                else
                {
                    Steps[^1].Effects.Add(effect);
                }
            }
        }
    }

    /// <summary>The steps that can ever be done, with the effects that can ever come about.</summary>
    public List<(PlanStep Step, List<StepEffect> Effects)> Steps { get; } = [];

    /// <summary>Whether a fact can be so.</summary>
    public bool CanBe(Fact fact) => _initial.Contains(fact) || _added.Contains(fact);

    /// <summary>Whether a fact can be not so.</summary>
    public bool CanBeAbsent(Fact fact) => !_initial.Contains(fact) || _deleted.Contains(fact);

    /// <summary>Whether something can add or delete a fact.</summary>
    public bool IsTouched(Fact fact) => _added.Contains(fact) || _deleted.Contains(fact);

    /// <summary>Follows what becomes possible. Each part counts what it waits for.</summary>
    private bool[] Spread(List<(PlanStep Step, StepEffect? Effect)> parts)
    {
        var isPossible = new bool[parts.Count];
        var missing = new int[parts.Count];
        var waiting = new Dictionary<(Fact Fact, bool IsSo), List<int>>();
        var open = new Queue<int>();
        for (var i = 0; i < parts.Count; i++)
        {
            var (step, effect) = parts[i];
            foreach (var literal in step.Needs.Union(effect?.Needs ?? []).Where(fact => !_initial.Contains(fact)).Select(static fact => (fact, true))
                .Concat(step.Absent.Union(effect?.Absent ?? []).Where(_initial.Contains).Select(static fact => (fact, false))))
            {
                missing[i]++;
                (waiting.TryGetValue(literal, out var known) ? known : waiting[literal] = []).Add(i);
            }

            if (missing[i] == 0)
            {
                open.Enqueue(i);
            }
        }

        while (open.TryDequeue(out var i))
        {
            var (step, effect) = parts[i];
            isPossible[i] = true;
            foreach (var fact in effect?.Adds ?? step.Adds)
            {
                Reach(fact, isSo: true, _added);
            }

            foreach (var fact in effect?.Deletes.Except(step.Adds) ?? step.Deletes)
            {
                Reach(fact, isSo: false, _deleted);
            }
        }

        return isPossible;

        void Reach(Fact fact, bool isSo, HashSet<Fact> reached)
        {
            if (reached.Add(fact) && waiting.Remove((fact, isSo), out var steps))
            {
                foreach (var step in steps)
                {
                    if (--missing[step] == 0)
                    {
                        open.Enqueue(step);
                    }
                }
            }
        }
    }
}
