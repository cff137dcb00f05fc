namespace AgentFlow.AI;

/// <summary>One of the errors that recovery met.</summary>
/// <param name="Error">The error.</param>
/// <param name="ErrorClass">What can be done about such errors.</param>
/// <param name="Step">What was done about it.</param>
/// <param name="Delay">How long was waited before that.</param>
public sealed record RecoveryFailure(Exception Error, ErrorClass ErrorClass, RecoveryStep Step, TimeSpan Delay);
