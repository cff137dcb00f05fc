namespace AgentFlow.AI;

/// <summary>What is known before anything is done.</summary>
/// <param name="Reply">The reply, from the cache or because the request is refused; <see langword="null"/>: it has to be handled.</param>
public sealed record ReactiveRecall(ReactiveReply? Reply);
