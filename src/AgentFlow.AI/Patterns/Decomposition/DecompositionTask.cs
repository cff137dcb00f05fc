namespace AgentFlow.AI;

/// <summary>What a <see cref="DecompositionAgent"/> is to solve.</summary>
/// <param name="Text">The task.</param>
/// <param name="Depth">How deep it lies below the first one. Default: it is the first.</param>
/// <param name="Tokens">How many tokens it and its parts may use. Default: <see cref="PatternOptions.MaxTokens"/>.</param>
/// <param name="Deadline">When it has to be solved. Default: <see cref="PatternOptions.MaxDuration"/> from its beginning.</param>
public sealed record DecompositionTask(string Text, int Depth = 0, long? Tokens = null, DateTimeOffset? Deadline = null);
