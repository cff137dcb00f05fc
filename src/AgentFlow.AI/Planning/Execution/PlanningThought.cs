namespace AgentFlow.AI;

/// <summary>What a <see cref="PlanningAgent"/> makes of what it sees.</summary>
/// <param name="Done">What became of the last step, if there was one.</param>
/// <param name="Plan">The steps that are to be done, the next one first.</param>
/// <param name="Failures">How often which steps have failed.</param>
/// <param name="Replans">How often another plan was made.</param>
/// <param name="Planning">What the last planning has come to.</param>
/// <param name="Limit">Which limit that has reached, if it has.</param>
/// <param name="End">How it has ended, if it has.</param>
/// <param name="Deadline">When the time is up, if there is an end to it.</param>
public sealed record PlanningThought(
    MonitoredStep? Done, string[] Plan, Dictionary<string, int> Failures, int Replans, PlanningStatus Planning, PlanningLimit Limit, PlanningEnd End, DateTimeOffset? Deadline)
{
    /// <summary>
    /// What the next step makes so, and with <c>not</c> before it what is no longer so after it, if that depends on what is so before it;
    /// <see langword="null"/> if it has no conditional effects.
    /// </summary>
    public string[]? Expected { get; init; }
}
