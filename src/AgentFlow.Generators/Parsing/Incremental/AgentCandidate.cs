using System.Collections.Generic;
using System.Collections.Immutable;

namespace AgentFlow.Generators.Parsing.Incremental;

/// <summary>A class with an attribute that could be <c>[Agent]</c>; whether it is one, the parser says.</summary>
/// <param name="Identity">The same for all parts of one class, and for nothing else.</param>
/// <param name="Attributes">The names of its attributes as they are written, without what qualifies them.</param>
/// <param name="IsNamedAgent">Whether one of them is <c>[Agent]</c>, or an alias of this file.</param>
/// <param name="Position">Where its keyword is in this version of the file.</param>
/// <param name="Declaration">The declaration that it is in.</param>
internal sealed record AgentCandidate(string Identity, ImmutableArray<string> Attributes, bool IsNamedAgent, int Position, Declaration Declaration)
{
    private const string Suffix = "Attribute";

    /// <summary>An attribute has the name of its class, or of an alias for it, and in either case the suffix may be left out.</summary>
    public static bool MayBeAgent(string attribute, HashSet<string> aliases) =>
        attribute is "Agent" or KnownSymbols.Agent || aliases.Contains(attribute) || aliases.Contains(attribute + Suffix);

    public bool MayBeAgent(HashSet<string> globalAliases)
    {
        if (IsNamedAgent)
        {
            return true;
        }

        foreach (var attribute in Attributes)
        {
            if (MayBeAgent(attribute, globalAliases))
            {
                return true;
            }
        }

        return false;
    }
}
