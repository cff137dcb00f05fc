namespace AgentFlow.AI;

/// <summary>
/// A* over sets of facts, or greedy best-first search. Ties are broken by the estimate and then by age, so that the same question has the
/// same answer. Of two ways to a state that cost the
/// same the one of fewer steps is kept: where steps are free, a way may be long and not dear, and the depth limit would cut it off.
/// </summary>
internal sealed class BestFirstSearch(PlanningBudget budget, bool isGreedy)
{
    /// <summary>Whether no way was cut off by the depth limit.</summary>
    public bool IsComplete { get; private set; } = true;

    /// <summary>Finds the way to a goal; null if there is none, or a limit was reached.</summary>
    public List<GroundStep>? Find(FactSet start, Func<FactSet, bool> isGoal, Func<FactSet, IEnumerable<(GroundStep Step, FactSet State)>> successors, Func<FactSet, double> estimate)
    {
        var best = new Dictionary<FactSet, Node>();
        var open = new PriorityQueue<Node, (double Total, double Estimate, long Age)>();
        var age = 0L;
        Push(new Node(start, null, null, 0, 0, estimate(start)));
        while (open.TryDequeue(out var node, out _))
        {
            if (!ReferenceEquals(best[node.State], node))
            {
                continue;
            }

            if (isGoal(node.State))
            {
                return node.Steps();
            }

            if (!budget.TryTakeNode())
            {
                return null;
            }

            if (node.Depth >= budget.Limits.MaxDepth)
            {
                IsComplete = budget.Stop(PlanningLimit.Depth);
                continue;
            }

            foreach (var (step, state) in successors(node.State))
            {
                var cost = node.Cost + step.Cost;
                var known = best.GetValueOrDefault(state);
                if (known is null || (!isGreedy && (cost < known.Cost || (cost == known.Cost && node.Depth + 1 < known.Depth))))
                {
                    Push(new Node(state, node, step, cost, node.Depth + 1, known?.Estimate ?? estimate(state)));
                    if (!budget.IsInTime())
                    {
                        return null;
                    }
                }
            }
        }

        return null;

        void Push(Node node)
        {
            best[node.State] = node;
            if (!double.IsPositiveInfinity(node.Estimate))
            {
                open.Enqueue(node, (isGreedy ? node.Estimate : node.Cost + node.Estimate, node.Estimate, age++));
            }
        }
    }

    private sealed class Node(FactSet state, Node? parent, GroundStep? step, double cost, int depth, double estimate)
    {
        public FactSet State { get; } = state;

        public double Cost { get; } = cost;

        public int Depth { get; } = depth;

        public double Estimate { get; } = estimate;

        private Node? Parent { get; } = parent;

        private GroundStep? Step { get; } = step;

        /// <summary>The steps from the start to here.</summary>
        public List<GroundStep> Steps()
        {
            var steps = new List<GroundStep>();
            for (var node = this; node.Parent is not null; node = node.Parent)
            {
                steps.Add(node.Step!);
            }

            steps.Reverse();
            return steps;
        }
    }
}
