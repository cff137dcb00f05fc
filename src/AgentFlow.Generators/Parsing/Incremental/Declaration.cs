using System.Collections.Immutable;

namespace AgentFlow.Generators.Parsing.Incremental;

/// <summary>
/// The smallest thing that is known to be as it was: one part of a type outside all others, with all that is nested in it; or
/// what a file says to the whole project.
/// </summary>
internal sealed class Declaration(DeclarationContext context, ImmutableArray<NameKey> keys, ImmutableArray<string> mentions, Fingerprint fingerprint)
{
    /// <summary>Where it stands.</summary>
    public DeclarationContext Context { get; } = context;

    /// <summary>What it is found by.</summary>
    public ImmutableArray<NameKey> Keys { get; } = keys;

    /// <summary>Every name in it that may have to be looked up; its own is one, for the sake of its other parts.</summary>
    public ImmutableArray<string> Mentions { get; } = mentions;

    /// <summary>Of its tokens without bodies and initial values, and of its context.</summary>
    public Fingerprint Fingerprint { get; } = fingerprint;
}
