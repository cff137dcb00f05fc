namespace AgentFlow.AI;

/// <summary>What a <see cref="DecompositionAgent"/> has come to.</summary>
/// <param name="Text">The solution; of a part for which there was no time, empty.</param>
/// <param name="LeftOut">The subtasks that were not done, at whatever depth; none if <paramref name="Limit"/> is <see cref="PatternLimit.None"/>.</param>
/// <param name="Limit">What was used up before all of it was done.</param>
public sealed record DecompositionResult(string Text, string[] LeftOut, PatternLimit Limit);
