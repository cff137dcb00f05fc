using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>A model that a <see cref="ModelSelector"/> may choose.</summary>
/// <param name="Client">The model.</param>
/// <param name="Price">What it costs.</param>
/// <param name="Quality">How good it is, from 0 to 1, on any scale that is the same for all candidates: the share of a benchmark that it passes, say.</param>
public sealed record ModelCandidate(IChatClient Client, ModelPrice Price, double Quality);
