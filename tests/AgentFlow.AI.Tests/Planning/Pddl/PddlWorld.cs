namespace AgentFlow.AI.Tests.Planning.Pddl;

/// <summary>
/// Does actions by the PDDL text alone, checks plans, and finds the cheapest by brute force. It shares nothing with the planners: actions
/// are bound by trying all objects, parameter by
/// parameter, and states are looked at in the order of their costs.
/// </summary>
internal sealed class PddlWorld
{
    private readonly Dictionary<string, int> _facts = [];
    private readonly Dictionary<string, Act> _acts = [];
    private readonly HashSet<string> _changing;
    private readonly HashSet<string> _initial;
    private readonly PddlTask _task;
    private readonly ulong[] _start;
    private readonly Test _goal;

    public PddlWorld(PddlTask task, bool byMetric)
    {
        _task = task;
        _changing = [.. task.Actions.SelectMany(static action => action.Effects).Select(static effect => (effect.Literal.Head == "not" ? effect.Literal.Items[1] : effect.Literal).Head)];
        _initial = [.. task.Initial.Select(static node => $"{node}")];
        foreach (var action in task.Actions)
        {
            Bind(action.Parameters, action.Preconditions, [], bindings => _acts.Add(NameOf(action, bindings), ActOf(action, bindings, byMetric)));
        }

        _goal = task.Goals.All(goal => MayHold(goal, [])) ? TestOf(task.Goals, []) : new Test([-1], []);
        var initial = task.Initial.Where(node => _changing.Contains(node.Head)).Select(node => NumberOf($"{node}")).ToArray();
        _start = new ulong[(_facts.Count + 63) / 64];
        Array.ForEach(initial, fact => _start[fact >> 6] |= 1UL << fact);
    }

    public int ActCount => _acts.Count;

    /// <summary>Does a plan, and tells what it costs.</summary>
    public double CostOf(IEnumerable<string> steps)
    {
        var (state, cost) = (_start, 0.0);
        foreach (var step in steps)
        {
            Assert.True(_acts.TryGetValue(step, out var act) && act.Needs.Holds(state), $"{step} cannot be done.");
            state = act.Do(state);
            cost += act.Cost;
        }

        Assert.True(_goal.Holds(state), "The plan does not lead to the goals.");
        return cost;
    }

    /// <summary>The least that a plan costs; null if there is none. Every state is looked at that costs less.</summary>
    public (double? Cost, int States) Cheapest(CancellationToken cancellationToken)
    {
        var costs = new Dictionary<ulong[], double>(new SameBits()) { [_start] = 0 };
        var open = new PriorityQueue<ulong[], double>();
        open.Enqueue(_start, 0);
        while (open.TryDequeue(out var state, out var cost))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (cost > costs[state])
            {
                continue;
            }

            if (_goal.Holds(state))
            {
                return (cost, costs.Count);
            }

            foreach (var act in _acts.Values)
            {
                if (act.Needs.Holds(state))
                {
                    var after = act.Do(state);
                    if (!costs.TryGetValue(after, out var known) || cost + act.Cost < known)
                    {
                        costs[after] = cost + act.Cost;
                        open.Enqueue(after, cost + act.Cost);
                    }
                }
            }
        }

        return (null, costs.Count);
    }

    /// <summary>
    /// Tries all objects, and leaves those of which something that never changes is not as it must be. What completes the most conditions
    /// comes first, or large problems would take minutes.
    /// </summary>
    private void Bind(IReadOnlyList<(string Name, string Type)> parameters, IReadOnlyList<PddlNode> conditions, Dictionary<string, string> bindings, Action<Dictionary<string, string>> found)
    {
        var bound = bindings.Keys.ToHashSet();
        var left = conditions.Where(condition => !IsBound(condition, bound)).ToList();
        var open = parameters.Where(parameter => !bound.Contains(parameter.Name)).ToList();
        var turns = new List<(string Name, List<string> Values, List<PddlNode> Conditions)>();
        while (open.Count > 0)
        {
            var (name, type) = open
                .OrderByDescending(parameter => left.Count(condition => IsBound(condition, [.. bound, parameter.Name])))
                .ThenBy(parameter => _task.Objects.Values.Count(of => IsA(of, parameter.Type)))
                .First();
            bound.Add(name);
            turns.Add((name, [.. _task.Objects.Where(known => IsA(known.Value, type)).Select(static known => known.Key)], left.FindAll(condition => IsBound(condition, bound))));
            left.RemoveAll(condition => IsBound(condition, bound));
            open.RemoveAll(parameter => parameter.Name == name);
        }

        var values = new Dictionary<string, string>(bindings);
        if (conditions.Where(condition => IsBound(condition, [.. bindings.Keys])).All(condition => MayHold(condition, values)))
        {
            Try(0);
        }

        void Try(int turn)
        {
            if (turn == turns.Count)
            {
                found(values);
                return;
            }

            foreach (var value in turns[turn].Values)
            {
                values[turns[turn].Name] = value;
                if (turns[turn].Conditions.TrueForAll(condition => MayHold(condition, values)))
                {
                    Try(turn + 1);
                }
            }
        }
    }

    private static string NameOf(PddlAction action, Dictionary<string, string> bindings) =>
        action.Parameters.Count == 0 ? action.Name : $"{action.Name}({string.Join(", ", action.Parameters.Select(parameter => bindings[parameter.Name]))})";

    /// <summary>Whether a condition without open variables may be so: what never changes is as it is.</summary>
    private bool MayHold(PddlNode condition, Dictionary<string, string> bindings) => condition.Head switch
    {
        "not" => (condition.Items[1].Head != "=" && !IsStatic(condition.Items[1])) || !MayHold(condition.Items[1], bindings),
        "=" => Value(condition.Items[1], bindings) == Value(condition.Items[2], bindings),
        _ => !IsStatic(condition) || _initial.Contains(TextOf(condition, bindings)),
    };

    private Act ActOf(PddlAction action, Dictionary<string, string> bindings, bool byMetric)
    {
        var effects = new List<(Test, int[], int[])>();
        foreach (var (parameters, conditions, literal) in action.Effects)
        {
            Bind([.. action.Parameters, .. parameters], conditions, bindings, all =>
            {
                int[] fact = [NumberOf(TextOf(literal.Head == "not" ? literal.Items[1] : literal, all))];
                effects.Add((TestOf(conditions, all), literal.Head == "not" ? [] : fact, literal.Head == "not" ? fact : []));
            });
        }

        var cost = byMetric ? action.Costs.Sum(node => node.Word is not null ? PddlTask.Number(node) : _task.Values.GetValueOrDefault(TextOf(node, bindings), double.PositiveInfinity)) : 1;
        return new(double.IsFinite(cost) ? TestOf(action.Preconditions, bindings) : new Test([-1], []), effects, cost);
    }

    private Test TestOf(IEnumerable<PddlNode> conditions, Dictionary<string, string> bindings)
    {
        var open = conditions.Where(node => !IsStatic(node.Head == "not" ? node.Items[1] : node)).ToList();
        return new(
            [.. open.Where(static node => node.Head != "not").Select(node => NumberOf(TextOf(node, bindings)))],
            [.. open.Where(static node => node.Head == "not").Select(node => NumberOf(TextOf(node.Items[1], bindings)))]);
    }

    private bool IsStatic(PddlNode node) => node.Head != "not" && !_changing.Contains(node.Head);

    private bool IsA(string type, string other) => type == other || other == "object" || (_task.Types.TryGetValue(type, out var above) && above != type && IsA(above, other));

    private int NumberOf(string fact) => _facts.TryGetValue(fact, out var number) ? number : _facts[fact] = _facts.Count;

    private static bool IsBound(PddlNode node, HashSet<string> bound) => node.Head == "not" ? IsBound(node.Items[1], bound) : node.Rest.All(term => term.Word![0] != '?' || bound.Contains(term.Word));

    private static string Value(PddlNode term, Dictionary<string, string> bindings) => bindings.GetValueOrDefault(term.Word!, term.Word!);

    private static string TextOf(PddlNode node, Dictionary<string, string> bindings) => $"({string.Join(' ', node.Items.Select(item => Value(item, bindings)))})";

    private sealed record Test(int[] Present, int[] Absent)
    {
        public bool Holds(ulong[] state)
        {
            foreach (var fact in Present)
            {
                if (fact < 0 || (state[fact >> 6] & (1UL << fact)) == 0)
                {
                    return false;
                }
            }

            foreach (var fact in Absent)
            {
                if ((state[fact >> 6] & (1UL << fact)) != 0)
                {
                    return false;
                }
            }

            return true;
        }
    }

    private sealed record Act(Test Needs, List<(Test Condition, int[] Adds, int[] Deletes)> Effects, double Cost)
    {
        public ulong[] Do(ulong[] state)
        {
            var after = (ulong[])state.Clone();
            foreach (var (condition, _, deletes) in Effects)
            {
                if (deletes.Length > 0 && condition.Holds(state))
                {
                    Array.ForEach(deletes, fact => after[fact >> 6] &= ~(1UL << fact));
                }
            }

            foreach (var (condition, adds, _) in Effects)
            {
                if (adds.Length > 0 && condition.Holds(state))
                {
                    Array.ForEach(adds, fact => after[fact >> 6] |= 1UL << fact);
                }
            }

            return after;
        }
    }

    private sealed class SameBits : IEqualityComparer<ulong[]>
    {
        public bool Equals(ulong[]? x, ulong[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(ulong[] obj)
        {
            var hash = new HashCode();
            Array.ForEach(obj, hash.Add);
            return hash.ToHashCode();
        }
    }
}
