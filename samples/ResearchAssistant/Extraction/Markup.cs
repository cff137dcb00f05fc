using System.Text.RegularExpressions;
using AgentFlow.Samples.Research.Searching;

namespace AgentFlow.Samples.Research.Extraction;

/// <summary>Takes the markup out of a paragraph, and leaves every line where it was.</summary>
public static partial class Markup
{
    /// <summary>Gives the words of a paragraph, list item or table row.</summary>
    /// <param name="text">The paragraph as it stands in the document.</param>
    public static string Remove(string text)
    {
        text = DocumentSplitter.IsRow(text) ? Row(text) : text;
        text = Directive().Replace(text, "");
        text = Image().Replace(text, "");
        text = Link().Replace(text, "$1");
        text = Tag().Replace(text, "");
        text = Role().Replace(text, "`$1`");
        text = DoubleCode().Replace(text, "`$1`");
        text = Strong().Replace(text, "$2");
        text = Emphasis().Replace(text, "$1");
        return LineStart().Replace(text, "");
    }

    [GeneratedRegex(@"^\.\. [\w:-]+::.*$|^:[\w-]+:.*$|^\[\w[^\]]*\]:\s+\S+.*$|^<!--.*?-->", RegexOptions.Multiline)]
    private static partial Regex Directive();

    [GeneratedRegex(@"!\[[^\]]*\](\([^)]*\)|\[[^\]]*\])")]
    private static partial Regex Image();

    [GeneratedRegex(@"\[([^\[\]]+)\](?:\([^()\s]*(?:\s+""[^""]*"")?\)|\[[^\]]*\])")]
    private static partial Regex Link();

    [GeneratedRegex(@"</?(?:p|br|a|img|b|i|em|strong|code|div|span|sub|sup|details|summary|h[1-6]|center|kbd|li|ul|ol|table|tr|td|th|tbody|thead|hr)(?:\s[^<>]*)?/?>")]
    private static partial Regex Tag();

    [GeneratedRegex(@":[\w:-]+:`~?([^`<>]+?)(?:\s*<[^`>]*>)?`")]
    private static partial Regex Role();

    [GeneratedRegex(@"``([^`]+)``_?")]
    private static partial Regex DoubleCode();

    [GeneratedRegex(@"(\*\*|__)(?=\S)([^\n]*?\S)\1")]
    private static partial Regex Strong();

    [GeneratedRegex(@"(?<![\w*`/])\*(?=[\w""'`(])([^*\n`]*[\w.,""'`)!?])\*(?![\w*`/])")]
    private static partial Regex Emphasis();

    [GeneratedRegex(@"^[ \t]*(?:>[ \t]?)*(?:(?:[-*+•]|\d{1,3}[.)]|[a-z]\))[ \t]+(?:\[[ xX]\][ \t]+)?)?", RegexOptions.Multiline)]
    private static partial Regex LineStart();

    private static string Row(string row)
    {
        var cells = row.Trim().Trim('|').Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return cells.Length < 2 ? string.Concat(cells) : $"{cells[0]}: {string.Join("; ", cells[1..])}";
    }
}
