using System.Text;

namespace AgentFlow.AI.Retrieval;

/// <summary>
/// Cuts a text into words for comparison. Plain words lose their case; what looks like a name of code, a file or an abbreviation, a number
/// with its signs, a quotation, what
/// follows a colon, and every further line is kept to the letter.
/// </summary>
internal static class QuestionText
{
    /// <summary>Longer text is data rather than a question: it is compared to the letter.</summary>
    private const int MaxLength = 2_000;

    private const int LongestAbbreviation = 3;

    private const string Ends = ".,;:!?…()[]{}\"'“”„«»";

    /// <summary>The words; a comma inside the text is a word of its own.</summary>
    public static List<string> Split(string text)
    {
        if (text.Length > MaxLength)
        {
            return [text];
        }

        text = Normalized(text.Trim());
        var tokens = new List<string>();
        var isShouted = !text.Any(char.IsLower);
        var start = 0;
        while (start < text.Length)
        {
            if (char.IsWhiteSpace(text[start]))
            {
                start++;
                continue;
            }

            if (StartsData(text, start))
            {
                tokens.Add(text[start..]);
                break;
            }

            if (EndOfQuotation(text, start) is var quoted and > 0)
            {
                tokens.Add("\"" + text[(start + 1)..(quoted - 1)] + "\"");
                start = quoted;
                continue;
            }

            var end = start;
            while (end < text.Length && !char.IsWhiteSpace(text[end]))
            {
                end++;
            }

            // A quotation that begins within a word, as in code: nothing of it is to be taken for prose.
            if (text.AsSpan(start, end - start).Trim(Ends).IndexOfAny('"', '`') >= 0)
            {
                tokens.Add(text[start..]);
                break;
            }

            Add(tokens, text[start..end], isShouted);
            start = end;
        }

        while (tokens is [.., ","])
        {
            tokens.RemoveAt(tokens.Count - 1);
        }

        return tokens;
    }

    private static void Add(List<string> tokens, string run, bool isShouted)
    {
        // A sign before a digit belongs to the number: ".5" is not "5".
        var from = 0;
        while (from < run.Length && Ends.Contains(run[from], StringComparison.Ordinal) && !(run[from] == '.' && from + 1 < run.Length && char.IsLetterOrDigit(run[from + 1])))
        {
            from++;
        }

        var to = run.Length;
        while (to > from && Ends.Contains(run[to - 1], StringComparison.Ordinal) && !IsOfNumber(run, from, to))
        {
            to--;
        }

        if (to > from)
        {
            var word = run[from..to];
            tokens.Add(IsPlain(word, isShouted) ? word.ToLowerInvariant() : word);
        }
        else if (run.Any(static sign => sign is not ('.' or ',' or ';' or '!' or '?' or '…')))
        {
            tokens.Add(run); // "()", "[]": not the end of a sentence.
        }

        if (run.EndsWith(',') && tokens.Count > 0)
        {
            tokens.Add(",");
        }
    }

    /// <summary>Whether the last sign belongs to the number before it: "5!" is not "5", and feet are not inches.</summary>
    private static bool IsOfNumber(string run, int from, int to) => to - from > 1 && run[to - 1] is '!' or '\'' or '"' or '”' && char.IsDigit(run[to - 2]);

    /// <summary>
    /// Whether the case of a word says nothing: letters alone, in lower case but for the first, or all in capitals and too long for an
    /// abbreviation. "US" is not "us", "readme.md" not
    /// "README.md".
    /// </summary>
    private static bool IsPlain(string word, bool isShouted)
    {
        var isCapital = isShouted || (word.Length > LongestAbbreviation && word.All(char.IsUpper));
        for (var i = 0; i < word.Length; i++)
        {
            var sign = word[i];
            var isInner = sign is '\'' or '-' && i > 0 && i < word.Length - 1;
            if (!isInner && (!char.IsLetter(sign) || (char.IsUpper(sign) && i > 0 && !isCapital)))
            {
                return false;
            }
        }

        return word is not "A" || isShouted;
    }

    /// <summary>Whether what follows is data: another line, or what comes after a colon.</summary>
    private static bool StartsData(string text, int start)
    {
        var before = start - 1;
        while (before >= 0 && char.IsWhiteSpace(text[before]))
        {
            if (text[before] == '\n')
            {
                return true;
            }

            before--;
        }

        return before >= 0 && before < start - 1 && text[before] == ':';
    }

    /// <summary>Where the quotation that starts here ends, behind its last sign; 0 if none does.</summary>
    private static int EndOfQuotation(string text, int start)
    {
        var closing = text[start] switch { '"' => '"', '`' => '`', '“' => '”', '„' => '“', '«' => '»', '\'' => '\'', _ => '\0' };
        if (closing == '\0')
        {
            return 0;
        }

        for (var end = text.IndexOf(closing, start + 1); end >= 0; end = text.IndexOf(closing, end + 1))
        {
            // An apostrophe within a word closes nothing.
            if (closing != '\'' || end + 1 == text.Length || !char.IsLetterOrDigit(text[end + 1]))
            {
                return end > start + 1 ? end + 1 : 0;
            }
        }

        return 0;
    }

    private static string Normalized(string text)
    {
        try
        {
            return text.Normalize(NormalizationForm.FormC).Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Replace('’', '\'');
        }
        catch (ArgumentException)
        {
            return text; // Half a surrogate pair: such text is like itself alone.
        }
    }
}
