namespace AgentFlow.AI;

/// <summary>A step over numbered facts.</summary>
/// <param name="Step">The step.</param>
/// <param name="Needs">What must be so before, of what changes.</param>
/// <param name="Adds">What is so afterwards.</param>
/// <param name="Deletes">What no longer is.</param>
internal sealed record GroundStep(PlanStep Step, FactSet Needs, FactSet Adds, FactSet Deletes)
{
    public double Cost => Step.Cost;

    public int[] NeedList { get; } = [.. Needs.Members];

    public int[] AddList { get; } = [.. Adds.Members];
}
