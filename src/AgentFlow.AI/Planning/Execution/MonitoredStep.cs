namespace AgentFlow.AI;

/// <summary>What became of a step.</summary>
/// <param name="Step">The step: <c>drive(t1, depot, harbour)</c>.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Facts">What was missing before, or was not as expected afterwards.</param>
/// <param name="Error">What it has failed with, if it has.</param>
public sealed record MonitoredStep(string Step, StepOutcome Outcome, string[] Facts, string? Error);
