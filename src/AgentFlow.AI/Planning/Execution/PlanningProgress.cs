namespace AgentFlow.AI;

/// <summary>What a <see cref="PlanningAgent"/> has come to.</summary>
/// <param name="End">How it has ended.</param>
/// <param name="Steps">What became of the steps, in order.</param>
/// <param name="Replans">How often another plan was made.</param>
/// <param name="Planning">What the last planning has come to.</param>
/// <param name="Limit">Which limit that has reached, if it has.</param>
/// <param name="State">What was so when it was last looked at.</param>
public sealed record PlanningProgress(PlanningEnd End, MonitoredStep[] Steps, int Replans, PlanningStatus Planning, PlanningLimit Limit, string[] State);
