using System.Collections.Immutable;

namespace AgentFlow.Generators.Parsing.Incremental;

/// <summary>Where in a file a declaration stands: what it means depends on the namespaces around it and on their usings.</summary>
internal sealed class DeclarationContext(string space, ImmutableArray<string> enclosing, ImmutableArray<string> mentions, Fingerprint fingerprint)
{
    /// <summary>The full name of the innermost namespace.</summary>
    public string Space { get; } = space;

    /// <summary>It and all that enclose it, the global one included.</summary>
    public ImmutableArray<string> Enclosing { get; } = enclosing;

    /// <summary>The names in the usings.</summary>
    public ImmutableArray<string> Mentions { get; } = mentions;

    /// <summary>Of all of it, the path and the options of the file included.</summary>
    public Fingerprint Fingerprint { get; } = fingerprint;
}
