using System.Collections.Generic;

namespace AgentFlow.Generators.Parsing.Incremental;

/// <summary>Everything that could be looked up while an agent was parsed: any of the names, in any of the namespaces.</summary>
/// <param name="Names">Simple names, of what was not found included.</param>
/// <param name="Spaces">Full names of namespaces.</param>
internal sealed record Dependencies(HashSet<string> Names, HashSet<string> Spaces);
