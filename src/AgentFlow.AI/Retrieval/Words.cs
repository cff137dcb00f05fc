namespace AgentFlow.AI.Retrieval;

/// <summary>Text as the words that are compared: runs of letters and digits, in lower case, and the parts of names in camel case besides.</summary>
internal static class Words
{
    /// <summary>Longer runs are data, not words.</summary>
    private const int MaxLength = 64;

    /// <summary>In the form that words have here.</summary>
    private static readonly HashSet<string> Common =
    [
        .. """
            a an the of to in on at by for with from as into about and or but if then than so that this these those there here it its is are was were be been being am i me my mine you your yours he him
            his she her hers we us our ours they them their theirs do does did doing done have has had having will would shall should can could may might must what which who whom whose when where why
            how please tell show give any some such just also very
            """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(Stem),
    ];

    /// <summary>Whether a word, as it is found here, says nothing by itself in English.</summary>
    public static bool IsCommon(string word) => Common.Contains(word);

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
