using System.Buffers;
using System.Collections.Frozen;

namespace AgentFlow.Samples.Research.Searching;

/// <summary>
/// Brings the forms of an English word together: a light stemmer after Porter's first steps, with the irregular forms that questions about
/// software use. It need not give words, only the same text for the same word.
/// </summary>
public static class Stemmer
{
    /// <summary>Longer words are cut, so that callers can use a fixed buffer.</summary>
    public const int MaxLength = 64;

    private static readonly FrozenDictionary<string, string> Irregular = new Dictionary<string, string>
    {
        ["found"] = "find", ["made"] = "mak", ["ran"] = "run", ["threw"] = "throw", ["thrown"] = "throw", ["wrote"] = "writ",
        ["written"] = "writ", ["built"] = "build", ["kept"] = "keep", ["sent"] = "send", ["chose"] = "choos", ["chosen"] = "choos",
        ["began"] = "begin", ["begun"] = "begin", ["held"] = "hold", ["did"] = "do", ["done"] = "do", ["does"] = "do", ["doing"] = "do",
        ["failure"] = "fail", ["failures"] = "fail", ["cyclic"] = "cycl", ["broke"] = "break", ["broken"] = "break", ["gave"] = "giv",
        ["given"] = "giv", ["took"] = "tak", ["taken"] = "tak", ["told"] = "tell", ["use"] = "use", ["used"] = "use", ["uses"] = "use",
        ["using"] = "use", ["usage"] = "use", ["understood"] = "understand", ["lost"] = "los", ["got"] = "get", ["went"] = "go",
        ["indices"] = "index", ["children"] = "child", ["undone"] = "undo", ["undoes"] = "undo", ["ties"] = "tie", ["during"] = "during",
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> IrregularForms =
        Irregular.GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly SearchValues<char> Vowels = SearchValues.Create("aeiouy");

    /// <summary>Stems one word.</summary>
    /// <param name="word">The word, in any case.</param>
    /// <returns>Its stem, in lower case.</returns>
    public static string Stem(string word) => Stem(word, stackalloc char[MaxLength]).ToString();

    /// <summary>Stems one word without allocating.</summary>
    /// <param name="word">The word, in any case.</param>
    /// <param name="buffer">At least <see cref="MaxLength"/> characters; the stem may lie in it.</param>
    /// <returns>The stem, in lower case.</returns>
    public static ReadOnlySpan<char> Stem(ReadOnlySpan<char> word, Span<char> buffer)
    {
        word = word[..Math.Min(word.Length, MaxLength)];
        var lower = buffer[..word.ToLowerInvariant(buffer)];
        if (IrregularForms.TryGetValue(lower, out var irregular))
        {
            return irregular;
        }

        if (lower.Length <= 3)
        {
            return lower;
        }

        var stem = Undouble(Suffix(Inflection(Plural(lower))));
        return stem.Length > 3 && stem[^1] == 'e' ? stem[..^1] : stem;
    }

    private static Span<char> Plural(Span<char> word)
    {
        if (word.Length > 4 && word.EndsWith("ies"))
        {
            word[^3] = 'y';
            return word[..^2];
        }

        if (word.EndsWith("sses") || word.EndsWith("shes") || word.EndsWith("ches") || word.EndsWith("xes") || word.EndsWith("zzes"))
        {
            return word[..^2];
        }

        return word[^1] == 's' && word[^2] is not ('s' or 'u' or 'i') ? word[..^1] : word;
    }

    private static Span<char> Inflection(Span<char> word)
    {
        if (word.Length > 4 && word.EndsWith("ied"))
        {
            word[^3] = 'y';
            return word[..^2];
        }

        if (word.Length > 5 && word.EndsWith("ing") && HasVowel(word[..^3]))
        {
            return Undouble(word[..^3], always: true);
        }

        return word.Length > 4 && word.EndsWith("ed") && !word.EndsWith("eed") && HasVowel(word[..^2]) ? Undouble(word[..^2], always: true) : word;
    }

    private static Span<char> Suffix(Span<char> word)
    {
        foreach (var (suffix, least) in (ReadOnlySpan<(string, int)>)[("ation", 4), ("ator", 4), ("ate", 4), ("at", 5), ("ion", 4), ("er", 5), ("or", 6), ("ly", 4)])
        {
            if (word.Length >= suffix.Length + least && word.EndsWith(suffix))
            {
                return word[..^suffix.Length];
            }
        }

        return word;
    }

    /// <summary><c>stopp</c> is <c>stop</c>; a double l, s or z belongs to short words, and in long ones comes and goes: <c>cancel(l)ed</c>.</summary>
    private static Span<char> Undouble(Span<char> word, bool always = false) =>
        word.Length > 3 && word[^1] == word[^2] && (word[^1] is 'l' ? word.Length > 5 : always && word[^1] is not ('s' or 'z' or 'e' or 'o'))
            ? word[..^1]
            : word;

    private static bool HasVowel(ReadOnlySpan<char> word) => word.ContainsAny(Vowels);
}
