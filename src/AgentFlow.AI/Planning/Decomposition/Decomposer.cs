namespace AgentFlow.AI;

/// <summary>
/// Breaks tasks down in the order in which they are to be done, knowing at every point what is so: total-order forward decomposition, depth first, as SHOP has it (Nau, Cao, Lotem and
/// Muñoz-Avila 1999). It goes back to the last choice where nothing leads on, and never looks twice at the same tasks in the same state, so that methods may be recursive.
/// </summary>
internal sealed class Decomposer(PlanningProblem problem, PlanningBudget budget, ForwardPlanner? search)
{
    private readonly HashSet<(WorldState, Agenda?)> _seen = [];

    public PlanningResult Solve()
    {
        var stack = new Stack<IEnumerator<Node>>();
        var start = new Node(WorldState.Of(problem.InitialFacts), Agenda.Of(problem.TaskPatterns, new Dictionary<string, string>(), null), null, null, 0);
        stack.Push(new[] { start }.AsEnumerable().GetEnumerator());
        while (stack.TryPeek(out var choices))
        {
            if (!choices.MoveNext())
            {
                stack.Pop();
                continue;
            }

            var node = choices.Current;
            if (node.Agenda is null && problem.IsSolved(node.State.Contains))
            {
                return new() { Status = PlanningStatus.Solved, Plan = new StepPlan(node.AllSteps(), problem), Nodes = budget.Nodes };
            }

            if (!_seen.Add((node.State, node.Agenda)))
            {
                continue;
            }

            if (!budget.TryTakeNode())
            {
                return budget.NoPlan();
            }

            if (node.Depth >= budget.Limits.MaxDepth)
            {
                budget.Stop(PlanningLimit.Depth);
                continue;
            }

            stack.Push(Successors(node).GetEnumerator());
        }

        return budget.NoPlan();
    }

    private IEnumerable<Node> Successors(Node node)
    {
        if (node.Agenda is not { } agenda)
        {
            return Search(node, problem.GoalFacts, problem.AbsentGoals, null);
        }

        return problem.Domain.FindOperator(agenda.Name) is { } @operator ? Do(node, agenda, @operator) : BreakDown(node, agenda, problem.Domain.FindTask(agenda.Name)!);
    }

    private IEnumerable<Node> Do(Node node, Agenda agenda, PlanningOperator @operator)
    {
        if (!problem.Fits(@operator.Parameters, agenda.Arguments) || problem.Excluded.Contains(agenda.Text))
        {
            yield break;
        }

        if (!@operator.Condition.Differs(@operator.Bind(agenda.Arguments)))
        {
            yield break;
        }

        if (StepBinding.Of(@operator, agenda.Arguments, problem, budget.IsInTime) is { } step && step.IsPossible(node.State.Contains) && !double.IsPositiveInfinity(step.Cost))
        {
            yield return new Node(node.State.After(step), agenda.Rest, node, [step], node.Depth + 1);
        }
    }

    private IEnumerable<Node> BreakDown(Node node, Agenda agenda, PlanningTask task)
    {
        if (!problem.Fits(task.Parameters, agenda.Arguments))
        {
            yield break;
        }

        foreach (var method in problem.Domain.Methods)
        {
            if (method.Head.Predicate != agenda.Name || Matching.Bind(method.Head, agenda.Arguments) is not { } head)
            {
                continue;
            }

            foreach (var bindings in Matching.Find(method.Condition, node.State, head, budget))
            {
                yield return new Node(node.State, Agenda.Of(method.Steps, bindings, agenda.Rest), node, [], node.Depth + 1);
            }
        }

        if (task.Achievement.Atoms.Any())
        {
            var bindings = task.Parameters.Zip(agenda.Arguments).ToDictionary(static pair => pair.First.Name, static pair => pair.Second, StringComparer.Ordinal);
            foreach (var found in Search(node, AtomPattern.GroundAll(task.Achievement.Holds, bindings), AtomPattern.GroundAll(task.Achievement.Absent, bindings), agenda.Rest))
            {
                yield return found;
            }
        }
    }

    /// <summary>Where methods do not lead on: steps that make it so, if they may be looked for.</summary>
    private IEnumerable<Node> Search(Node node, IReadOnlyList<Fact> goals, IReadOnlyList<Fact> absent, Agenda? rest)
    {
        if (search?.Solve(problem.Towards(node.State.Facts, goals, absent), budget).Plan is { } plan)
        {
            var state = plan.Steps.Aggregate(node.State, static (state, step) => state.After(step));
            yield return new Node(state, rest, node, plan.Steps, node.Depth + Math.Max(1, plan.Steps.Count));
        }
    }

    private sealed class Node(WorldState state, Agenda? agenda, Node? parent, IReadOnlyList<PlanStep>? steps, int depth)
    {
        public WorldState State { get; } = state;

        public Agenda? Agenda { get; } = agenda;

        public int Depth { get; } = depth;

        private Node? Parent { get; } = parent;

        private IReadOnlyList<PlanStep>? Steps { get; } = steps;

        public IReadOnlyList<PlanStep> AllSteps()
        {
            var parts = new Stack<IReadOnlyList<PlanStep>>();
            for (var node = this; node is not null; node = node.Parent)
            {
                parts.Push(node.Steps ?? []);
            }

            return [.. parts.SelectMany(static part => part)];
        }
    }
}
