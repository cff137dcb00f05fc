using AgentFlow.Samples.Research.Searching;

namespace AgentFlow.Samples.Research.Reporting;

/// <summary>How far a draft can be trusted.</summary>
/// <param name="Verdict">In a word.</param>
/// <param name="Found">The words of the question that the answer speaks of.</param>
/// <param name="Related">Those of which it speaks in other words.</param>
/// <param name="Missing">Those of which it does not speak.</param>
/// <param name="Sources">How many files and commits it rests on.</param>
public sealed record Quality(Verdict Verdict, IReadOnlyList<string> Found, IReadOnlyList<string> Related, IReadOnlyList<string> Missing, int Sources)
{
    private const int EnoughSources = 3;

    /// <summary>Checks a draft.</summary>
    /// <param name="draft">The draft.</param>
    /// <param name="question">The question it answers.</param>
    public static Quality Check(Draft draft, Question question)
    {
        var terms = new TermCounts(question);
        foreach (var finding in draft.Findings)
        {
            terms.Add(finding.Text).Add(finding.Source.Title);
        }

        var best = terms.Best.ToArray();
        var words = question.Terms.Select((term, i) => (term.Word, term.IsWeak, Met: best[i])).Where(static w => !w.IsWeak).ToList();
        var missing = words.Where(static w => w.Met == 0).Select(static w => w.Word).ToList();
        var sources = draft.Findings.Select(static f => f.Source.Path).Distinct().Count();
        var together = draft.Findings.Select(static f => f.Coverage).DefaultIfEmpty().Max();
        var verdict = sources == 0 ? Verdict.Nothing
            : missing.Count * 2 > words.Count || together < 0.5 ? Verdict.Weak
            : missing.Count > 0 || sources < EnoughSources || together < 0.75 || draft.Answer.Count == 0 ? Verdict.Partial
            : Verdict.Good;
        return new(verdict, [.. words.Where(static w => w.Met >= 1).Select(static w => w.Word)], [.. words.Where(static w => w.Met is > 0 and < 1).Select(static w => w.Word)], missing, sources);
    }
}
