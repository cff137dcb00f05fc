using AgentFlow.Generators.Model;

namespace AgentFlow.Generators.Parsing.Incremental;

/// <summary>What is known of a candidate.</summary>
/// <param name="Identity">Which one it is.</param>
/// <param name="Model">Its model; null if it is no agent, or one that cannot be continued.</param>
/// <param name="Dependencies">What that follows from.</param>
internal sealed record AgentEntry(string Identity, AgentModel? Model, Dependencies Dependencies);
