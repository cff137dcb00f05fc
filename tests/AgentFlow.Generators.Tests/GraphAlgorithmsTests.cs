using AgentFlow.Generators.Graph;
using AgentFlow.Generators.Model;

namespace AgentFlow.Generators.Tests;

/// <summary>The algorithms alone, over graphs that nobody would write by hand.</summary>
public sealed class GraphAlgorithmsTests
{
    private const int Long = 10_000;

    [Fact]
    public void A_long_chain_has_an_order_and_no_cycle()
    {
        var successors = Chain(Long, closed: false);
        Assert.Empty(Cycles.Find(successors));
        Assert.Equal(Enumerable.Range(0, Long), Cycles.TopologicalOrder(Reverse(successors), successors));
    }

    [Fact]
    public void A_long_ring_is_one_cycle()
    {
        var successors = Chain(Long, closed: true);
        Assert.Equal(Enumerable.Range(0, Long), Assert.Single(Cycles.Find(successors)));
        Assert.Null(Cycles.TopologicalOrder(Reverse(successors), successors));
    }

    [Fact]
    public void The_cycle_is_the_shortest_and_starts_at_its_lowest()
    {
        // A ring of six with a chord that makes a triangle of 3, 4, 5.
        int[][] successors = [[1], [2], [3], [4], [5], [0, 3]];
        Assert.Equal([3, 4, 5], Assert.Single(Cycles.Find(successors)));
    }

    [Fact]
    public void Cycles_agree_with_reachability_on_random_graphs()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var count = random.Next(1, 9);
            var successors = Enumerable.Range(0, count)
                .Select(node => Enumerable.Range(0, count).Where(other => other != node && random.Next(4) == 0).ToArray())
                .ToArray();
            var cycles = Cycles.Find(successors);
            foreach (var cycle in cycles)
            {
                Assert.Equal(cycle.Min(), cycle[0]);
                for (var i = 0; i < cycle.Count; i++)
                {
                    Assert.Contains(cycle[(i + 1) % cycle.Count], successors[cycle[i]]);
                }

                Assert.Equal(Component(successors, cycle[0]).Min(node => ShortestThrough(successors, node)), cycle.Count);
            }

            var components = Enumerable.Range(0, count).Select(node => Component(successors, node)).Where(static nodes => nodes.Count > 1).Select(static nodes => nodes.Min()).Distinct().Count();
            Assert.Equal(components, cycles.Count);
        }
    }

    [Fact]
    public void Skipping_travels_down_a_long_chain()
    {
        var actions = Enumerable.Range(0, Long).Select(static i => Action(i, i == 0 ? [] : [i - 1], optional: i == 0)).ToEquatableArray();
        var skips = new SkipAnalysis(actions, [.. Enumerable.Range(0, Long)]);
        Assert.True(skips.MaySkip(Long - 1));
        Assert.False(skips.SkipsItself(Long - 1));
        var origin = Assert.Single(skips.Origins(Long - 1));
        Assert.Equal((0, 1), (origin.From, origin.To));
    }

    private static ActionModel Action(int index, int[] sources, bool optional) => new()
    {
        Index = index,
        Id = "A" + index,
        Output = null,
        Mode = Model.ActionMode.Async,
        Priority = 0,
        Offload = false,
        Effect = "AtLeastOnce",
        Type = "Tool",
        Optional = optional,
        Method = new MethodModel
        {
            Name = "A" + index,
            IsStatic = false,
            Returns = ReturnKind.Void,
            Value = null,
            Parameters = sources.Select(static source => new ParameterModel
            {
                Name = "p",
                Type = new TypeRef("object", false, false, Visibility.Public),
                Source = ParameterSource.Output,
                Actions = new EquatableArray<int>([source]),
                Required = true,
            }).ToEquatableArray(),
        },
    };

    private static int[][] Chain(int length, bool closed) =>
        [.. Enumerable.Range(0, length).Select(i => i + 1 < length ? [i + 1] : closed ? new[] { 0 } : [])];

    private static int[][] Reverse(int[][] edges) => DependencyEdges.Successors(edges);

    private static HashSet<int> Component(int[][] successors, int node) =>
        [.. Reach(successors, node).Where(other => Reach(successors, other).Contains(node)), node];

    private static HashSet<int> Reach(int[][] successors, int from)
    {
        var reached = new HashSet<int>();
        var open = new Stack<int>([from]);
        while (open.Count > 0)
        {
            foreach (var next in successors[open.Pop()])
            {
                if (reached.Add(next))
                {
                    open.Push(next);
                }
            }
        }

        return reached;
    }

    private static int ShortestThrough(int[][] successors, int node)
    {
        var frontier = new HashSet<int> { node };
        for (var length = 1; length <= successors.Length; length++)
        {
            frontier = [.. frontier.SelectMany(at => successors[at])];
            if (frontier.Contains(node))
            {
                return length;
            }
        }

        return int.MaxValue;
    }
}
