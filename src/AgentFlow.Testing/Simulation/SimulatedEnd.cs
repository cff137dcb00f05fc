namespace AgentFlow.Testing;

/// <summary>What one simulated run has come to.</summary>
/// <param name="State">How it ended.</param>
/// <param name="Outcomes">Every outcome that is recorded.</param>
/// <param name="TimedOut">The signals whose time ended before an answer was taken, by iteration and id: <c>1/Approve</c>.</param>
public sealed record SimulatedEnd(SessionState State, IReadOnlyList<RecordedOutcome> Outcomes, IReadOnlyList<string> TimedOut);
