namespace AgentFlow.AI;

/// <summary>A memory that was recalled.</summary>
/// <param name="Memory">The memory.</param>
/// <param name="Score">What it was ordered by: see <see cref="RecallWeights"/>.</param>
/// <param name="Relevance">How well it fits the query, 0 to 1.</param>
/// <param name="Recency">The share that time has left of it, 0 to 1.</param>
public sealed record RecalledMemory(MemoryRecord Memory, double Score, double Relevance, double Recency);
