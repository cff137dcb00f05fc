using AgentFlow.Samples.Research.Extraction;

namespace AgentFlow.Samples.Research.Reporting;

/// <summary>An answer before it is checked and cited.</summary>
/// <param name="Question">The question.</param>
/// <param name="Folder">The folder that was searched.</param>
/// <param name="Answer">The findings that answer in short, best first.</param>
/// <param name="Sections">The rest, by where it comes from.</param>
/// <param name="Searched">How much was searched, in words.</param>
/// <param name="Notes">What the reader should know about the search.</param>
public sealed record Draft(
    string Question, string Folder, IReadOnlyList<Finding> Answer, IReadOnlyList<Section> Sections, string Searched, IReadOnlyList<string> Notes)
{
    /// <summary>What each term of the question is worth where it was searched: the rarer, the more. Empty: all the same.</summary>
    public IReadOnlyList<double> TermWeights { get; init; } = [];

    /// <summary>What a model has written of it, if there was one; its numbers are those of <see cref="Citation.Of"/>.</summary>
    public string? Prose { get; init; }

    /// <summary>Every finding, in the order of reading.</summary>
    public IEnumerable<Finding> Findings => Answer.Concat(Sections.SelectMany(static s => s.Findings));
}
