using System.Collections.Immutable;
using System.Linq;

namespace AgentFlow.Generators.Parsing.Incremental;

/// <summary>One version of a file: what others can see of it. It holds no syntax, so it keeps nothing alive.</summary>
internal sealed class SourceFile(
    ImmutableArray<Declaration> declarations,
    ImmutableArray<string> spaces,
    ImmutableArray<string> globalAliases,
    ImmutableArray<AgentCandidate> candidates)
{
    /// <summary>In the order of the source.</summary>
    public ImmutableArray<Declaration> Declarations { get; } = declarations;

    /// <summary>The full names of the namespaces that it declares, each with those around it; distinct and sorted.</summary>
    public ImmutableArray<string> Spaces { get; } = spaces;

    /// <summary>The names of its <c>global using X = …</c>.</summary>
    public ImmutableArray<string> GlobalAliases { get; } = globalAliases;

    /// <summary>In the order of the source.</summary>
    public ImmutableArray<AgentCandidate> Candidates { get; } = candidates;

    /// <summary>Whether the two differ in nothing that a parser reads: in bodies, in comments, in blanks.</summary>
    public bool DeclaresLike(SourceFile other)
    {
        if (Declarations.Length != other.Declarations.Length || !DeclaresSpacesLike(other))
        {
            return false;
        }

        for (var i = 0; i < Declarations.Length; i++)
        {
            if (Declarations[i].Fingerprint != other.Declarations[i].Fingerprint)
            {
                return false;
            }
        }

        return true;
    }

    public bool DeclaresSpacesLike(SourceFile other) => Spaces.SequenceEqual(other.Spaces, System.StringComparer.Ordinal);
}
