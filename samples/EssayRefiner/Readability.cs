using System.Text.RegularExpressions;

namespace AgentFlow.Samples.Essays;

/// <summary>Finds and mends what makes a text hard to read.</summary>
public static partial class Readability
{
    private const int LongSentence = 22;
    private const string Pompous = "pompous words";
    private const string Padded = "padding";
    private const string TooLong = "long sentences";

    private static readonly (string From, string To)[] Plain =
    [
        ("in order to", "to"), ("due to the fact that", "because"), ("at this point in time", "now"), ("in the event that", "if"),
        ("a large number of", "many"), ("utilizes", "uses"), ("utilize", "use"), ("utilise", "use"), ("facilitate", "help"), ("commence", "begin"),
        ("terminate", "end"), ("approximately", "about"), ("subsequently", "later"), ("demonstrate", "show"), ("sufficient", "enough"), ("prior to", "before"),
    ];

    private static readonly string[] Padding =
        ["it should be noted that ", "it is important to note that ", "needless to say, ", "as a matter of fact, ", "basically, ", "basically ", "really ", "very ", "quite "];

    /// <summary>Looks at a text.</summary>
    /// <param name="text">The text.</param>
    public static Critique Criticise(string text)
    {
        var remarks = new List<string>();
        if (Array.Exists(Plain, p => Find(p.From).IsMatch(text)))
        {
            remarks.Add(Pompous);
        }

        if (Array.Exists(Padding, p => Find(p.TrimEnd()).IsMatch(text)))
        {
            remarks.Add(Padded);
        }

        if (Sentences(text).Any(static s => Shorten(s) != s))
        {
            remarks.Add(TooLong);
        }

        return new(remarks, Grade(text));
    }

    /// <summary>Mends what a critique names first.</summary>
    /// <param name="text">The text.</param>
    /// <param name="critique">What was said about it.</param>
    public static string Mend(string text, Critique critique) => (critique.Remarks.Count > 0 ? critique.Remarks[0] : null) switch
    {
        Pompous => Plain.Aggregate(text, static (t, p) => Find(p.From).Replace(t, m => InCaseOf(m.Value, p.To))),
        Padded => Capitalise(Padding.Aggregate(text, static (t, p) => Find(p.TrimEnd()).Replace(t, "").Replace("  ", " ", StringComparison.Ordinal))),
        TooLong => string.Join(' ', Sentences(text).Select(Shorten)),
        _ => text,
    };

    private static double Grade(string text)
    {
        var sentences = Math.Max(1, Sentences(text).Count());
        var words = Word().Matches(text);
        var syllables = words.Sum(static w => Math.Max(1, Vowels().Count(w.Value)));
        return words.Count == 0 ? 0 : Math.Round((0.39 * words.Count / sentences) + (11.8 * syllables / words.Count) - 15.59, 1);
    }

    private static IEnumerable<string> Sentences(string text) => SentenceEnd().Split(text).Where(static s => s.Length > 0);

    /// <summary>Cuts a long sentence where its second half can stand alone.</summary>
    private static string Shorten(string sentence) => sentence.Split(' ').Length <= LongSentence
        ? sentence
        : Joint().Replace(sentence, static m => $". {char.ToUpperInvariant(m.Groups[2].Value[0])}{m.Groups[2].Value[1..]}", 1);

    private static string Capitalise(string text) => SentenceStart().Replace(text.TrimStart(), static m => m.Value.ToUpperInvariant());

    private static string InCaseOf(string old, string text) => char.IsUpper(old[0]) ? char.ToUpperInvariant(text[0]) + text[1..] : text;

    private static Regex Find(string phrase) => new($@"\b{Regex.Escape(phrase)}(?!\w)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    [GeneratedRegex(@"(?<=[.!?])\s+")]
    private static partial Regex SentenceEnd();

    [GeneratedRegex(@"(?:^|[.!?]\s+)\p{Ll}")]
    private static partial Regex SentenceStart();

    [GeneratedRegex(@"(,\s+(?:and|but|so)|;)\s+((?:it|they|we|he|she|this|that|these|the|a|an|its|their)\s)")]
    private static partial Regex Joint();

    [GeneratedRegex(@"[\p{L}'’]+")]
    private static partial Regex Word();

    [GeneratedRegex("[aeiouy]+(?!$)|[aiouy]$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Vowels();
}
