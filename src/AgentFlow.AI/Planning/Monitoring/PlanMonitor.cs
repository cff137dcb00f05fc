namespace AgentFlow.AI;

/// <summary>
/// Executes plans and watches: before each step whether what it needs is so, after it whether it has had its effects. When the world is not as the plan expects, the rest of the plan goes on if it
/// still leads to the goals, and another plan is made from what was observed if not. A step that keeps failing is left out of further plans. Bounded; thread-safe.
/// </summary>
/// <param name="planner">Makes the plans.</param>
/// <param name="options">How it works. Default: <see cref="MonitorOptions.Default"/>.</param>
public sealed class PlanMonitor(IPlanner planner, MonitorOptions? options = null)
{
    private readonly IPlanner _planner = planner ?? throw new ArgumentNullException(nameof(planner));
    private readonly MonitorOptions _options = options ?? MonitorOptions.Default;

    /// <summary>Makes what a problem asks for so.</summary>
    /// <param name="problem">The problem. Its initial state is not used: the world is asked.</param>
    /// <param name="world">Where the steps are done.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How it went.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async ValueTask<MonitoredRun> RunAsync(PlanningProblem problem, IPlanWorld world, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentNullException.ThrowIfNull(world);
        var steps = new List<MonitoredStep>();
        var failures = new Dictionary<string, int>(StringComparer.Ordinal);
        var excluded = new HashSet<string>(problem.Excluded, StringComparer.Ordinal);
        var state = await world.ObserveAsync(cancellationToken).ConfigureAwait(false);
        for (var replans = 0; ; replans++)
        {
            var planning = _planner.Solve(problem.From(state, new HashSet<string>(excluded, StringComparer.Ordinal)), cancellationToken);
            if (planning.Plan is not { } plan)
            {
                return new(MonitorStatus.NoPlan, steps, replans, planning, state);
            }

            (var end, state) = await ExecuteAsync(plan, state).ConfigureAwait(false);
            if (end is { } status)
            {
                return new(status, steps, replans, planning, state);
            }

            if (replans == _options.MaxReplans)
            {
                return new(MonitorStatus.ReplanLimit, steps, replans, planning, state);
            }
        }

        // The status, or null if another plan is needed.
        async ValueTask<(MonitorStatus?, IReadOnlySet<Fact>)> ExecuteAsync(StepPlan plan, IReadOnlySet<Fact> seen)
        {
            for (var i = 0; i < plan.Steps.Count; i++)
            {
                if (steps.Count >= _options.MaxSteps)
                {
                    return (MonitorStatus.StepLimit, seen);
                }

                var done = await DoAsync(plan.Steps[i], seen, world, cancellationToken).ConfigureAwait(false);
                steps.Add(done);
                seen = done.Outcome == StepOutcome.NeedsMissing ? seen : await world.ObserveAsync(cancellationToken).ConfigureAwait(false);
                if (done.Outcome == StepOutcome.Done && Unexpected(done.Step, seen) is { Count: > 0 } facts)
                {
                    done = steps[^1] = done with { Outcome = StepOutcome.EffectsMissing, Facts = facts };
                }

                if (done.Outcome is StepOutcome.Failed or StepOutcome.EffectsMissing && Count(done.Step.Name) >= _options.FailuresPerStep)
                {
                    excluded.Add(done.Step.Name);
                }

                if (done.Outcome != StepOutcome.Done && !LeadsOn(plan, i + 1, seen, problem))
                {
                    return (null, seen);
                }
            }

            return (problem.GoalFacts.All(seen.Contains) ? MonitorStatus.Succeeded : null, seen);
        }

        int Count(string step) => failures[step] = failures.GetValueOrDefault(step) + 1;
    }

    private static async ValueTask<MonitoredStep> DoAsync(PlanStep step, IReadOnlySet<Fact> state, IPlanWorld world, CancellationToken cancellationToken)
    {
        Fact[] missing = [.. step.Needs.Where(fact => !state.Contains(fact))];
        if (missing.Length > 0)
        {
            return new(step, StepOutcome.NeedsMissing, missing, null);
        }

        try
        {
            await world.ExecuteAsync(step, cancellationToken).ConfigureAwait(false);
            return new(step, StepOutcome.Done, [], null);
        }
        catch (Exception e) when (!(e is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            return new(step, StepOutcome.Failed, [], e);
        }
    }

    private static List<Fact> Unexpected(PlanStep step, IReadOnlySet<Fact> state) => [.. step.Adds.Where(fact => !state.Contains(fact)), .. step.Deletes.Where(state.Contains)];

    /// <summary>Whether the rest of the plan still works from here. A problem without goals has nothing to tell it by.</summary>
    private static bool LeadsOn(StepPlan plan, int from, IReadOnlySet<Fact> state, PlanningProblem problem)
    {
        if (problem.GoalFacts.Count == 0)
        {
            return false;
        }

        var expected = new HashSet<Fact>(state);
        foreach (var step in plan.Steps.Skip(from))
        {
            if (!step.Needs.All(expected.Contains))
            {
                return false;
            }

            expected.ExceptWith(step.Deletes);
            expected.UnionWith(step.Adds);
        }

        return problem.GoalFacts.All(expected.Contains);
    }
}
