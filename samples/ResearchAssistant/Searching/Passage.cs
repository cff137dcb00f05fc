namespace AgentFlow.Samples.Research.Searching;

/// <summary>A piece of a source that stands for itself: a paragraph, a member, a commit's message.</summary>
/// <param name="Kind">Where it comes from.</param>
/// <param name="Path">The file below the folder searched, with <c>/</c>; for a commit, its short hash.</param>
/// <param name="Line">The line on which <paramref name="Text"/> begins, from 1; for a commit, 0.</param>
/// <param name="Title">The headings above it, the symbol it declares, or the commit's subject.</param>
/// <param name="Text">The text as it stands in the source.</param>
public sealed record Passage(SourceKind Kind, string Path, int Line, string Title, string Text)
{
    /// <summary>Where the declaration itself begins in <see cref="Text"/>, below its comments: lines from 0.</summary>
    public int DeclarationOffset { get; init; }

    /// <summary>The day of a commit.</summary>
    public string? Date { get; init; }
}
