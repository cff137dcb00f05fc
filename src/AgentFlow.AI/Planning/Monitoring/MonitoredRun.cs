namespace AgentFlow.AI;

/// <summary>How the execution of a plan went.</summary>
/// <param name="Status">How it has ended.</param>
/// <param name="Steps">What became of the steps, in order.</param>
/// <param name="Replans">How often another plan was made.</param>
/// <param name="Planning">What the last planning has come to.</param>
/// <param name="State">What was so when it was last looked at.</param>
public sealed record MonitoredRun(MonitorStatus Status, IReadOnlyList<MonitoredStep> Steps, int Replans, PlanningResult Planning, IReadOnlySet<Fact> State);
