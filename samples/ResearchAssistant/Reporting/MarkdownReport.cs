using System.Globalization;
using System.Text;
using AgentFlow.Samples.Research.Extraction;
using AgentFlow.Samples.Research.Searching;

namespace AgentFlow.Samples.Research.Reporting;

/// <summary>Writes a report as Markdown, lines ended by <c>\n</c>.</summary>
public static class MarkdownReport
{
    /// <summary>Writes a report.</summary>
    /// <param name="draft">What it says.</param>
    /// <param name="citations">Where that is said.</param>
    /// <param name="quality">How far it can be trusted.</param>
    public static string Write(Draft draft, IReadOnlyList<Citation> citations, Quality quality)
    {
        var numbers = citations.ToDictionary(static c => c.Location, static c => c.Number);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# {Heading(draft.Question)}\n\n");
        if (quality.Verdict == Verdict.Nothing)
        {
            text.Append(CultureInfo.InvariantCulture, $"Nothing relevant was found about {Words(quality.Missing)}.\n\n");
        }

        if (quality.Verdict == Verdict.Weak)
        {
            text.Append("Nothing here answers the question. What comes closest:\n\n");
        }

        if (draft.Prose is { } prose)
        {
            text.Append(CultureInfo.InvariantCulture, $"## Answer\n\n{prose}\n\n");
        }

        if (draft.Answer.Count > 0)
        {
            text.Append("## In short\n\n");
            AppendFindings(text, draft.Answer, numbers);
        }

        foreach (var section in draft.Sections)
        {
            text.Append(CultureInfo.InvariantCulture, $"## {section.Title}\n\n");
            AppendFindings(text, section.Findings, numbers);
        }

        AppendQuality(text, draft, quality);
        if (citations.Count > 0)
        {
            text.Append("\n## Sources\n\n");
            foreach (var citation in citations)
            {
                text.Append(CultureInfo.InvariantCulture, $"- [{citation.Number}] {citation.Location}{(citation.Title.Length > 0 ? " — " + citation.Title : "")}\n");
            }
        }

        return text.ToString();
    }

    private static string Heading(string question) => question.ReplaceLineEndings(" ") is var line ? char.ToUpperInvariant(line[0]) + line[1..] : "";

    private static void AppendFindings(StringBuilder text, IReadOnlyList<Finding> findings, Dictionary<string, int> numbers)
    {
        foreach (var finding in findings)
        {
            text.Append(CultureInfo.InvariantCulture, $"- {Subject(finding)}{Statement(finding)} [{numbers[finding.Location]}]\n");
        }

        text.Append('\n');
    }

    private static string Subject(Finding finding) => finding.Source switch
    {
        { Kind: SourceKind.Code, Title.Length: > 0 } code => $"`{code.Title}`: ",
        { Kind: SourceKind.Code } file => $"`{Path.GetFileName(file.Path)}`: ",
        { Kind: SourceKind.Commit } commit => $"{commit.Date}: ",
        _ => "",
    };

    private static string Statement(Finding finding)
    {
        var fence = finding.Text.Contains('`', StringComparison.Ordinal) ? "``" : "`";
        return finding.IsVerbatim ? $"{fence}{finding.Text}{fence}" : finding.Text;
    }

    private static void AppendQuality(StringBuilder text, Draft draft, Quality quality)
    {
        text.Append("## How far to trust this\n\n");
        text.Append(quality.Verdict switch
        {
            Verdict.Good => "Good: a passage speaks of all that was asked, and others beside it.",
            Verdict.Partial => "Partial: read the sources before relying on it.",
            Verdict.Weak => "Weak: these passages only touch on the question, and do not answer it.",
            _ => "There is no answer here. Try other words, or another folder.",
        });
        if (quality.Verdict != Verdict.Nothing)
        {
            text.Append(CultureInfo.InvariantCulture, $" It rests on {Plural(quality.Sources, "source")}");
            text.Append(quality.Found.Count > 0 ? $" and covers {Words(quality.Found)}" : "");
            text.Append(quality.Related.Count > 0 ? $"; in other words {Words(quality.Related)}" : "");
            text.Append(quality.Missing.Count > 0 ? $"; nothing speaks of {Words(quality.Missing)}." : ".");
        }

        text.Append(CultureInfo.InvariantCulture, $" Searched {draft.Searched} in `{draft.Folder}`.\n");
        foreach (var note in draft.Notes)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n> {note}\n");
        }
    }

    private static string Plural(int count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");

    private static string Words(IReadOnlyList<string> words) => words.Count == 0 ? "it" : string.Join(", ", words.Select(static w => $"“{w}”"));
}
