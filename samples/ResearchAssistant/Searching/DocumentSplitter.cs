using System.Text.RegularExpressions;

namespace AgentFlow.Samples.Research.Searching;

/// <summary>Cuts a document into paragraphs, list items and table rows, each with the headings above it.</summary>
public static partial class DocumentSplitter
{
    private const string UnderlineLevels = "=-~^\"'+*#`.:";
    private const int LongestHeading = 120;

    /// <summary>Cuts a document of any of the common markups.</summary>
    /// <param name="file">The document.</param>
    /// <returns>Its passages, in order.</returns>
    public static IEnumerable<Passage> Split(TextFile file)
    {
        if (Listings.IsListing(file.Path))
        {
            yield break;
        }

        // What is code in markup stands between fences.
        var isText = Path.GetExtension(file.Path) is ".txt" or ".text" or "";
        var lines = file.Lines;
        var headings = new Headings();
        var start = -1;
        // Markdown fixes what an underline means; elsewhere the first to be used is the highest.
        var underlines = Path.GetExtension(file.Path) is ".md" or ".markdown" or ".mdx" ? "=-" : "";
        for (var i = AfterFrontMatter(lines); i < lines.Length; i++)
        {
            var line = lines[i];
            Passage? ended = null;
            if (FenceLength(line) is var fence and > 0)
            {
                ended = Close(i);
                i = AfterFence(lines, i, fence) - 1;
            }
            else if (Heading().Match(line) is { Success: true } heading)
            {
                ended = Close(i);
                headings.Enter(heading.Groups[1].Length, heading.Groups[2].Value.Trim());
            }
            else if (IsHeadingAbove(lines, i, start))
            {
                if (!underlines.Contains(line[0], StringComparison.Ordinal))
                {
                    underlines += line[0];
                }

                headings.Enter(1 + underlines.IndexOf(line[0], StringComparison.Ordinal), lines[i - 1].Trim());
                start = -1;
            }
            else if (IsBlank(line) || IsTableRule(line))
            {
                ended = Close(i);
            }
            else if (start < 0)
            {
                start = i;
            }
            else if (ListItem().IsMatch(line) || IsRow(line))
            {
                ended = Close(i);
                start = i;
            }

            if (ended is not null)
            {
                yield return ended;
            }
        }

        if (Close(lines.Length) is { } last)
        {
            yield return last;
        }

        Passage? Close(int end)
        {
            var from = start;
            start = -1;
            return from < 0 || IsHeaderRow(lines, from) || (isText && Listings.IsListing(lines.AsSpan(from, end - from))) ? null : new(SourceKind.Document, file.Path, from + 1, headings.ToString(), string.Join('\n', lines[from..end]));
        }
    }

    /// <summary>Whether a line is a row of a table, with or without a bar at its ends.</summary>
    /// <param name="line">The line.</param>
    public static bool IsRow(string line) => line.StartsWith('|') || line.AsSpan().Count(" | ") > 1;

    [GeneratedRegex(@"^(#{1,6}|={1,6})[ \t]+(\S.*?)[ \t]*[#=]*$")]
    private static partial Regex Heading();

    [GeneratedRegex(@"^[ ]{0,6}([-*+•]|\d{1,3}[.)]|[a-z]\))[ \t]+\S")]
    private static partial Regex ListItem();

    private static int AfterFrontMatter(string[] lines) =>
        lines[0] == "---" && Array.IndexOf(lines, "---", 1) is var end and > 0 and < 60 ? end + 1 : 0;

    /// <summary>Blank, or an ornament: the over-line of a heading, a rule between sections.</summary>
    private static bool IsBlank(string line)
    {
        var text = line.AsSpan().Trim();
        return text.Length == 0 || (text.Length > 2 && !char.IsLetterOrDigit(text[0]) && text.IndexOfAnyExcept(text[0], ' ') < 0);
    }

    private static bool IsHeadingAbove(string[] lines, int i, int start)
    {
        var line = lines[i].TrimEnd();
        return start == i - 1 && i > 0 && line.Length > 2 && UnderlineLevels.Contains(line[0], StringComparison.Ordinal)
            && line.AsSpan().IndexOfAnyExcept(line[0]) < 0 && lines[i - 1].Trim().Length is > 0 and <= LongestHeading && !IsRow(lines[i - 1]);
    }

    private static int FenceLength(string line)
    {
        var text = line.AsSpan().TrimStart();
        var length = text.Length > 2 && text[0] is '`' or '~' ? text.IndexOfAnyExcept(text[0]) is var end and >= 0 ? end : text.Length : 0;
        return length >= 3 ? length : 0;
    }

    private static int AfterFence(string[] lines, int start, int length)
    {
        var mark = new string(lines[start].TrimStart()[0], length);
        var end = Array.FindIndex(lines, start + 1, line => line.TrimStart().StartsWith(mark, StringComparison.Ordinal) && IsBlank(line));
        return end < 0 ? start + 1 : end + 1;
    }

    private static bool IsTableRule(string line) => line.Contains('|', StringComparison.Ordinal) && line.AsSpan().IndexOfAnyExcept("|-: \t") < 0;

    private static bool IsHeaderRow(string[] lines, int i) => IsRow(lines[i]) && i + 1 < lines.Length && IsTableRule(lines[i + 1]);
}
