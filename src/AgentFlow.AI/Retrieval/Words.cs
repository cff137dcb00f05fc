namespace AgentFlow.AI.Retrieval;

/// <summary>Text as the words that are compared: runs of letters and digits, in lower case, and the parts of names in camel case besides.</summary>
internal static class Words
{
    /// <summary>Longer runs are data, not words.</summary>
    private const int MaxLength = 64;

    /// <summary>The words of a text, in order.</summary>
    public static IEnumerable<string> Of(string text)
    {
        var start = -1;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && char.IsLetterOrDigit(text[i]))
            {
                start = start < 0 ? i : start;
                continue;
            }

            if (start >= 0 && i - start <= MaxLength)
            {
                foreach (var word in Parts(text, start, i))
                {
                    yield return word;
                }
            }

            start = -1;
        }
    }

    private static IEnumerable<string> Parts(string text, int start, int end)
    {
        yield return Stem(text[start..end].ToLowerInvariant());
        var from = start;
        for (var i = start + 1; i < end; i++)
        {
            if (char.IsUpper(text[i]) && char.IsLower(text[i - 1]))
            {
                yield return Stem(text[from..i].ToLowerInvariant());
                from = i;
            }
        }

        if (from > start)
        {
            yield return Stem(text[from..end].ToLowerInvariant());
        }
    }

    /// <summary>Step 1a of Porter's stemmer (1980), which takes the plural away: it never joins words of different meanings.</summary>
    private static string Stem(string word) => word switch
    {
        { Length: > 4 } when word.EndsWith("sses", StringComparison.Ordinal) => word[..^2],
        { Length: > 4 } when word.EndsWith("ies", StringComparison.Ordinal) => word[..^3] + "y",
        { Length: > 3 } when word.EndsWith('s') && word[^2] is not ('s' or 'u' or 'i') => word[..^1],
        _ => word,
    };
}
