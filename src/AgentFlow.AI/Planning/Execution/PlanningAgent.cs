namespace AgentFlow.AI;

/// <summary>
/// Senses, plans, acts and watches, without a model: before each step it looks whether what that needs is so, after it whether it has had its effects. When the world is not as the plan expects, the
/// rest of the plan goes on if it still leads to the goals, and another plan is made from what was observed if not. A step that keeps failing is left out of further plans. An ordinary
/// agent, one step an iteration: in a session what was observed, planned and done is recorded; after a crash only the step under way is done again, by the same key.
/// </summary>
/// <param name="planner">Makes the plans.</param>
/// <param name="domain">What can be done.</param>
/// <param name="objects">The objects, by name, and the type of each.</param>
/// <param name="world">Where the steps are done.</param>
/// <param name="options">How it works. Default: <see cref="PlanningAgentOptions.Default"/>.</param>
[Agent(Name = "Planning", MaxIterations = StepLimit + 1)]
public sealed partial class PlanningAgent(IPlanner planner, PlanningDomain domain, IReadOnlyDictionary<string, string> objects, IPlanWorld world, PlanningAgentOptions? options = null)
{
    internal const int StepLimit = 1_000;

    private const string Not = "not ";

    private readonly IPlanner _planner = planner ?? throw new ArgumentNullException(nameof(planner));
    private readonly IPlanWorld _world = world ?? throw new ArgumentNullException(nameof(world));
    private readonly PlanningProblem _known = new(domain, objects);
    private readonly PlanningAgentOptions _options = options ?? PlanningAgentOptions.Default;

    /// <summary>Perception: what is so.</summary>
    [Action]
    private async Task<string[]> Observe(ActionContext context, CancellationToken cancellationToken) =>
        [.. (await _world.ObserveAsync(context, cancellationToken).ConfigureAwait(false)).Select(static fact => fact.ToString()).Order(StringComparer.Ordinal)];

    /// <summary>What became of the last step, and what is to be done next.</summary>
    [Action]
    private async Task<PlanningThought> Think(
        [Input] PlanningRequest request, [From(nameof(Observe))] string[] facts, [Previous(nameof(Think))] PlanningThought? before, [Previous(nameof(Act))] MonitoredStep? last, ActionContext context, CancellationToken cancellationToken)
    {
        var state = Fact.ParseAll(facts);
        var problem = ProblemOf(request);
        var now = before is null
            ? new PlanningThought(null, [], [], 0, PlanningStatus.Solved, default, PlanningEnd.None, _options.DeadlineFrom(context))
            : Watch(before, last!, state);
        var isOnItsWay = before is not null && (now.Done!.Outcome == StepOutcome.Done || LeadsOn(now.Plan, state, problem));
        var end = isOnItsWay && now.Plan.Length == 0 && problem.IsSolved(state.Contains) ? PlanningEnd.Succeeded
            : TimeLimit.IsOver(now.Deadline, context) ? PlanningEnd.TimeLimit
            : _options.HasUsedUp(context.Usage) ? PlanningEnd.TokenLimit
            : PlanningEnd.None;
        if (end == PlanningEnd.None && (!isOnItsWay || now.Plan.Length == 0))
        {
            (now, end) = before is not null && now.Replans == _options.MaxReplans
                ? (now, PlanningEnd.ReplanLimit)
                : await PlanAsync(now, problem.From(state, ExcludedBy(now.Failures)), isFirst: before is null, context, cancellationToken).ConfigureAwait(false);
        }

        end = end == PlanningEnd.None && context.Iteration > _options.MaxSteps ? PlanningEnd.StepLimit : end;
        return now with { End = end, Expected = end == PlanningEnd.None ? ExpectedOf(StepOf(now.Plan[0], state), state) : null };
    }

    private static bool GoesOn(PlanningThought think) => think.End == PlanningEnd.None;

    /// <summary>Does the next step, if it can be done.</summary>
    [Action, When(nameof(GoesOn))]
    private async Task<MonitoredStep> Act(PlanningThought think, [From(nameof(Observe))] string[] facts, ActionContext context, CancellationToken cancellationToken)
    {
        var state = Fact.ParseAll(facts);
        var step = StepOf(think.Plan[0], state);
        string[] missing = [.. step.Needs.Where(fact => !state.Contains(fact)).Select(static fact => fact.ToString()), .. step.Absent.Where(state.Contains).Select(static fact => $"{Not}{fact}")];
        if (missing.Length > 0)
        {
            return new(step.Name, StepOutcome.NeedsMissing, missing, null);
        }

        try
        {
            var (inTime, _) = await TimeLimit.RunAsync(think.Deadline, context, token => DoAsync(step, context, token), cancellationToken).ConfigureAwait(false);
            return inTime ? new(step.Name, StepOutcome.Done, [], null) : new(step.Name, StepOutcome.Failed, [], "The time was used up.");
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            await context.EmitFailureAsync(e).ConfigureAwait(false);
            return new(step.Name, StepOutcome.Failed, [], e.Message);
        }
    }

    [Action(Effect = Effect.None), Result]
    private static PlanningProgress Report(PlanningThought think, [From(nameof(Observe))] string[] facts, [Previous(nameof(Report))] PlanningProgress? before) =>
        new(think.End, think.Done is null ? [] : [.. before!.Steps, think.Done], think.Replans, think.Planning, think.Limit, facts);

    [Until]
    private static bool HasEnded(PlanningProgress report) => report.End != PlanningEnd.None;

    /// <summary>Counts the last step, by what is so after it.</summary>
    private PlanningThought Watch(PlanningThought before, MonitoredStep last, IReadOnlySet<Fact> state)
    {
        string[] unexpected = last.Outcome == StepOutcome.Done ? [.. UnexpectedBy(last.Step, before.Expected, state)] : [];
        var done = unexpected.Length > 0 ? last with { Outcome = StepOutcome.EffectsMissing, Facts = unexpected } : last;
        var failures = new Dictionary<string, int>(before.Failures);
        if (done.Outcome is StepOutcome.Failed or StepOutcome.EffectsMissing)
        {
            failures[done.Step] = failures.GetValueOrDefault(done.Step) + 1;
        }

        return before with { Done = done, Plan = before.Plan[1..], Failures = failures };
    }

    /// <summary>What is not as it should be after a step: what it adds and is not so, what it deletes and is.</summary>
    private IEnumerable<string> UnexpectedBy(string name, string[]? expected, IReadOnlySet<Fact> state)
    {
        if (expected is not null)
        {
            return expected.Select(static text => (IsGone: text.StartsWith(Not, StringComparison.Ordinal), Fact: Fact.Parse(text.Replace(Not, "", StringComparison.Ordinal))))
                .Where(effect => effect.IsGone == state.Contains(effect.Fact)).Select(static effect => effect.Fact.ToString());
        }

        var step = StepOf(name, state);
        return step.Adds.Where(fact => !state.Contains(fact)).Concat(step.Deletes.Where(state.Contains)).Select(static fact => fact.ToString());
    }

    /// <summary>What a step with conditional effects makes so from here; null: it has none, and does the same everywhere.</summary>
    private static string[]? ExpectedOf(PlanStep step, IReadOnlySet<Fact> state)
    {
        if (step.ConditionalEffects.Count == 0)
        {
            return null;
        }

        var (adds, deletes) = step.EffectsWhere(state.Contains);
        return [.. adds.Select(static fact => fact.ToString()), .. deletes.Select(static fact => $"{Not}{fact}")];
    }

    /// <summary>Whether the rest of the plan still works from here. Without goals there is nothing to tell it by.</summary>
    private bool LeadsOn(string[] plan, IReadOnlySet<Fact> state, PlanningProblem problem)
    {
        if (problem.GoalFacts.Count + problem.AbsentGoals.Count == 0)
        {
            return false;
        }

        var expected = state;
        foreach (var name in plan)
        {
            var step = StepOf(name, state);
            if (!step.IsPossibleIn(expected))
            {
                return false;
            }

            expected = step.After(expected);
        }

        return problem.IsSolved(expected.Contains);
    }

    private async ValueTask<(PlanningThought, PlanningEnd)> PlanAsync(PlanningThought now, PlanningProblem problem, bool isFirst, ActionContext context, CancellationToken cancellationToken)
    {
        var (inTime, planning) = await TimeLimit.RunAsync(now.Deadline, context, token => new ValueTask<PlanningResult>(Task.Run(() => _planner.Solve(problem, token), token)), cancellationToken).ConfigureAwait(false);
        if (!inTime)
        {
            return (now with { Plan = [] }, PlanningEnd.TimeLimit);
        }

        string[] plan = [.. planning!.Plan?.Steps.Select(static step => step.Name) ?? []];
        var made = now with { Plan = plan, Planning = planning.Status, Limit = planning.Limit, Replans = isFirst ? 0 : now.Replans + 1 };
        if (planning.Plan is null)
        {
            return (made, PlanningEnd.NoPlan);
        }

        await context.EmitThoughtAsync(plan.Length == 0 ? "Nothing is to be done." : $"Plan: {string.Join(", ", plan)}").ConfigureAwait(false);
        return (made, plan.Length == 0 ? PlanningEnd.Succeeded : PlanningEnd.None);
    }

    private async ValueTask<bool> DoAsync(PlanStep step, ActionContext context, CancellationToken cancellationToken)
    {
        await _world.ExecuteAsync(step, context, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private PlanningProblem ProblemOf(PlanningRequest request) => new(_known.Domain, _known.Objects) { Goals = request.Goals, Tasks = request.Tasks };

    private HashSet<string> ExcludedBy(Dictionary<string, int> failures) => [.. failures.Where(failure => failure.Value >= _options.FailuresPerStep).Select(static failure => failure.Key)];

    /// <summary>The step of a name. What a session has recorded may be of another domain.</summary>
    private PlanStep StepOf(string name, IReadOnlySet<Fact> state)
    {
        var pattern = AtomPattern.Parse(name);
        var called = _known.Domain.Operators.FirstOrDefault(found => found.Name == pattern.Predicate && found.Parameters.Count == pattern.Terms.Length)
            ?? throw new PlanningDefinitionException($"The plan has a step '{name}', but the domain has no such operator.");
        return StepBinding.Of(called, pattern.Terms, called.ConditionalEffects.Count == 0 ? _known : _known.From(state))!;
    }
}
