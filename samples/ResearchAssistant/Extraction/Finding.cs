using AgentFlow.Samples.Research.Searching;

namespace AgentFlow.Samples.Research.Extraction;

/// <summary>Something that a source says about the question.</summary>
/// <param name="Source">The passage that says it.</param>
/// <param name="Line">The line on which it says so, from 1; for a commit, 0.</param>
/// <param name="Text">What it says, in the source's own words.</param>
/// <param name="Score">How well it answers, from 0 to about 1.</param>
/// <param name="Coverage">Which share of the question's weight <paramref name="Text"/> and the source's title touch.</param>
public sealed record Finding(Passage Source, int Line, string Text, double Score, double Coverage)
{
    /// <summary>How far the place is to be believed: less for tests and samples, which only mention things.</summary>
    public double Standing { get; init; } = 1;

    /// <summary>Whether <see cref="Text"/> is a line of code rather than a sentence.</summary>
    public bool IsVerbatim { get; init; }

    /// <summary>Where to look: file and line, or the commit.</summary>
    public string Location => Source.Kind == SourceKind.Commit ? $"commit {Source.Path} ({Source.Date})" : $"{Source.Path}:{Line}";
}
