using AgentFlow.Testing;

namespace AgentFlow.AI.Tests.Goals;

/// <summary>Goals come to their turn by rules that are written down.</summary>
public class GoalStackTests
{
    [Fact]
    public void Priority_then_deadline_then_age_decide()
    {
        var clock = new ManualTimeProvider();
        var stack = new GoalStack(options: new() { TimeProvider = clock });
        var soon = clock.GetUtcNow().AddHours(1);
        stack.Push(new Goal("third"), new Goal("second") { Deadline = soon }, new Goal("first") { Priority = 7 }, new Goal("fourth"));
        Assert.Equal(["first", "second", "third", "fourth"], Drain(stack));
    }

    [Fact]
    public void A_goal_is_not_begun_before_those_that_it_depends_on_are_reached()
    {
        var stack = new GoalStack();
        stack.Push(new Goal("roof") { Priority = 10, DependsOn = ["walls"] }, new Goal("walls") { DependsOn = ["ground"] }, new Goal("ground") { Priority = 1 }, new Goal("garden") { Priority = 9 });
        Assert.Equal("ground", stack.StartNext()?.Name); // It has the roof's priority, by inheritance.
        Assert.Equal(10, stack["ground"].Rank);
        Assert.Equal("garden", stack.StartNext()?.Name);
        Assert.Null(stack.StartNext());
        stack.Complete("ground");
        Assert.Equal("walls", stack.StartNext()?.Name);
        Assert.Equal(["walls"], stack["roof"].WaitsFor);
    }

    [Fact]
    public void A_goal_fails_with_what_it_depends_on()
    {
        var stack = new GoalStack();
        stack.Push(new Goal("a"), new Goal("b") { DependsOn = ["a"] }, new Goal("c") { DependsOn = ["b"] });
        stack.StartNext();
        stack.Fail("a", "no money");
        Assert.Equal((GoalState.Failed, GoalEnd.DependencyFailed), (stack["c"].State, stack["c"].End));
        Assert.Contains("no money", stack["c"].Reason, StringComparison.Ordinal);
        Assert.Null(stack.StartNext());
    }

    [Fact]
    public void Work_begins_neither_too_early_nor_too_late()
    {
        var clock = new ManualTimeProvider();
        var stack = new GoalStack(options: new() { TimeProvider = clock });
        var now = clock.GetUtcNow();
        stack.Push(new Goal("later") { NotBefore = now.AddMinutes(5), Deadline = now.AddMinutes(10) }, new Goal("late") { NotBefore = now.AddMinutes(5), Deadline = now.AddMinutes(6) });
        Assert.Null(stack.StartNext());
        clock.Advance(TimeSpan.FromMinutes(7));
        Assert.Equal("later", stack.StartNext()?.Name);
        Assert.Equal(GoalEnd.DeadlinePassed, stack["late"].End);
        clock.Advance(TimeSpan.FromMinutes(7));
        stack.Complete("later"); // What has begun may be late.
        Assert.Equal(GoalState.Completed, stack["later"].State);
    }

    [Fact]
    public void Resource_conflicts_are_resolved_by_turns()
    {
        var stack = new GoalStack(new Dictionary<string, int> { ["printer"] = 1, ["seats"] = 3 });
        var conflict = Assert.Single(stack.Push(Needs("a", "printer"), Needs("b", "printer"), Needs("c", "seats"), Needs("d", "seats"), Needs("e", "seats")));
        Assert.Equal((GoalConflictKind.Resource, GoalResolution.TakeTurns, "a", "b"), (conflict.Kind, conflict.Resolution, conflict.Stronger.Name, conflict.Weaker.Name));
        Assert.Contains("printer", conflict.Explanation, StringComparison.Ordinal);
        Assert.Equal("a c d e", $"{stack.StartNext()} {stack.StartNext()} {stack.StartNext()} {stack.StartNext()}");
        Assert.Null(stack.StartNext());
        stack.Complete("a");
        Assert.Equal("b", stack.StartNext()?.Name);
    }

    [Fact]
    public void A_goal_that_waits_for_a_lesser_one_lends_it_its_priority()
    {
        var stack = new GoalStack();
        var conflict = Assert.Single(stack.Push(new Goal("low") { Priority = 1 }, new Goal("high") { Priority = 9, DependsOn = ["low"] }));
        Assert.Equal((GoalConflictKind.Priority, GoalResolution.Inherit), (conflict.Kind, conflict.Resolution));
        Assert.Equal(9, stack["low"].Rank);
        stack.StartNext();
        stack.Complete("low");
        Assert.Equal(1, stack["low"].Rank);
    }

    [Fact]
    public void A_holder_has_the_priority_of_those_that_lack_what_it_holds()
    {
        var stack = new GoalStack(new Dictionary<string, int> { ["bus"] = 1 });
        stack.Push(Needs("low", "bus", 1), new Goal("part") { Priority = 2 });
        Assert.Equal("part", stack.StartNext()?.Name);
        stack.Wait("part", []);
        stack.Complete(stack.StartNext()!.Name);
        Assert.Equal("low", stack.StartNext()?.Name);
        stack.Push(Needs("high", "bus", 10), new Goal("sub") { Priority = 0 }, new Goal("middle") { Priority = 6 });
        stack.Wait("low", ["sub"]);
        Assert.Equal(10, stack["sub"].Rank); // high → low, which has the bus → sub.
        Assert.Equal("sub", stack.StartNext()?.Name);
    }

    [Fact]
    public void Of_two_urgent_goals_the_stronger_goes_first_and_the_other_keeps_off()
    {
        var clock = new ManualTimeProvider();
        var stack = new GoalStack(new Dictionary<string, int> { ["bridge"] = 1 }, new() { TimeProvider = clock });
        var conflicts = stack.Push(Needs("fire", "bridge", 10, notBefore: clock.GetUtcNow().AddMinutes(1)), Needs("ambulance", "bridge", 9));
        Assert.Equal([GoalConflictKind.Resource, GoalConflictKind.Priority], conflicts.Select(static c => c.Kind));
        Assert.Null(stack.StartNext()); // Not even now, while the bridge is free.
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("fire", stack.StartNext()?.Name);
        Assert.Null(stack.StartNext());
        stack.Fail("fire", "false alarm");
        Assert.Equal("ambulance", stack.StartNext()?.Name);
    }

    [Fact]
    public void Deadlines_that_cannot_both_be_kept_are_a_conflict_in_time()
    {
        var clock = new ManualTimeProvider();
        var now = clock.GetUtcNow();
        Goal Bake(string name, int minutes, int deadline, int priority = 5) =>
            new(name) { Resources = new Dictionary<string, int> { ["oven"] = 1 }, Duration = TimeSpan.FromMinutes(minutes), Deadline = now.AddMinutes(deadline), Priority = priority };
        GoalStack Oven() => new(new Dictionary<string, int> { ["oven"] = 1 }, new() { TimeProvider = clock });
        Assert.DoesNotContain(Oven().Push(Bake("cake", 30, 60), Bake("bread", 30, 30)), static c => c.Kind == GoalConflictKind.Temporal);
        var stack = Oven();
        var conflict = Assert.Single(stack.Push(Bake("cake", 30, 40), Bake("bread", 30, 50, 7)), static c => c.Kind == GoalConflictKind.Temporal);
        Assert.Equal((GoalResolution.StrongerFirst, "bread"), (conflict.Resolution, conflict.Stronger.Name));
        Assert.Equal("bread", stack.StartNext()?.Name);
        clock.Advance(TimeSpan.FromMinutes(45));
        stack.Complete("bread");
        Assert.Null(stack.StartNext());
        Assert.Equal(GoalEnd.DeadlinePassed, stack["cake"].End);

        // What has to come first takes time, too.
        var ordered = new GoalStack(options: new() { TimeProvider = clock });
        now = clock.GetUtcNow();
        Assert.Contains(
            ordered.Push(new Goal("first") { Duration = TimeSpan.FromHours(2) }, new Goal("second") { DependsOn = ["first"], Deadline = now.AddHours(1) }),
            static c => c.Kind == GoalConflictKind.Temporal);
    }

    [Fact]
    public void Of_two_that_contradict_each_other_the_weaker_is_cancelled()
    {
        var stack = new GoalStack();
        stack.Push(new Goal("air") { Achieves = ["open(window)"] }, new Goal("sleep") { DependsOn = ["air"] });
        var conflict = Assert.Single(stack.Push(new Goal("heat") { Prevents = ["open(window)"], Priority = 6 }));
        Assert.Equal((GoalConflictKind.Logical, GoalResolution.WeakerCancelled, "heat"), (conflict.Kind, conflict.Resolution, conflict.Stronger.Name));
        Assert.Equal((GoalState.Cancelled, GoalEnd.Contradicted), (stack["air"].State, stack["air"].End));
        Assert.Equal(GoalEnd.DependencyFailed, stack["sleep"].End);

        // What is under way is not dropped for another, whatever that one's priority.
        stack.StartNext();
        stack.Push(new Goal("air again") { Achieves = ["open(window)"], Priority = 10 });
        Assert.Equal((GoalState.Active, GoalState.Cancelled), (stack["heat"].State, stack["air again"].State));

        // One after the other is no contradiction.
        Assert.Empty(stack.Push(new Goal("afterwards") { Achieves = ["open(window)"], DependsOn = ["heat"] }));
    }

    [Fact]
    public void A_parent_that_holds_what_its_subgoal_needs_is_preempted()
    {
        var stack = new GoalStack(new Dictionary<string, int> { ["desk"] = 1 });
        stack.Push(Needs("parent", "desk"));
        stack.StartNext();
        stack.Push(Needs("child", "desk"));
        stack.Wait("parent", ["child"]);
        Assert.Null(stack.StartNext());
        var deadlock = Assert.Single(stack.ResolveDeadlocks());
        Assert.Equal(("parent", false), (deadlock.Victim.Name, deadlock.HasFailed));
        Assert.Equal(["child", "parent"], deadlock.Circle.Select(static goal => goal.Name).Order());
        Assert.Equal((GoalState.Pending, 1), (stack["parent"].State, stack["parent"].Preemptions));
        Assert.Empty(stack.ResolveDeadlocks());
    }

    [Fact]
    public void Two_that_want_what_the_other_has_are_told_apart_by_priority()
    {
        var stack = new GoalStack(new Dictionary<string, int> { ["fork"] = 1, ["knife"] = 1 });
        stack.Push(Needs("left", "fork", 7), Needs("right", "knife", 3));
        stack.StartNext();
        stack.StartNext();
        stack.Wait("left", [], new Dictionary<string, int> { ["knife"] = 1 });
        Assert.Empty(stack.ResolveDeadlocks()); // The other one may end yet.
        stack.Wait("right", [], new Dictionary<string, int> { ["fork"] = 1 });
        Assert.Equal("right", Assert.Single(stack.ResolveDeadlocks()).Victim.Name);
        Assert.Equal("left", stack.StartNext()?.Name);
        Assert.Equal(2, stack["left"].Holds.Count);
        stack.Complete("left");
        Assert.Equal("right", stack.StartNext()?.Name);
        Assert.Equal(["knife"], stack["right"].Holds.Keys);
    }

    [Fact]
    public void What_a_preempted_goal_was_to_go_before_goes_first()
    {
        var stack = new GoalStack(new Dictionary<string, int> { ["r"] = 1, ["s"] = 1 });
        stack.Push(Needs("holder", "s", 10), Needs("victim", "r", 8));
        _ = (stack.StartNext(), stack.StartNext());
        stack.Push(Needs("sub", "r", 8)); // Urgent as the victim is, which is under way: not before that one.
        stack.Wait("holder", ["sub"]);
        stack.Wait("victim", [], new Dictionary<string, int> { ["s"] = 1 });
        Assert.Equal("victim", Assert.Single(stack.ResolveDeadlocks()).Victim.Name);
        Assert.Equal("sub", stack.StartNext()?.Name);
    }

    [Fact]
    public void What_a_goal_lacks_is_not_kept_from_those_that_it_waits_for()
    {
        var stack = new GoalStack(new Dictionary<string, int> { ["x"] = 1, ["q"] = 1 });
        stack.Push(new Goal("other"), Needs("holder", "x"));
        _ = (stack.StartNext(), stack.StartNext());
        stack.Push(new Goal("both") { Resources = new Dictionary<string, int> { ["x"] = 1, ["q"] = 1 } }, Needs("stranger", "q"), Needs("sub", "q"));
        stack.Wait("holder", ["sub"]);
        Assert.Equal("sub", stack.StartNext()?.Name);
        Assert.Null(stack.StartNext());
        Assert.Equal(GoalState.Active, stack["other"].State);
    }

    [Fact]
    public void Goals_that_keep_free_what_those_need_that_the_other_waits_for_do_not_block_all()
    {
        var stack = new GoalStack("xyqr".ToDictionary(static c => $"{c}", static _ => 1));
        stack.Push(Needs("x holder", "x"), Needs("y holder", "y"));
        _ = (stack.StartNext(), stack.StartNext());
        stack.Push(
            new Goal("x and q") { Resources = new Dictionary<string, int> { ["x"] = 1, ["q"] = 1 } },
            new Goal("y and r") { Resources = new Dictionary<string, int> { ["y"] = 1, ["r"] = 1 } },
            Needs("helps x", "r"),
            Needs("helps y", "q"));
        stack.Wait("x holder", ["helps x"]);
        stack.Wait("y holder", ["helps y"]);
        Assert.Empty(stack.ResolveDeadlocks());
        Assert.Equal("helps x", stack.StartNext()?.Name);
    }

    [Fact]
    public void Goals_that_wait_for_each_other_fail_when_they_keep_doing_so()
    {
        var stack = new GoalStack(options: new() { MaxPreemptions = 1 });
        stack.Push(new Goal("hen") { Priority = 6 }, new Goal("egg"));
        var found = new List<GoalDeadlock>();
        for (var round = 0; round < 10 && stack["egg"].State != GoalState.Failed; round++)
        {
            while (stack.StartNext() is { } goal)
            {
                stack.Wait(goal.Name, [goal.Name == "hen" ? "egg" : "hen"]);
            }

            found.AddRange(stack.ResolveDeadlocks());
        }

        Assert.Equal([("egg", false), ("egg", true)], found.Select(static d => (d.Victim.Name, d.HasFailed)));
        Assert.Equal(GoalEnd.Deadlock, stack["egg"].End);
        Assert.Equal(GoalEnd.DependencyFailed, stack["hen"].End);
    }

    [Fact]
    public void Enough_of_a_resource_is_no_deadlock_although_there_is_a_circle()
    {
        var stack = new GoalStack(new Dictionary<string, int> { ["seat"] = 3 });
        stack.Push(Needs("a", "seat"), Needs("b", "seat"), Needs("c", "seat"));
        _ = (stack.StartNext(), stack.StartNext(), stack.StartNext());
        stack.Wait("a", [], new Dictionary<string, int> { ["seat"] = 1 });
        stack.Wait("b", [], new Dictionary<string, int> { ["seat"] = 1 });
        Assert.Empty(stack.ResolveDeadlocks()); // c will end, and give its seat to one of them.
        stack.Wait("c", [], new Dictionary<string, int> { ["seat"] = 1 });
        Assert.Single(stack.ResolveDeadlocks());
    }

    [Fact]
    public void Illegal_transitions_are_refused_and_change_nothing()
    {
        var stack = new GoalStack();
        stack.Push(new Goal("a"));
        var e = Assert.Throws<GoalTransitionException>(() => stack.Complete("a"));
        Assert.Equal((GoalState.Pending, GoalState.Completed), (e.From, e.To));
        Assert.Throws<GoalTransitionException>(() => stack.Wait("a", []));
        stack.StartNext();
        stack.Wait("a", []);
        Assert.Throws<GoalTransitionException>(() => stack.Complete("a"));
        Assert.Throws<GoalTransitionException>(() => stack.Wait("a", []));
        stack.StartNext();
        stack.Complete("a");
        Assert.Throws<GoalTransitionException>(() => stack.Complete("a"));
        Assert.Throws<GoalTransitionException>(() => stack.Fail("a", ""));
        Assert.Throws<GoalTransitionException>(() => stack.Cancel("a", ""));
        Assert.Equal(GoalState.Completed, stack["a"].State);
    }

    public static TheoryData<string, Action<GoalStack>> Mistakes => new()
    {
        { "'a' already", static stack => stack.Push(new Goal("a")) },
        { "'b' already", static stack => stack.Push(new Goal("b"), new Goal("b")) },
        { "depends on 'x', which is not there", static stack => stack.Push(new Goal("b") { DependsOn = ["x"] }) },
        { "b → c → b", static stack => stack.Push(new Goal("b") { DependsOn = ["c"] }, new Goal("c") { DependsOn = ["b"] }) },
        { "b → b", static stack => stack.Push(new Goal("b") { DependsOn = ["b"] }) },
        { "no resource of the stack", static stack => stack.Push(Needs("b", "pen")) },
        { "needs 2 of 'desk', and holds 0; there is 1", static stack => stack.Push(new Goal("b") { Resources = new Dictionary<string, int> { ["desk"] = 2 } }) },
        { "no goal 'x'", static stack => stack.Complete("x") },
        { "no goal 'x'", static stack => stack.Wait("a", ["x"]) },
        { "no goal 'x'", static stack => _ = stack["x"] },
        { "More than 3 goals", static stack => stack.Push(new Goal("b"), new Goal("c"), new Goal("d")) },
    };

    [Theory, MemberData(nameof(Mistakes))]
    public void Mistakes_are_told_and_change_nothing(string message, Action<GoalStack> act)
    {
        var stack = new GoalStack(new Dictionary<string, int> { ["desk"] = 1 }, new() { MaxGoals = 3 });
        stack.Push(new Goal("a"));
        Assert.Contains(message, Assert.Throws<GoalException>(() => act(stack)).Message, StringComparison.Ordinal);
        Assert.Equal("a", Assert.Single(stack.Goals).Goal.Name);
        Assert.Equal(GoalState.Pending, stack["a"].State);
    }

    [Fact]
    public void What_has_ended_is_forgotten_in_the_end_unless_others_depend_on_it()
    {
        var stack = new GoalStack(options: new() { MaxGoals = 3 });
        stack.Push(new Goal("base"), new Goal("top") { DependsOn = ["base"], NotBefore = DateTimeOffset.MaxValue });
        for (var i = 0; i < 20; i++)
        {
            stack.Complete(stack.StartNext()!.Name);
            stack.Push(new Goal($"g{i}"));
        }

        Assert.True(stack.Goals.Count <= 5);
        Assert.Equal(GoalState.Completed, stack["base"].State);
        Assert.Equal(GoalState.Pending, stack["top"].State);
    }

    internal static Goal Needs(string name, string resource, int priority = 5, DateTimeOffset? notBefore = null) =>
        new(name) { Resources = new Dictionary<string, int> { [resource] = 1 }, Priority = priority, NotBefore = notBefore };

    private static List<string> Drain(GoalStack stack)
    {
        var names = new List<string>();
        while (stack.StartNext() is { } goal)
        {
            names.Add(goal.Name);
            stack.Complete(goal.Name);
        }

        return names;
    }
}
