namespace AgentFlow.AI;

/// <summary>A passage that a search has found.</summary>
/// <param name="Source">The file, relative to the root, and the passage's first line: <c>docs/a.md:13</c>.</param>
/// <param name="Excerpt">The passage, at most 1,200 characters of it.</param>
public sealed record FileSearchHit(string Source, string Excerpt);
