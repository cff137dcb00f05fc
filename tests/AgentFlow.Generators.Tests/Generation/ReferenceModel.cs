namespace AgentFlow.Generators.Tests.Generation;

/// <summary>The language's rules, read as simply as they can be: one action after the other, no concurrency, no scheduler.</summary>
internal static class ReferenceModel
{
    public static Expectation Run(RandomAgent agent, Script script)
    {
        var failures = new List<(int Iteration, int Action)>();
        var ran = new HashSet<(int, int)>();
        var previous = new int?[agent.Actions.Length];
        for (var iteration = 1; ; iteration++)
        {
            var (status, values) = RunIteration(agent, script, iteration, previous, failures, ran);
            if (failures.Count > 0 && !agent.Continues)
            {
                return new(null, failures, ran);
            }

            if (iteration >= agent.Iterations)
            {
                var isBlocked = agent.ResultSources.Any(s => status[s] is ActionStatus.Failed or ActionStatus.Blocked);
                var result = $"{iteration}:{Script.Show([.. agent.ResultSources.Select(s => values[s])])}";
                return new(isBlocked ? null : result, failures, ran);
            }

            previous = values;
        }
    }

    private static (ActionStatus[] Status, int?[] Values) RunIteration(
        RandomAgent agent, Script script, int iteration, int?[] previous, List<(int Iteration, int Action)> failures, HashSet<(int Iteration, int Action)> ran)
    {
        var status = new ActionStatus[agent.Actions.Length];
        var values = new int?[agent.Actions.Length];
        for (var i = 0; i < status.Length; i++)
        {
            var action = agent.Actions[i];
            status[i] = Fate(action, status);
            if (status[i] != ActionStatus.Completed)
            {
                continue;
            }

            if (action.IsConditional && !script.WantsIn(iteration, i))
            {
                status[i] = ActionStatus.Skipped;
                continue;
            }

            ran.Add((iteration, i));
            if (script.FailsIn(iteration, i))
            {
                status[i] = action.IsOptional ? ActionStatus.Skipped : ActionStatus.Failed;
                if (!action.IsOptional)
                {
                    failures.Add((iteration, i));
                }

                continue;
            }

            values[i] = Script.Value(iteration, i, Arguments(action, values, previous));
        }

        return (status, values);
    }

    private static ActionStatus Fate(RandomAction action, ActionStatus[] status)
    {
        var isSkipped = false;
        foreach (var link in action.Links.Where(static l => l.Kind != LinkKind.Previous))
        {
            var any = link.Sources.Any(s => status[s] == ActionStatus.Completed);
            var isBad = link.Sources.Any(s => status[s] is ActionStatus.Failed or ActionStatus.Blocked);
            if (isBad && !any)
            {
                return ActionStatus.Blocked;
            }

            isSkipped |= link.Kind == LinkKind.Required && !any;
        }

        return isSkipped ? ActionStatus.Skipped : ActionStatus.Completed;
    }

    private static int?[] Arguments(RandomAction action, int?[] values, int?[] previous) =>
    [
        .. action.Links
            .Where(static l => l.Kind is LinkKind.Required or LinkKind.Optional or LinkKind.Merge or LinkKind.Previous)
            .Select(l => l.Kind == LinkKind.Previous ? previous[l.Sources[0]] : l.Sources.Select(s => values[s]).FirstOrDefault(static v => v is not null)),
    ];
}

/// <summary>What a run must come to.</summary>
/// <param name="Result">The result, or null if the run must fail.</param>
/// <param name="Failures">Every action that fails; of a fail-fast agent those among which the first is.</param>
/// <param name="Ran">Every action that runs; of a fail-fast agent that fails, at most these.</param>
internal sealed record Expectation(string? Result, List<(int Iteration, int Action)> Failures, HashSet<(int Iteration, int Action)> Ran);
