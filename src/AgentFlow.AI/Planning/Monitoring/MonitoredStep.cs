namespace AgentFlow.AI;

/// <summary>What became of a step.</summary>
/// <param name="Step">The step.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Facts">What was missing before, or was not as expected afterwards.</param>
/// <param name="Error">What it threw, if it did.</param>
public sealed record MonitoredStep(PlanStep Step, StepOutcome Outcome, IReadOnlyList<Fact> Facts, Exception? Error);
