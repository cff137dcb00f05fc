namespace AgentFlow.Testing;

/// <summary>What a simulation has explored.</summary>
/// <param name="Orders">How many orders of completion, the undisturbed one included.</param>
/// <param name="IsExhaustive">Whether these are all there are.</param>
/// <param name="Crashes">How many crashes, each before or after one write of one order, and how often a write succeeded after its session
/// was given up.</param>
/// <param name="Result">How the undisturbed run ended, and every outcome of it as JSON.</param>
public sealed record SimulationReport(int Orders, bool IsExhaustive, int Crashes, string Result);
