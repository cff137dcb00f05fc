using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators.Analyzers;

/// <summary>A place where something is written that all runs of an agent share.</summary>
/// <param name="Location">Where.</param>
/// <param name="Member">The member.</param>
/// <param name="IsOfContent">Whether it is not the member itself that is written, but a collection that it holds.</param>
internal sealed record SharedWrite(Location Location, string Member, bool IsOfContent);
