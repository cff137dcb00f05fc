using System.ComponentModel;

namespace AgentFlow.CompilerServices;

/// <summary>What the scheduler needs to know of an agent, laid out for it: computed once for each agent. For generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class RunPlan
{
    /// <summary>Larger agents would take too much of the stack for the set of what is ready.</summary>
    private const int MaxCountdown = 8192;

    private readonly bool _isPlainGraph;

    /// <summary>Creates the plan.</summary>
    /// <param name="graph">The agent's graph.</param>
    /// <param name="rank">The actions in the order in which ready ones start: by priority, longest remaining path, source.</param>
    /// <param name="lane">The order in which they start if each completes on the spot.</param>
    public RunPlan(AgentGraph graph, int[] rank, int[] lane)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(rank);
        ArgumentNullException.ThrowIfNull(lane);
        Graph = graph;
        Count = graph.Actions.Count;
        ByRank = rank;
        Lane = lane;
        RankOf = new int[Count];
        for (var i = 0; i < rank.Length; i++)
        {
            RankOf[rank[i]] = i;
        }

        MaxRunning = graph.MaxParallel == 0 ? int.MaxValue : graph.MaxParallel;
        Mode = [.. graph.Actions.Select(static a => a.Mode)];
        IsOptional = [.. graph.Actions.Select(static a => a.IsOptional)];
        IsConditional = [.. graph.Actions.Select(static a => a.Condition is not null)];
        IsCompensated = [.. graph.Actions.Select(static a => a.IsCompensated)];
        HasCompensations = IsCompensated.Contains(true);
        CompensatesElements = graph.Actions.Any(static a => a.IsCompensated && a.ForEach >= 0);
        HasForgotten = Mode.Contains(ActionMode.FireAndForget);
        EndsDelays = graph.Actions.Any(static a => a.DelayUnless >= 0);
        DelaysEndedBy = EndsDelays ? graph.Actions.Where(static a => a.DelayUnless >= 0).ToLookup(static a => a.DelayUnless, static a => a.Index) : null;
        ByWave = [.. graph.Waves.Select(static wave => wave.Select(static a => a.Index).ToArray())];
        Result = graph.Actions.FirstOrDefault(static a => a.IsResult)?.Index ?? -1;

        var edges = graph.Edges.Where(static e => e.Kind != DependencyKind.Previous).ToArray();
        Incoming = ToIncoming(edges, Count);
        (Groups, Waiting, DependentStart, Dependents) = ToDependents(edges, Count);
        _isPlainGraph = Count <= MaxCountdown
            && graph.MaxParallel == 0
            && Groups.Length == 0
            && edges.All(static e => e.Kind != DependencyKind.Merge)
            && !IsConditional.Contains(true)
            && !IsOptional.Contains(true)
            && !HasCompensations
            && !EndsDelays
            && Mode.All(static m => m == ActionMode.Async);
        SinkCount = Enumerable.Range(0, Count).Count(i => DependentsOf(i).IsEmpty);
        FirstReady = new ulong[(Count + 63) / 64];
        for (var i = 0; i < Count; i++)
        {
            if (Waiting[i] == 0)
            {
                FirstReady[RankOf[i] >> 6] |= 1UL << RankOf[i];
            }
        }
    }

    /// <summary>Whether the run cancels actions itself and so needs a token of its own: two of them can be under way at once, or time can run out.</summary>
    public bool OwnsToken { get; init; }

    /// <summary>Whether actions are given contexts, which must not outlive the run.</summary>
    public bool GivesContexts { get; init; }

    /// <summary>Whether an action waits for every action of the earlier waves.</summary>
    public bool Waves { get; init; }

    /// <summary>Whether a failure leaves the actions that do not depend on it alone.</summary>
    public bool ContinueOnFailure { get; init; }

    /// <summary>Whether the graph runs again until a predicate holds.</summary>
    public bool Loops { get; init; }

    /// <summary>Whether reaching the last iteration is a result and not a failure.</summary>
    public bool ReturnLastOnLimit { get; init; }

    /// <summary>The time allowed for the whole run; zero: any.</summary>
    public TimeSpan Timeout { get; init; }

    /// <summary>Whether the result's type does not allow for its absence.</summary>
    public bool NeedsResult { get; init; }

    /// <summary>The actions whose values the predicate that ends the loop needs.</summary>
    public int[] UntilSources { get; init; } = [];

    /// <summary>How many actions may start; 0: any number.</summary>
    public int ActionBudget { get; init; }

    /// <summary>How many tokens may be reported; 0: any number.</summary>
    public long TokenBudget { get; init; }

    /// <summary>How much cost may be reported; 0: any.</summary>
    public double CostBudget { get; init; }

    /// <summary>Whether the actions need nothing but their dependencies, so that counting down to each is all the scheduling there is.</summary>
    internal bool IsPlain =>
        _isPlainGraph && !Waves && !ContinueOnFailure && !Loops && Timeout == TimeSpan.Zero && ActionBudget == 0 && TokenBudget == 0 && CostBudget == 0;

    internal AgentGraph Graph { get; }

    internal int Count { get; }

    internal int[] ByRank { get; }

    internal int[] RankOf { get; }

    internal int[] Lane { get; }

    internal int MaxRunning { get; }

    internal int[][] ByWave { get; }

    /// <summary>The actions that wait for nothing, a bit each by rank.</summary>
    internal ulong[] FirstReady { get; }

    internal ActionMode[] Mode { get; }

    internal bool[] IsOptional { get; }

    internal bool[] IsConditional { get; }

    internal bool[] IsCompensated { get; }

    internal bool HasCompensations { get; }

    /// <summary>Whether any of them undoes a for-each.</summary>
    internal bool CompensatesElements { get; }

    internal bool HasForgotten { get; }

    /// <summary>Whether some action's delay ends when another settles.</summary>
    internal bool EndsDelays { get; }

    /// <summary>The actions whose delay an action ends; null if there are none.</summary>
    internal ILookup<int, int>? DelaysEndedBy { get; }

    internal int Result { get; }

    /// <summary>For each action its edges, those of a group side by side.</summary>
    internal DependencyEdge[][] Incoming { get; }

    /// <summary>For each group of alternatives, how many sources it has, whom it feeds and whether it cancels the losers.</summary>
    internal Group[] Groups { get; }

    /// <summary>How many settlements each action waits for: one for each action depended on and one for each group.</summary>
    internal int[] Waiting { get; }

    /// <summary>Where the dependents of each action begin in <see cref="Dependents"/>; one more at the end.</summary>
    internal int[] DependentStart { get; }

    /// <summary>Whom a settlement is told: an action's index, or the bitwise complement of a group's number.</summary>
    internal int[] Dependents { get; }

    /// <summary>How many actions nobody waits for.</summary>
    internal int SinkCount { get; }

    internal ReadOnlySpan<int> DependentsOf(int action) => Dependents.AsSpan(DependentStart[action], DependentStart[action + 1] - DependentStart[action]);

    internal string NameOf(int action) => Graph.Actions[action].Name;

    private static DependencyEdge[][] ToIncoming(DependencyEdge[] edges, int count)
    {
        var incoming = edges.ToLookup(static e => e.To);
        var byAction = new DependencyEdge[count][];
        for (var i = 0; i < count; i++)
        {
            byAction[i] = [.. incoming[i].OrderBy(static e => e.Group)];
        }

        return byAction;
    }

    private static (Group[] Groups, int[] Waiting, int[] Start, int[] Dependents) ToDependents(DependencyEdge[] edges, int count)
    {
        var groups = edges
            .Where(IsRaced)
            .GroupBy(static e => e.Group)
            .OrderBy(static g => g.Key)
            .Select(static g => new Group(g.First().To, [.. g.Select(static e => e.From).Distinct()], g.Any(static e => e.CancelsOthers)))
            .ToArray();
        var renumbered = edges.Where(IsRaced).Select(static e => e.Group).Distinct().Order().ToArray();

        var waiting = new int[count];
        var dependents = new List<int>[count];
        for (var i = 0; i < count; i++)
        {
            dependents[i] = [];
        }

        foreach (var (from, to) in edges.Where(static e => !IsRaced(e)).Select(static e => (e.From, e.To)).Distinct())
        {
            dependents[from].Add(to);
            waiting[to]++;
        }

        for (var g = 0; g < groups.Length; g++)
        {
            if (renumbered[g] != g)
            {
                throw new ArgumentException("The groups of races and any-waits are numbered from 0, before those of merges.", nameof(edges));
            }

            waiting[groups[g].Consumer]++;
            foreach (var source in groups[g].Sources)
            {
                dependents[source].Add(~g);
            }
        }

        var start = new int[count + 1];
        for (var i = 0; i < count; i++)
        {
            start[i + 1] = start[i] + dependents[i].Count;
        }

        return (groups, waiting, start, [.. dependents.SelectMany(static d => d)]);
    }

    private static bool IsRaced(DependencyEdge edge) => edge.Kind is DependencyKind.Race or DependencyKind.Any;

    /// <summary>Alternatives of which the first to complete is enough.</summary>
    internal readonly record struct Group(int Consumer, int[] Sources, bool CancelsOthers);

    /// <summary>Whether an action whose dependencies have settled can run, or is skipped or blocked by one without a value.</summary>
    internal ActionStatus Resolve(int action, ReadOnlySpan<ActionStatus> statuses)
    {
        var edges = Incoming[action];
        var skipped = false;
        for (var i = 0; i < edges.Length; i++)
        {
            var edge = edges[i];
            if (edge.Group < 0)
            {
                switch (statuses[edge.From])
                {
                    case ActionStatus.Failed or ActionStatus.Blocked:
                        return ActionStatus.Blocked;
                    case ActionStatus.Skipped:
                        skipped |= edge.Kind == DependencyKind.Value;
                        break;
                }

                continue;
            }

            var (any, bad) = (false, false);
            for (; ; i++)
            {
                any |= statuses[edges[i].From] == ActionStatus.Completed;
                bad |= statuses[edges[i].From] is ActionStatus.Failed or ActionStatus.Blocked;
                if (i + 1 == edges.Length || edges[i + 1].Group != edge.Group)
                {
                    break;
                }
            }

            if (!any && bad)
            {
                return ActionStatus.Blocked;
            }

            skipped |= !any && edge.IsRequired && edge.Kind != DependencyKind.Any;
        }

        return skipped ? ActionStatus.Skipped : ActionStatus.Running;
    }
}
