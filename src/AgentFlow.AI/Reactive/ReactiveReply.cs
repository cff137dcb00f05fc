namespace AgentFlow.AI;

/// <summary>What a <see cref="ReactiveAgent"/> answers.</summary>
/// <param name="Text">The answer.</param>
/// <param name="Outcome">How it came about.</param>
/// <param name="Handler">The handler whose class the request has; <see langword="null"/>: none.</param>
public sealed record ReactiveReply(string Text, ReactiveOutcome Outcome, string? Handler);
