namespace AgentFlow;

/// <summary>An agent's actions and the edges between them: what the compiler knows of a workflow, at run time.</summary>
public sealed partial class AgentGraph
{
    private readonly int[] _order;
    private readonly int[] _wave;
    private readonly string? _title;

    /// <summary>Creates a graph.</summary>
    /// <param name="name">The agent's id.</param>
    /// <param name="actions">The actions; each one's index is its place.</param>
    /// <param name="edges">The edges between them.</param>
    /// <exception cref="ArgumentException">An index is out of place, or the edges (those to the previous iteration apart) form a cycle.</exception>
    public AgentGraph(string name, IReadOnlyList<ActionNode> actions, IReadOnlyList<DependencyEdge> edges)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(actions);
        ArgumentNullException.ThrowIfNull(edges);
        for (var i = 0; i < actions.Count; i++)
        {
            if (actions[i].Index != i)
            {
                throw new ArgumentException($"Action '{actions[i].Name}' stands at place {i} but says {actions[i].Index}.", nameof(actions));
            }
        }

        foreach (var edge in edges)
        {
            if ((uint)edge.From >= (uint)actions.Count || (uint)edge.To >= (uint)actions.Count)
            {
                throw new ArgumentException($"Edge {edge.From} → {edge.To} names an action that does not exist.", nameof(edges));
            }
        }

        Name = name;
        Actions = actions;
        Edges = edges;
        (_order, _wave) = Sort(actions, edges);
        Waves = ToWaves();
        CriticalPath = FindCriticalPath();
    }

    /// <summary>The agent's id.</summary>
    public string Name { get; }

    /// <summary>What people read. Default: <see cref="Name"/>.</summary>
    public string Title
    {
        get => _title ?? Name;
        init => _title = value;
    }

    /// <summary>The actions, in the order of the source.</summary>
    public IReadOnlyList<ActionNode> Actions { get; }

    /// <summary>The edges. Two actions may be joined by more than one.</summary>
    public IReadOnlyList<DependencyEdge> Edges { get; }

    /// <summary>The actions by distance from the start: those of a wave can run in parallel once the earlier waves are done.</summary>
    public IReadOnlyList<IReadOnlyList<ActionNode>> Waves { get; }

    /// <summary>The chain of dependent actions that takes longest by the estimates (one second where none is given).</summary>
    public IReadOnlyList<ActionNode> CriticalPath { get; }

    /// <summary>How many actions may be under way at once; 0: any number.</summary>
    public int MaxParallel { get; init; }

    /// <summary>How many iterations a looping agent may make; 0: it does not loop.</summary>
    public int MaxIterations { get; init; }

    /// <summary>How long the actions take one after the other, if every one has an estimate.</summary>
    public TimeSpan? SequentialEstimate => Actions.All(static a => a.Estimate is not null)
        ? Actions.Aggregate(TimeSpan.Zero, static (sum, a) => Sum(sum, a.Estimate!.Value))
        : null;

    /// <summary>How long the waves take, each as long as its longest action, if every action has an estimate.</summary>
    public TimeSpan? ParallelEstimate => Actions.All(static a => a.Estimate is not null)
        ? Waves.Aggregate(TimeSpan.Zero, static (sum, wave) => Sum(sum, wave.Max(static a => a.Estimate!.Value)))
        : null;

    /// <summary>How many times shorter the waves are than the sequence, if every action has an estimate.</summary>
    public double? Speedup => SequentialEstimate is { } sequential && ParallelEstimate is { } parallel && parallel > TimeSpan.Zero
        ? sequential / parallel
        : null;

    /// <summary>The wave of each action, by index.</summary>
    internal ReadOnlySpan<int> WaveOf => _wave;

    /// <summary>Kahn's algorithm, which gives the order and the length of the longest path to each action at once.</summary>
    private static (int[] Order, int[] Wave) Sort(IReadOnlyList<ActionNode> actions, IReadOnlyList<DependencyEdge> edges)
    {
        var count = actions.Count;
        var waiting = new int[count];
        var dependents = new List<int>[count];
        foreach (var edge in edges)
        {
            if (edge.Kind != DependencyKind.Previous)
            {
                waiting[edge.To]++;
                (dependents[edge.From] ??= []).Add(edge.To);
            }
        }

        var order = new int[count];
        var wave = new int[count];
        var end = 0;
        for (var i = 0; i < count; i++)
        {
            if (waiting[i] == 0)
            {
                order[end++] = i;
            }
        }

        for (var at = 0; at < end; at++)
        {
            foreach (var dependent in dependents[order[at]] ?? [])
            {
                wave[dependent] = Math.Max(wave[dependent], wave[order[at]] + 1);
                if (--waiting[dependent] == 0)
                {
                    order[end++] = dependent;
                }
            }
        }

        if (end < count)
        {
            var stuck = actions.Where(a => waiting[a.Index] > 0).Select(static a => a.Name);
            throw new ArgumentException($"The actions form a cycle, among {string.Join(", ", stuck)}.", nameof(edges));
        }

        return (order, wave);
    }

    private IReadOnlyList<IReadOnlyList<ActionNode>> ToWaves() =>
        [.. Actions.GroupBy(a => _wave[a.Index]).OrderBy(static g => g.Key).Select(static IReadOnlyList<ActionNode> (g) => [.. g])];

    private List<ActionNode> FindCriticalPath()
    {
        if (Actions.Count == 0)
        {
            return [];
        }

        var length = new TimeSpan[Actions.Count];
        var before = new int[Actions.Count];
        Array.Fill(before, -1);
        var incoming = Edges.Where(static e => e.Kind != DependencyKind.Previous).ToLookup(static e => e.To, static e => e.From);
        foreach (var action in _order)
        {
            foreach (var source in incoming[action])
            {
                if (before[action] < 0 || length[source] > length[before[action]])
                {
                    before[action] = source;
                }
            }

            length[action] = Sum(Actions[action].Estimate ?? TimeSpan.FromSeconds(1), before[action] < 0 ? TimeSpan.Zero : length[before[action]]);
        }

        var path = new List<ActionNode>();
        for (var at = Array.IndexOf(length, length.Max()); at >= 0; at = before[at])
        {
            path.Add(Actions[at]);
        }

        path.Reverse();
        return path;
    }

    /// <summary>The sum of two times, or the longest there is.</summary>
    private static TimeSpan Sum(TimeSpan left, TimeSpan right) => left > TimeSpan.MaxValue - right ? TimeSpan.MaxValue : left + right;
}
