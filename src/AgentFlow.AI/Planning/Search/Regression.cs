namespace AgentFlow.AI;

/// <summary>
/// What would have to be so before a step that comes last, for goals to be so after it. A step with conditional effects can be the last in
/// several ways: for each choice of the effects that are to
/// come about, their conditions join the goals, and of each other effect that would undo a goal one condition must not be so.
/// </summary>
internal sealed class Regression(GroundProblem problem, PlanningBudget budget)
{
    /// <summary>The steps that give a goal and undo none, and what must be so before each.</summary>
    public IEnumerable<(GroundStep Step, FactSet Goals)> Before(FactSet goals)
    {
        foreach (var step in problem.Steps)
        {
            if (step.Effects.Length > 0)
            {
                foreach (var before in Choices(step, goals))
                {
                    yield return (step, before);
                }
            }
            else if (goals.Overlaps(step.Adds) && !goals.Overlaps(step.Deletes))
            {
                yield return (step, goals.With(step.Adds, step.Needs));
            }
        }
    }

    private IEnumerable<FactSet> Choices(GroundStep step, FactSet goals)
    {
        GroundEffect[] helpful = [.. step.Effects.Where(effect => goals.Overlaps(effect.Adds) && !goals.Overlaps(effect.Overrules))];
        var count = 0;
        foreach (var chosen in Subsets(helpful))
        {
            // There are many of them: after the first they count as nodes, so that the limit holds.
            if (count++ > 0 && !budget.TryTakeNode())
            {
                yield break;
            }

            var (adds, deletes, needs) = (step.Adds, step.Deletes, step.Needs);
            foreach (var effect in chosen)
            {
                (adds, deletes, needs) = (adds.With(effect.Adds), deletes.With(effect.Deletes), needs.With(effect.Needs));
            }

            var rest = goals.Without(adds);
            if (!goals.Overlaps(adds) || rest.Overlaps(deletes))
            {
                continue;
            }

            GroundEffect[] harmful = [.. step.Effects.Where(effect => !chosen.Contains(effect) && (rest.Overlaps(effect.Deletes) || goals.Overlaps(effect.Overrules)))];
            foreach (var before in Without(harmful, 0, rest.With(needs)))
            {
                yield return before;
            }
        }
    }

    /// <summary>The ways in which none of some effects comes about.</summary>
    private IEnumerable<FactSet> Without(GroundEffect[] harmful, int next, FactSet goals)
    {
        if (next == harmful.Length)
        {
            return budget.IsInTime() ? [goals] : [];
        }

        // One that does not come about anyway needs no choice.
        var opposites = harmful[next].NeedList.Select(need => problem.Opposites[need]).Where(static opposite => opposite >= 0).ToArray();
        return opposites.Any(goals.Contains)
            ? Without(harmful, next + 1, goals)
            : opposites.SelectMany(opposite => budget.IsInTime() ? Without(harmful, next + 1, goals.With(FactSet.Of(problem.FactCount, [opposite]))) : []);
    }

    private static IEnumerable<List<GroundEffect>> Subsets(GroundEffect[] effects)
    {
        var chosen = new bool[effects.Length];
        while (true)
        {
            yield return [.. effects.Where((_, i) => chosen[i])];
            var i = 0;
            for (; i < chosen.Length && chosen[i]; i++)
            {
                chosen[i] = false;
            }

            if (i == chosen.Length)
            {
                yield break;
            }

            chosen[i] = true;
        }
    }
}
