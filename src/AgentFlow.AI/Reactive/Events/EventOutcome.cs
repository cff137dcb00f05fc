namespace AgentFlow.AI;

/// <summary>What came of an event.</summary>
/// <param name="Event">The event.</param>
/// <param name="Key">What it was kept in order by; <see langword="null"/>: it was not.</param>
/// <param name="Sequence">Its number among the events that were published, from 1.</param>
/// <param name="Response">What its handler answered; <see langword="null"/> if it answers nothing, or has failed.</param>
/// <param name="Error">Why its handler has failed; <see langword="null"/>: it has not.</param>
public sealed record EventOutcome(object Event, string? Key, long Sequence, object? Response, Exception? Error);
