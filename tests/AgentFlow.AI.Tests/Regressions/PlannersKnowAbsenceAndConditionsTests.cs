using AgentFlow.AI.Tests.Planning;

namespace AgentFlow.AI.Tests.Regressions;

/// <summary>
/// Facts that must not be, free steps, costs by objects and conditional effects: every planner plans with them, and an agent watches them.
/// </summary>
public class PlannersKnowAbsenceAndConditionsTests
{
    private static readonly string[] s_names = ["max", "cuts", "goals", "none", "backward", "hybrid"];

    public static TheoryData<string> Planners => [.. s_names];

    /// <summary>A briefcase takes along what is in it; a letter has to stay.</summary>
    private static readonly PlanningDomain s_briefcase = new(
    [
        new PlanningOperator("move", "?from: place, ?to: place")
        {
            Preconditions = ["case-at(?from)", "?from != ?to", "not locked(?to)"],
            Adds = ["case-at(?to)"],
            Deletes = ["case-at(?from)"],
            ConditionalEffects = [new ConditionalEffect("?x: item") { Conditions = ["inside(?x)"], Adds = ["at(?x, ?to)"], Deletes = ["at(?x, ?from)"] }],
            CostOf = static places => places[1] == "office" ? 4 : 2,
        },
        new PlanningOperator("put-in", "?x: item, ?l: place") { Preconditions = ["at(?x, ?l)", "case-at(?l)", "not inside(?x)"], Adds = ["inside(?x)"], Cost = 0 },
        new PlanningOperator("take-out", "?x: item") { Preconditions = ["inside(?x)"], Deletes = ["inside(?x)"], Cost = 0 },
    ]);

    private static readonly PlanningProblem s_problem = new(s_briefcase, new Dictionary<string, string> { ["home"] = "place", ["office"] = "place", ["bank"] = "place", ["book"] = "item", ["letter"] = "item" })
    {
        Initial = ["case-at(home)", "at(book, home)", "at(letter, home)", "inside(letter)", "locked(bank)"],
        Goals = ["at(book, office)", "at(letter, home)", "not inside(book)", "not case-at(home)"],
    };

    [Theory, MemberData(nameof(Planners))]
    public void A_briefcase_brings_the_book_and_leaves_the_letter(string name)
    {
        var result = Planner(name).Solve(s_problem, TestContext.Current.CancellationToken);
        var plan = result.GetPlanOrThrow();
        Simulator.Check(s_problem, plan);
        Assert.Equal((4, 4), (plan.Cost, plan.Steps.Count));
        Assert.Equal(name != "hybrid", result.IsOptimal);
        Assert.Equal(["move(home, office)", "take-out(book)"], plan.Steps.TakeLast(2).Select(static step => step.Name));
    }

    [Fact]
    public void A_greedy_planner_finds_a_way_where_steps_are_free()
    {
        var plan = new ForwardPlanner(PlanningHeuristic.RelaxedPlan).Solve(s_problem, TestContext.Current.CancellationToken).GetPlanOrThrow();
        Simulator.Check(s_problem, plan);
    }

    [Fact]
    public void Methods_ask_for_absence_and_do_steps_with_conditions()
    {
        var tasks = new[] { new PlanningTask("bring", "?x: item, ?to: place") { Achieves = ["at(?x, ?to)", "not inside(?x)"] } };
        var methods = new[]
        {
            new TaskMethod("carry", "bring(?x, ?to)")
            {
                Conditions = ["at(?x, ?from)", "case-at(?from)", "not inside(?x)", "?from != ?to"],
                Subtasks = ["put-in(?x, ?from)", "move(?from, ?to)", "take-out(?x)"],
            },
        };
        var token = TestContext.Current.CancellationToken;
        var domain = new PlanningDomain(s_briefcase.Operators, tasks, methods);
        var byMethod = new PlanningProblem(domain, s_problem.Objects) { Initial = s_problem.Initial, Tasks = ["bring(book, office)"] };
        Assert.Equal("put-in(book, home)\nmove(home, office)\ntake-out(book)", $"{new HierarchicalPlanner().Solve(byMethod, token).Plan}");

        // The letter is inside already: no method fits, and a search for what the task achieves does.
        var bySearch = new PlanningProblem(domain, s_problem.Objects) { Initial = s_problem.Initial, Tasks = ["bring(letter, office)"] };
        Assert.Equal(PlanningStatus.Exhausted, new HierarchicalPlanner().Solve(bySearch, token).Status);
        var plan = new HybridPlanner().Solve(bySearch, token).GetPlanOrThrow();
        Simulator.Check(bySearch, plan);
        Assert.Equal(["move(home, office)", "take-out(letter)"], plan.Steps.Select(static step => step.Name));
    }

    [Theory, MemberData(nameof(Planners))]
    public void What_must_not_be_is_brought_about_and_kept(string name)
    {
        var domain = new PlanningDomain(
        [
            new PlanningOperator("paint", "?w") { Preconditions = ["not wet(?w)", "not raining"], Adds = ["painted(?w)", "wet(?w)"] },
            new PlanningOperator("wait") { Deletes = ["raining"], ConditionalEffects = [new("?w") { Conditions = ["wet(?w)", "not raining"], Deletes = ["wet(?w)"] }], Cost = 0 },
        ]);
        var problem = new PlanningProblem(domain, new Dictionary<string, string> { ["north"] = "wall", ["south"] = "wall" })
        {
            Initial = ["raining", "wet(north)"],
            Goals = ["painted(north)", "not wet(north)", "not painted(south)"],
        };
        var plan = Planner(name).Solve(problem, TestContext.Current.CancellationToken).GetPlanOrThrow();
        Simulator.Check(problem, plan);
        Assert.Equal(["wait", "wait", "paint(north)", "wait"], plan.Steps.Select(static step => step.Name));
        Assert.Equal(1, plan.Cost);
        var never = new PlanningProblem(domain, problem.Objects) { Initial = problem.Initial, Goals = ["painted(north)", "not painted(north)"] };
        Assert.Equal(PlanningStatus.Exhausted, Planner(name).Solve(never, TestContext.Current.CancellationToken).Status);
    }

    [Theory, MemberData(nameof(Planners))]
    public void Where_everything_is_free_there_is_a_plan_all_the_same(string name)
    {
        var problem = Line(30, static _ => 0);
        var plan = Planner(name).Solve(problem, TestContext.Current.CancellationToken).GetPlanOrThrow();
        Simulator.Check(problem, plan);
        Assert.Equal(0, plan.Cost);
    }

    /// <summary>A detour costs nothing more, and would be cut off by the limit of depth.</summary>
    [Theory, MemberData(nameof(Planners))]
    public void Of_ways_that_cost_the_same_the_limit_of_depth_leaves_the_short_one(string name)
    {
        var domain = new PlanningDomain(
        [
            new PlanningOperator("wander", "?a, ?b") { Preconditions = ["here(?a)", "path(?a, ?b)"], Adds = ["here(?b)"], Deletes = ["here(?a)"], Cost = 0 },
            new PlanningOperator("stroll", "?a, ?b") { Preconditions = ["here(?a)", "short(?a, ?b)"], Adds = ["here(?b)"], Deletes = ["here(?a)"], Cost = 0 },
            new PlanningOperator("enter", "?a, ?b") { Preconditions = ["here(?a)", "door(?a, ?b)"], Adds = ["here(?b)"], Deletes = ["here(?a)"], Cost = 1 },
        ]);
        var problem = new PlanningProblem(domain, Enumerable.Range(0, 8).ToDictionary(static i => $"n{i}", static _ => "object"))
        {
            Initial = ["here(n0)", "path(n0, n1)", "path(n1, n2)", "path(n2, n3)", "short(n0, n3)", "door(n3, n4)"],
            Goals = ["here(n4)"],
        };
        var planner = name switch
        {
            "backward" => new BackwardPlanner(new() { MaxDepth = 2 }),
            "hybrid" => new HybridPlanner(limits: new() { MaxDepth = 2 }),
            _ => (IPlanner)new ForwardPlanner(HeuristicOf(name), new() { MaxDepth = 2 }),
        };
        Assert.Equal("stroll(n0, n3)\nenter(n3, n4)", $"{planner.Solve(problem, TestContext.Current.CancellationToken).GetPlanOrThrow()}");
    }

    [Theory, MemberData(nameof(Planners))]
    public void Costs_are_those_of_the_objects_and_infinite_ones_cannot_be_paid(string name)
    {
        // Two steps of 3 beat one of 7; the step of 1 leads through where nobody can go.
        var costs = new Dictionary<string, double> { ["a b"] = 3, ["b d"] = 3, ["a d"] = 7, ["a c"] = 1 };
        var domain = new PlanningDomain([new PlanningOperator("go", "?from, ?to")
        {
            Preconditions = ["here(?from)", "?from != ?to"],
            Adds = ["here(?to)"],
            Deletes = ["here(?from)"],
            CostOf = objects => costs.GetValueOrDefault($"{objects[0]} {objects[1]}", double.PositiveInfinity),
        }]);
        var problem = new PlanningProblem(domain, "abcd".ToDictionary(static c => $"{c}", static _ => "object")) { Initial = ["here(a)"], Goals = ["here(d)"] };
        var plan = Planner(name).Solve(problem, TestContext.Current.CancellationToken).GetPlanOrThrow();
        Assert.Equal((6, "go(a, b)\ngo(b, d)"), (plan.Cost, $"{plan}"));
    }

    [Fact]
    public void Links_say_which_step_took_away_what_must_not_be()
    {
        var plan = new ForwardPlanner().Solve(s_problem, TestContext.Current.CancellationToken).GetPlanOrThrow();
        var names = plan.Steps.Select(static step => step.Name).ToList();
        Assert.Contains(new CausalLink(names.IndexOf("move(home, office)"), null, Fact.Parse("case-at(home)")) { IsAbsence = true }, plan.Links);
        Assert.Contains(new CausalLink(names.IndexOf("put-in(book, home)"), names.IndexOf("move(home, office)"), Fact.Parse("inside(book)")), plan.Links);

        // The letter must be out before the case moves, or it would come along: nothing needs that, and the order is kept.
        Assert.Contains(names.IndexOf("take-out(letter)"), plan.DependenciesOf(names.IndexOf("move(home, office)")));
    }

    [Fact]
    public async Task An_agent_does_such_steps_and_notices_when_a_conditional_effect_is_missing()
    {
        var world = new World();
        var agent = new PlanningAgent(new ForwardPlanner(), s_problem.Domain, s_problem.Objects, world);
        var done = await agent.RunAsync(new PlanningRequest([.. s_problem.Goals]), TestContext.Current.CancellationToken);
        Assert.Equal(PlanningEnd.Succeeded, done.End);
        var missing = Assert.Single(done.Steps, static step => step.Outcome == StepOutcome.EffectsMissing);
        Assert.Equal(("move(home, office)", "at(book, office)"), (missing.Step, missing.Facts[0]));
        Assert.All(s_problem.Goals, goal => Assert.Equal(!goal.StartsWith("not ", StringComparison.Ordinal), done.State.Contains(goal.Replace("not ", "", StringComparison.Ordinal))));
    }

    private static IPlanner Planner(string name) => name switch
    {
        "backward" => new BackwardPlanner(),
        "hybrid" => new HybridPlanner(),
        _ => new ForwardPlanner(HeuristicOf(name)),
    };

    private static PlanningHeuristic HeuristicOf(string name) => name switch
    {
        "max" => PlanningHeuristic.Max,
        "cuts" => PlanningHeuristic.LandmarkCut,
        "goals" => PlanningHeuristic.GoalCount,
        _ => PlanningHeuristic.None,
    };

    private static PlanningProblem Line(int length, Func<IReadOnlyList<string>, double> cost)
    {
        var domain = new PlanningDomain([new PlanningOperator("go", "?a, ?b") { Preconditions = ["here(?a)", "way(?a, ?b)"], Adds = ["here(?b)"], Deletes = ["here(?a)"], CostOf = cost }]);
        return new(domain, Enumerable.Range(0, length).ToDictionary(static i => $"n{i}", static _ => "object"))
        {
            Initial = ["here(n0)", .. Enumerable.Range(1, length - 1).SelectMany(static i => new[] { $"way(n{i - 1}, n{i})", $"way(n{i}, n{i - 1})" })],
            Goals = [$"here(n{length - 1})", "not here(n0)"],
        };
    }

    /// <summary>The first time that the case is moved, the book falls out on the way and stays where it was.</summary>
    private sealed class World : IPlanWorld
    {
        private IReadOnlySet<Fact> _state = Fact.ParseAll(s_problem.Initial);
        private bool _hasFallen;

        public ValueTask<IReadOnlySet<Fact>> ObserveAsync(ActionContext context, CancellationToken cancellationToken) => new(_state);

        public ValueTask ExecuteAsync(PlanStep planStep, ActionContext context, CancellationToken cancellationToken)
        {
            Assert.True(planStep.IsPossibleIn(_state));
            _state = planStep.After(_state);
            if (!_hasFallen && planStep.Operator.Name == "move")
            {
                _hasFallen = true;
                var facts = new HashSet<Fact>(_state);
                facts.ExceptWith(Fact.ParseAll("at(book, office)"));
                facts.UnionWith(Fact.ParseAll("at(book, home)"));
                _state = facts;
            }

            return default;
        }
    }
}
