namespace AgentFlow.AI.Tests.Regressions;

/// <summary>
/// Bounds of planners count steps that could be done, not the combinations of objects that were tried on the way, and hold while operators
/// and methods are bound.
/// </summary>
public class PlannersBindOnlyWhatCanBeDoneTests
{
    private const int Size = 40;

    /// <summary>
    /// On a grid a push has six parameters: 1,600 fields, 4 directions. Tried one by one, there are 1,600³ combinations of fields.
    /// </summary>
    [Fact]
    public void A_push_on_a_large_grid_is_bound_by_the_map()
    {
        var fields = Enumerable.Range(0, Size * Size).Select(static i => $"f{i / Size}-{i % Size}").ToList();
        var objects = fields.ToDictionary(static field => field, static _ => "field");
        var map = new List<string> { "at(man, f0-0)", "at(box, f0-1)", "goal(f0-39)" };
        (objects["man"], objects["box"]) = ("player", "stone");
        foreach (var (name, down, right) in new[] { ("east", 0, 1), ("west", 0, -1), ("south", 1, 0), ("north", -1, 0) })
        {
            objects[name] = "direction";
            for (var i = 0; i < Size * Size; i++)
            {
                if (i / Size + down is >= 0 and < Size && i % Size + right is >= 0 and < Size)
                {
                    map.Add($"next({fields[i]}, {fields[((i / Size + down) * Size) + i % Size + right]}, {name})");
                }
            }
        }

        var domain = new PlanningDomain(
        [
            new PlanningOperator("move", "?p: player, ?from: field, ?to: field, ?d: direction") { Preconditions = ["at(?p, ?from)", "next(?from, ?to, ?d)"], Adds = ["at(?p, ?to)"], Deletes = ["at(?p, ?from)"] },
            new PlanningOperator("push", "?p: player, ?s: stone, ?behind: field, ?from: field, ?to: field, ?d: direction")
            {
                Preconditions = ["at(?p, ?behind)", "at(?s, ?from)", "next(?from, ?to, ?d)", "next(?behind, ?from, ?d)"],
                Adds = ["at(?p, ?from)", "at(?s, ?to)"],
                Deletes = ["at(?p, ?behind)", "at(?s, ?from)"],
            },
        ]);
        var problem = new PlanningProblem(domain, objects) { Initial = map, Goals = ["at(box, f0-9)"] };

        // Moves in four directions, and pushes in two: nobody can stand behind the box to push it out of the first row.
        var limits = new PlanningLimits { MaxGroundSteps = (4 * Size * (Size - 1)) + (2 * (Size - 2)), Timeout = TimeSpan.FromMinutes(2) };
        var result = new ForwardPlanner(PlanningHeuristic.RelaxedPlan, limits).Solve(problem, TestContext.Current.CancellationToken);
        Assert.Equal(8, result.GetPlanOrThrow().Steps.Count);
        var less = new ForwardPlanner(PlanningHeuristic.RelaxedPlan, limits with { MaxGroundSteps = limits.MaxGroundSteps - 1 });
        Assert.Equal(PlanningLimit.GroundSteps, less.Solve(problem, TestContext.Current.CancellationToken).Limit);
    }

    /// <summary>Facts that change bind, too: of three hundred things in three hundred places three hundred can be taken.</summary>
    [Fact]
    public void Exactly_as_many_steps_count_as_could_ever_be_done()
    {
        var objects = Enumerable.Range(0, 300).SelectMany(static i => new[] { ($"t{i}", "thing"), ($"p{i}", "place") }).ToDictionary(static pair => pair.Item1, static pair => pair.Item2);
        var domain = new PlanningDomain([new PlanningOperator("take", "?t: thing, ?p: place") { Preconditions = ["at(?t, ?p)"], Adds = ["taken(?t)"], Deletes = ["at(?t, ?p)"] }]);
        var problem = new PlanningProblem(domain, objects) { Initial = [.. Enumerable.Range(0, 300).Select(static i => $"at(t{i}, p{i})")], Goals = ["taken(t7)"] };
        var token = TestContext.Current.CancellationToken;
        Assert.Equal("take(t7, p7)", $"{new ForwardPlanner(limits: new() { MaxGroundSteps = 300 }).Solve(problem, token).Plan}");
        Assert.Equal(PlanningLimit.GroundSteps, new ForwardPlanner(limits: new() { MaxGroundSteps = 299 }).Solve(problem, token).Limit);
    }

    /// <summary>What static facts rule out by not being so is never made either.</summary>
    [Fact]
    public void What_must_not_be_rules_out_before_it_counts()
    {
        var objects = Enumerable.Range(0, 30).ToDictionary(static i => $"n{i}", static _ => "object");
        var domain = new PlanningDomain([new PlanningOperator("link", "?a, ?b") { Preconditions = ["not barred(?a)", "not barred(?b)", "?a != ?b"], Adds = ["linked(?a, ?b)"] }]);
        var problem = new PlanningProblem(domain, objects) { Initial = [.. Enumerable.Range(2, 28).Select(static i => $"barred(n{i})")], Goals = ["linked(n1, n0)"] };
        Assert.Equal("link(n1, n0)", $"{new ForwardPlanner(limits: new() { MaxGroundSteps = 2 }).Solve(problem, TestContext.Current.CancellationToken).Plan}");
    }

    /// <summary>Binding goes as deep as there are variables, not as there are preconditions.</summary>
    [Fact]
    public void An_operator_may_need_many_facts()
    {
        var parts = Enumerable.Range(0, 2_000).Select(static i => $"part{i}").ToList();
        var domain = new PlanningDomain([new PlanningOperator("make-parts") { Adds = parts }, new PlanningOperator("join") { Preconditions = parts, Adds = ["whole"] }]);
        var problem = new PlanningProblem(domain, new Dictionary<string, string>()) { Goals = ["whole"] };
        Assert.Equal("make-parts\njoin", $"{new ForwardPlanner().Solve(problem, TestContext.Current.CancellationToken).Plan}");
    }

    /// <summary>Conditional effects count as steps do: a step may have a great many.</summary>
    [Fact]
    public void Conditional_effects_count()
    {
        var objects = Enumerable.Range(0, 200).ToDictionary(static i => $"n{i}", static _ => "object");
        var domain = new PlanningDomain([new PlanningOperator("go") { Adds = ["gone"], ConditionalEffects = [new("?a, ?b") { Adds = ["linked(?a, ?b)"] }] }]);
        var problem = new PlanningProblem(domain, objects) { Goals = ["linked(n1, n0)"] };
        var token = TestContext.Current.CancellationToken;
        Assert.Equal(PlanningLimit.GroundSteps, new ForwardPlanner(limits: new() { MaxGroundSteps = 40_000 }).Solve(problem, token).Limit);
        Assert.Equal("go", $"{new ForwardPlanner(limits: new() { MaxGroundSteps = 40_001, Timeout = TimeSpan.FromMinutes(2) }).Solve(problem, token).Plan}");
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Time_and_cancellation_end_the_binding_of_operators(bool isCancelled) => EndsInTime(isCancelled, static limits => new ForwardPlanner(limits: limits));

    [Theory, InlineData(false), InlineData(true)]
    public void Time_and_cancellation_end_the_binding_of_methods(bool isCancelled) => EndsInTime(isCancelled, static limits => new HierarchicalPlanner(limits));

    private static void EndsInTime(bool isCancelled, Func<PlanningLimits, IPlanner> planner)
    {
        var objects = Enumerable.Range(0, 1_000).ToDictionary(static i => $"n{i}", static _ => "object");
        string[] conditions = ["p(?a)", "q(?b)", "r(?c)"];

        // A billion combinations: for operators they are steps, for methods none fits.
        var domain = new PlanningDomain(
            [new PlanningOperator("one", "?a, ?b, ?c") { Preconditions = conditions, Adds = ["done"] }],
            [new PlanningTask("all")],
            [new TaskMethod("any", "all") { Conditions = [.. conditions, "?a != ?d", "s(?a, ?b, ?c, ?d)"], Subtasks = ["one(?a, ?b, ?c)"] }]);
        var problem = new PlanningProblem(domain, objects)
        {
            Initial = [.. objects.Keys.SelectMany(static name => new[] { $"p({name})", $"q({name})", $"r({name})", $"s({name}, {name}, {name}, {name})" })],
            Goals = ["done"],
            Tasks = ["all"],
        };
        using var source = new CancellationTokenSource();
        var clock = new Counting(isCancelled ? source : null);
        var limits = new PlanningLimits { TimeProvider = clock, MaxGroundSteps = int.MaxValue, Timeout = isCancelled ? TimeSpan.FromDays(1) : TimeSpan.FromSeconds(20) };
        if (isCancelled)
        {
            Assert.Throws<OperationCanceledException>(() => planner(limits).Solve(problem, source.Token));
        }
        else
        {
            var result = planner(limits).Solve(problem, TestContext.Current.CancellationToken);
            Assert.Equal((PlanningStatus.LimitReached, PlanningLimit.Time), (result.Status, result.Limit));
        }

        Assert.True(clock.Looks <= 25, $"{clock.Looks} looks at the clock.");
    }

    /// <summary>A second passes each time somebody looks; at the tenth time it may cancel.</summary>
    private sealed class Counting(CancellationTokenSource? source) : TimeProvider
    {
        public long Looks { get; private set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp()
        {
            if (++Looks == 10)
            {
                source?.Cancel();
            }

            return Looks;
        }
    }
}
