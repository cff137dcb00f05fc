using AgentFlow.Samples.Research.Searching;

namespace AgentFlow.Samples.Research.Extraction;

/// <summary>The agent that <see cref="ResearchAssistant"/> calls to read code: file by file, several at once, the best of each.</summary>
[Agent(Durable = false)]
public sealed partial class CodeSummarizer
{
    private const int MostPerFile = 3;

    [Action(Title = "Group the Hits by File", Effect = Effect.None)]
    private static IReadOnlyList<Hit>[] Group([Input] CodeHits hits) => [.. hits.Hits.GroupBy(static h => h.Passage.Path).Select(static g => g.ToArray())];

    [Action(Title = "Describe a File", Effect = Effect.None, Offload = true), ForEach(nameof(Group))]
    private static Finding[] Describe([Item] IReadOnlyList<Hit> file, [Input] Question question, [Input] CodeHits hits) =>
        [.. file.Select(hit => CodeFinding.Of(hit, question, hits.TermWeights)).OrderByDescending(static f => f.Score).Take(MostPerFile)];

    [Action(Title = "Combine", Effect = Effect.None)]
    private static Digest Combine([From(nameof(Describe))] Finding[][] files, [Input] CodeHits hits) =>
        new([.. files.SelectMany(static f => f).OrderByDescending(static f => f.Score)], hits.Searched) { TermWeights = hits.TermWeights };
}
