using AgentFlow.Samples.Research.Extraction;
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
    /// <summary>A finding that touches less of the question's weight is about something else.</summary>
    private const double Touching = 0.45;

    /// <summary>One that touches as much says something about what was asked.</summary>
    private const double Telling = 0.6;

    /// <summary>One that touches as much says what was asked, by itself.</summary>
    private const double Answering = 0.85;

    /// <summary>What scores less is a mention in passing, in a test for example.</summary>
    private const double LeastScore = 0.05;

    private const int EnoughSources = 2;

    /// <summary>As many findings are read as an answer; what comes below is for further reading.</summary>
    private const int Answer = 3;

    /// <summary>
    /// Checks a draft: not by how many words of the question occur somewhere, but by what share of its weight single findings touch.
    /// </summary>
    /// <param name="draft">The draft.</param>
    /// <param name="question">The question it answers.</param>
    public static Quality Check(Draft draft, Question question)
    {
        IReadOnlyList<double> weights = draft.TermWeights.Count > 0 ? draft.TermWeights : [.. question.Terms.Select(static t => (double)t.Weight)];
        var all = new TermCounts(question);
        var (single, answer) = (0.0, draft.Findings.Take(Answer).ToList());
        foreach (var finding in answer)
        {
            var terms = new TermCounts(question).Add(finding.Text).Add(finding.Source.Title);
            single = Math.Max(single, finding.Standing * Math.Max(terms.Coverage(weights), finding.Coverage));
            all.Add(terms);
        }

        var best = all.Best.ToArray();
        var words = question.Terms.Select((term, i) => (term.Word, term.IsWeak, Met: best[i])).Where(static w => !w.IsWeak).ToList();
        var missing = words.Where(static w => w.Met == 0).Select(static w => w.Word).ToList();
        var sources = draft.Findings.Select(static f => f.Source.Path).Distinct().Count();
        var verdict = sources == 0 ? Verdict.Nothing
            : LacksName(question, answer) ? Verdict.Weak
            : single < Touching || answer.Max(static f => f.Score) < LeastScore || ((missing.Count > 1 ? missing.Count * 2 >= words.Count : missing.Count == words.Count) && single < Telling) ? Verdict.Weak
            : single < Answering || missing.Count > 0 || sources < EnoughSources || draft.Answer.Count == 0 ? Verdict.Partial
            : Verdict.Good;
        return new(verdict, [.. words.Where(static w => w.Met >= 1).Select(static w => w.Word)], [.. words.Where(static w => w.Met is > 0 and < 1).Select(static w => w.Word)], missing, sources);
    }

    /// <summary>Whether a name that was asked for occurs nowhere in the passages, whatever else they speak of.</summary>
    private static bool LacksName(Question question, List<Finding> answer)
    {
        var all = new TermCounts(question);
        foreach (var source in answer.Select(static f => f.Source))
        {
            all.Add(source.Text).Add(source.Title).Add(source.Path);
        }

        for (var i = 0; i < question.Terms.Count; i++)
        {
            if (question.Terms[i].IsName && all.Best[i] == 0)
            {
                return true;
            }
        }

        return false;
    }
}
