using System.Globalization;

namespace AgentFlow.AI.Tests.Planning.Pddl;

/// <summary>
/// A domain and a problem as they are written: STRIPS, types, negative preconditions, inequality, costs of actions, conditional and
/// universal effects.
/// </summary>
internal sealed class PddlTask
{
    private PddlTask(PddlNode domain, PddlNode problem)
    {
        Types = Typed(domain.Find(":types")?.Rest ?? []).ToDictionary(static pair => pair.Name, static pair => pair.Type);
        Objects = Typed((domain.Find(":constants")?.Rest ?? []).Concat(problem.Find(":objects")?.Rest ?? [])).ToDictionary(static pair => pair.Name, static pair => pair.Type);
        Actions = [.. domain.Items.Where(static item => item.Head == ":action").Select(static item => new PddlAction(item))];
        var init = problem.Find(":init")!.Rest.Where(static node => node.Head != "not").ToList();
        Initial = [.. init.Where(static node => node.Head != "=")];
        Values = init.Where(static node => node.Head == "=").ToDictionary(static node => $"{node.Items[1]}", static node => Number(node.Items[2]));
        Goals = [.. Conjuncts(problem.Find(":goal")!.Items[1])];
        HasMetric = problem.Find(":metric") is not null;
    }

    /// <summary>For each type, what it is a kind of.</summary>
    public IReadOnlyDictionary<string, string> Types { get; }

    /// <summary>The objects, and the type of each.</summary>
    public IReadOnlyDictionary<string, string> Objects { get; }

    public IReadOnlyList<PddlAction> Actions { get; }

    public IReadOnlyList<PddlNode> Initial { get; }

    /// <summary>The values of functions at the start, which never change: <c>(distance a b)</c>.</summary>
    public IReadOnlyDictionary<string, double> Values { get; }

    public IReadOnlyList<PddlNode> Goals { get; }

    /// <summary>Whether plans have a cost of their own, beside their length.</summary>
    public bool HasMetric { get; }

    public static PddlTask Parse(string domain, string problem) => new(PddlNode.Parse(domain), PddlNode.Parse(problem));

    /// <summary>The parts of a conjunction, or the one condition, or none.</summary>
    public static IEnumerable<PddlNode> Conjuncts(PddlNode? node) => node is null || node.Items.Count == 0 ? [] : node.Head == "and" ? node.Rest.SelectMany(Conjuncts) : [node];

    /// <summary>Names and their types: <c>a b - place c</c>.</summary>
    public static IEnumerable<(string Name, string Type)> Typed(IEnumerable<PddlNode> nodes)
    {
        var names = new List<string>();
        var isType = false;
        foreach (var node in nodes)
        {
            var word = node.Word ?? throw new NotSupportedException($"'{node}' is not one type.");
            if (isType)
            {
                foreach (var name in names)
                {
                    yield return (name, word);
                }

                names.Clear();
                isType = false;
            }
            else if (word == "-")
            {
                isType = true;
            }
            else
            {
                names.Add(word);
            }
        }

        foreach (var name in names)
        {
            yield return (name, "object");
        }
    }

    public static double Number(PddlNode node) => double.Parse(node.Word!, CultureInfo.InvariantCulture);
}
