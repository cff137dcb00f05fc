namespace AgentFlow.AI.Tests.Planning.Pddl;

/// <summary>An action as it is written, its effects taken apart.</summary>
internal sealed class PddlAction
{
    public PddlAction(PddlNode node)
    {
        Name = node.Items[1].Word!;
        var parts = node.Items.Skip(2).Chunk(2).ToDictionary(static pair => pair[0].Word!, static pair => pair[1]);
        Parameters = [.. PddlTask.Typed(parts.GetValueOrDefault(":parameters")?.Items ?? [])];
        Preconditions = [.. PddlTask.Conjuncts(parts.GetValueOrDefault(":precondition"))];
        Read(PddlTask.Conjuncts(parts.GetValueOrDefault(":effect")), [], []);
    }

    public string Name { get; }

    public IReadOnlyList<(string Name, string Type)> Parameters { get; }

    public IReadOnlyList<PddlNode> Preconditions { get; }

    /// <summary>Each with its own parameters, its conditions, and facts that it adds or, in <c>not</c>, deletes.</summary>
    public List<(IReadOnlyList<(string Name, string Type)> Parameters, IReadOnlyList<PddlNode> Conditions, PddlNode Literal)> Effects { get; } = [];

    /// <summary>What it adds to the costs: numbers, and functions of its parameters.</summary>
    public List<PddlNode> Costs { get; } = [];

    private void Read(IEnumerable<PddlNode> effects, List<(string Name, string Type)> parameters, List<PddlNode> conditions)
    {
        foreach (var effect in effects)
        {
            switch (effect.Head)
            {
                case "increase":
                    Costs.Add(effect.Items[2]);
                    break;
                case "forall":
                    Read(PddlTask.Conjuncts(effect.Items[2]), [.. parameters, .. PddlTask.Typed(effect.Items[1].Items)], conditions);
                    break;
                case "when":
                    Read(PddlTask.Conjuncts(effect.Items[2]), parameters, [.. conditions, .. PddlTask.Conjuncts(effect.Items[1])]);
                    break;
                default:
                    Effects.Add((parameters, conditions, effect));
                    break;
            }
        }
    }
}
