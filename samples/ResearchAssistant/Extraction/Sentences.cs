using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace AgentFlow.Samples.Research.Extraction;

/// <summary>Cuts prose into sentences.</summary>
public static partial class Sentences
{
    private static readonly FrozenSet<string> Abbreviations =
        "e.g. i.e. etc. vs. cf. al. fig. no. nos. resp. approx. incl. dr. mr. mrs. st. p. pp. vol. ca. viz. eg. ie. ver. v."
            .Split(' ').ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Cuts prose at the ends of its sentences, but not after an abbreviation or within code.</summary>
    /// <param name="prose">The prose, without markup.</param>
    /// <param name="firstLine">The line of its first character.</param>
    public static IEnumerable<Sentence> Split(string prose, int firstLine = 0)
    {
        var (start, line, inCode) = (0, firstLine, false);
        for (var i = 0; i < prose.Length; i++)
        {
            inCode ^= prose[i] == '`';
            if (!inCode && prose[i] is '.' or '!' or '?' && EndOfSentence(prose, start, i) is { } end)
            {
                if (Take(prose, start, end, ref line) is { } sentence)
                {
                    yield return sentence;
                }

                start = end;
                i = end - 1;
            }
        }

        if (Take(prose, start, prose.Length, ref line) is { } last)
        {
            yield return last;
        }
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    private static int? EndOfSentence(string prose, int start, int mark)
    {
        var end = mark + 1;
        while (end < prose.Length && prose[end] is ')' or '"' or '\'' or '”' or '’' or ']')
        {
            end++;
        }

        var next = end;
        while (next < prose.Length && char.IsWhiteSpace(prose[next]))
        {
            next++;
        }

        if (next == prose.Length)
        {
            return end;
        }

        if (next == end || char.IsLower(prose[next]))
        {
            return null;
        }

        var word = prose.AsSpan(start, mark + 1 - start);
        word = word[(word.LastIndexOfAny(" \n\t(") + 1)..];
        return prose[mark] == '.' && (IsInitial(word) || Abbreviations.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word)) ? null : end;
    }

    /// <summary>
    /// The <c>M.</c> of <c>M. Brooker</c>, the <c>U.S.</c> of <c>U.S. English</c>: a capital and a point, once or more. <c>I</c> ends
    /// sentences.
    /// </summary>
    private static bool IsInitial(ReadOnlySpan<char> word)
    {
        word = word.TrimStart("\"'“‘[");
        if (word.Length == 0 || word.Length % 2 != 0 || word is "I.")
        {
            return false;
        }

        for (var i = 0; i < word.Length; i += 2)
        {
            if (!char.IsUpper(word[i]) || word[i + 1] != '.')
            {
                return false;
            }
        }

        return true;
    }

    private static Sentence? Take(string prose, int start, int end, ref int line)
    {
        var from = start;
        while (from < end && char.IsWhiteSpace(prose[from]))
        {
            line += prose[from++] == '\n' ? 1 : 0;
        }

        var at = line;
        line += prose.AsSpan(from, end - from).Count('\n');
        var text = Spaces().Replace(prose[from..end], " ").Trim();
        return text.Length > 0 ? new(text, at) : null;
    }
}
