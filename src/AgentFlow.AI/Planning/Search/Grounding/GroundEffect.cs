namespace AgentFlow.AI;

/// <summary>A conditional effect over numbered facts.</summary>
/// <param name="Needs">What must be so before, beside what the step needs.</param>
/// <param name="Adds">What is so afterwards.</param>
/// <param name="Deletes">What no longer is.</param>
/// <param name="Overrules">The opposites of what it adds: they are not so afterwards, whatever other effects of the step delete.</param>
internal sealed record GroundEffect(FactSet Needs, FactSet Adds, FactSet Deletes, FactSet Overrules)
{
    public int[] NeedList { get; } = [.. Needs.Members];

    public int[] AddList { get; } = [.. Adds.Members];
}
