namespace AgentFlow.AI.Tests.Planning;

/// <summary>Domains and problems are checked when they are made.</summary>
public class DefinitionTests
{
    public static TheoryData<string, Action> Mistakes => new()
    {
        { "'?to', which is none of its parameters", static () => _ = new PlanningOperator("drive", "?t: truck") { Adds = ["at(?t, ?to)"] } },
        { "'?x', which is none of its parameters", static () => _ = new PlanningOperator("enter") { Preconditions = ["not open(?x)"] } },
        { "'?y', which is none of its parameters", static () => _ = new PlanningOperator("enter", "?x") { ConditionalEffects = [new("?z") { Conditions = ["open(?y)"] }] } },
        { "has a parameter '?x', as the operator has", static () => _ = new PlanningOperator("enter", "?x") { ConditionalEffects = [new("?x") { Adds = ["open(?x)"] }] } },
        { "has 2 terms, but 'open' has 1", static () => _ = new PlanningDomain([new("go", "?x") { Adds = ["open(?x)"], ConditionalEffects = [new("?y") { Adds = ["open(?x, ?y)"] }] }]) },
        { "CostOf gives -1 for go", static () => new ForwardPlanner().Solve(new(new([new("go") { Adds = ["gone"], CostOf = static _ => -1 }]), new Dictionary<string, string>())) },
        { "CostOf gives NaN for go", static () => new ForwardPlanner().Solve(new(new([new("go") { Adds = ["gone"], CostOf = static _ => double.NaN }]), new Dictionary<string, string>())) },
        { "no step can make that so", static () => _ = new PlanningTask("travel", "?a, ?b") { Achieves = ["?a != ?b"] } },
        { "is a goal not to be so, but there is no object 'z'", static () => _ = new PlanningProblem(BlocksWorld.Domain, new Dictionary<string, string>()) { Goals = ["not clear(z)"] } },
        { "no such object", static () => new ForwardPlanner().Solve(new(new([new("go") { ConditionalEffects = [new() { Conditions = ["at(home)"] }] }]), new Dictionary<string, string>())) },
        { "no closing parenthesis", static () => _ = new PlanningOperator("enter") { Adds = ["at(x"] } },
        { "no name of any operator", static () => _ = new PlanningOperator("go on") },
        { "two parameters '?a'", static () => _ = new PlanningOperator("go", "?a, ?a") },
        { "no parameter of 'go'", static () => _ = new PlanningOperator("go", "a") },
        { "There is no operator", static () => _ = new PlanningDomain([]) },
        { "two operators 'go'", static () => _ = new PlanningDomain([new("go"), new("go")]) },
        { "already", static () => _ = new PlanningDomain([new("go")], [new("go")]) },
        { "has 1 terms, but 'at' has 2", static () => _ = new PlanningDomain([new("go", "?a, ?b") { Preconditions = ["at(?a, ?b)"], Adds = ["at(?a)"] }]) },
        { "kind of itself", static () => _ = new PlanningDomain([new("go")], supertypes: new Dictionary<string, string> { ["a"] = "b", ["b"] = "a" }) },
        { "no task of the domain", static () => _ = new PlanningDomain([new("go")], methods: [new("m", "travel")]) },
        { "Nothing binds '?x'", static () => _ = new PlanningDomain([new("go", "?a")], [new("travel")], [new("m", "travel") { Subtasks = ["go(?x)"] }]) },
        { "no task and no operator", static () => _ = new PlanningDomain([new("go")], [new("travel")], [new("m", "travel") { Subtasks = ["fly"] }]) },
        { "has 1 terms, but 'go' has 0", static () => _ = new PlanningDomain([new("go")], [new("travel")], [new("m", "travel") { Subtasks = ["go(x)"] }]) },
        { "is a variable", static () => Fact.Parse("at(?x)") },
        { "there is no object 'z'", static () => _ = new PlanningProblem(BlocksWorld.Domain, new Dictionary<string, string>()) { Goals = ["clear(z)"] } },
        { "not of the types", static () => _ = new PlanningProblem(BlocksWorld.Domain, new Dictionary<string, string> { ["a"] = "ball" }) { Tasks = ["unstack(a, a)"] } },
        { "no such object", static () => new ForwardPlanner().Solve(new(new([new("go") { Adds = ["at(home)"] }]), new Dictionary<string, string>())) },
    };

    [Theory, MemberData(nameof(Mistakes))]
    public void Mistakes_are_told(string message, Action make) => Assert.Contains(message, Assert.Throws<PlanningDefinitionException>(make).Message, StringComparison.Ordinal);

    [Fact]
    public void Types_keep_objects_out()
    {
        var domain = new PlanningDomain(
            [new("paint", "?w: wall") { Adds = ["red(?w)"] }],
            supertypes: new Dictionary<string, string> { ["brick-wall"] = "wall" });
        var objects = new Dictionary<string, string> { ["north"] = "brick-wall", ["cat"] = "animal" };
        var token = TestContext.Current.CancellationToken;
        Assert.Equal("paint(north)", $"{new ForwardPlanner().Solve(new(domain, objects) { Goals = ["red(north)"] }, token).Plan}");
        Assert.Equal(PlanningStatus.Exhausted, new ForwardPlanner().Solve(new(domain, objects) { Goals = ["red(cat)"] }, token).Status);
    }

    [Fact]
    public void What_is_deleted_and_added_at_once_is_so()
    {
        var domain = new PlanningDomain([new("toggle") { Adds = ["on"], Deletes = ["on"] }, new("end") { Preconditions = ["on"], Adds = ["ended"] }]);
        var problem = new PlanningProblem(domain, new Dictionary<string, string>()) { Goals = ["ended", "on"] };
        Assert.Equal("toggle\nend", $"{new ForwardPlanner().Solve(problem, TestContext.Current.CancellationToken).Plan}");
        Assert.Equal("toggle\nend", $"{new BackwardPlanner().Solve(problem, TestContext.Current.CancellationToken).Plan}");
    }
}
