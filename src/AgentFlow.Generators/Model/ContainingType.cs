namespace AgentFlow.Generators.Model;

/// <summary>A type that encloses the agent, as its partial declaration is written again: <c>partial record struct Outer&lt;T&gt;</c>.</summary>
/// <param name="Declaration">Keywords, escaped name and type parameters, without accessibility and constraints.</param>
internal sealed record ContainingType(string Declaration);
