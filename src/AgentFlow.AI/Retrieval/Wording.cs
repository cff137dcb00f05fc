namespace AgentFlow.AI.Retrieval;

/// <summary>
/// What two questions have in common if they ask the same: their words in order, without those that change nothing. Vectors do not tell
/// "order 1042" from
/// "order 1043", nor "before" from "after", so similarity alone never decides. Every word counts unless it is known not to: articles,
/// openings such as "could you
/// tell me", a few synonyms, and the place of one leading phrase. English rules apply to English text alone; text in other languages,
/// quotations, data after a colon
/// and further lines count to the letter.
/// </summary>
internal static class Wording
{
    private static readonly HashSet<string> English = Set("the is are what how does you your my which who where when why can could please of with and would should lives resides");
    private static readonly HashSet<string> Articles = Set("a an the");
    private static readonly HashSet<string> Asking = Set("what how which who whom whose where when why");
    private static readonly HashSet<string> Courtesies = Set("please kindly hello hi hey thanks");

    /// <summary>What relates one thing to another: where there is one, it is not sure what a phrase belongs to.</summary>
    private static readonly HashSet<string> Relations = Set(
        "to from by with without before after until till since during while than as for against between among into onto out off over under above below up down inside outside near through across " +
        "towards toward via per if unless because although and or but nor either neither both except instead versus vs of in on at about");

    private static readonly string[][] Openings =
    [
        .. from asked in (string[])["can you", "could you", "would you", "will you", "can you please", "could you please", "would you please", "will you please", ""]
           from told in (string[])["tell me", "show me", "give me", "explain to me"]
           select $"{asked} {told}".Trim().Split(' '),
        .. ((string[])["can you please", "could you please", "would you please", "will you please", "could you", "do you know", "i want to know", "i need to know",
            "i would like to know", "i would like to", "i want to", "i wonder", "thank you"]).Select(static opening => opening.Split(' ')),
    ];

    /// <summary>Phrases and what they are written as, the longest first.</summary>
    private static readonly (string[] From, string[] To)[] Phrases =
    [
        .. from phrase in ((string From, string To)[])
        [
            ("is it possible to", "can i"), ("is it possible for me to", "can i"), ("am i able to", "can i"), ("could i", "can i"), ("may i", "can i"),
            ("how do i", "how to"), ("how can i", "how to"), ("how could i", "how to"), ("how would i", "how to"), ("how should i", "how to"), ("how does one", "how to"),
            ("what is the way to", "how to"), ("at what time", "when"), ("what time", "when"), ("at what hours", "when"), ("what hours", "when"), ("at which time", "when"),
            ("when do", "when"), ("when does", "when"), ("when are", "when"), ("when is", "when"), ("where do", "where"), ("where does", "where"), ("where are", "where"),
            ("where is", "where"), ("why do", "why"), ("why does", "why"), ("why are", "why"), ("why is", "why"), ("is there any way to", "can i"), ("is there a way to", "can i"),
        ]
           orderby phrase.From.Length descending
           select (phrase.From.Split(' '), phrase.To.Split(' ')),
    ];

    private static readonly Dictionary<string, string> Same = Synonyms(
        "price cost", "prices costs", "buy purchase", "buying purchasing", "begin start commence", "begins starts commences", "fix repair", "phone telephone", "email e-mail",
        "photo photograph picture", "photos photographs pictures", "movie film", "movies films", "car automobile", "cars automobiles", "tv television", "help assist", "big large",
        "bigger larger", "biggest largest", "fast quick", "faster quicker", "fastest quickest", "doctor physician", "doctors physicians", "lawyer attorney", "live reside",
        "lives resides", "choose select", "need require", "needs requires", "wrong incorrect", "happen occur", "happens occurs", "holiday vacation", "erase delete",
        "color colour", "colors colours", "center centre", "license licence", "canceled cancelled", "canceling cancelling", "organize organise", "favorite favourite", "ok okay",
        "kids children", "construct build", "whole entire", "shut close", "shuts closes");

    private static readonly Dictionary<string, string[]> Contractions = new(StringComparer.Ordinal)
    {
        ["what's"] = ["what", "is"], ["who's"] = ["who", "is"], ["where's"] = ["where", "is"], ["when's"] = ["when", "is"], ["how's"] = ["how", "is"],
        ["why's"] = ["why", "is"], ["it's"] = ["it", "is"], ["there's"] = ["there", "is"], ["that's"] = ["that", "is"], ["i'm"] = ["i", "am"], ["i'd"] = ["i", "would"],
        ["you're"] = ["you", "are"], ["i've"] = ["i", "have"], ["i'll"] = ["i", "will"], ["can't"] = ["can", "not"], ["cannot"] = ["can", "not"], ["won't"] = ["will", "not"],
        ["shan't"] = ["shall", "not"],
    };

    /// <summary>The words that count, as one text; two questions whose words are equal ask the same.</summary>
    /// <returns>The text; <see langword="null"/> if it has no words: such text is like no other.</returns>
    public static string? Of(string text) => Tokens(text) is { Count: > 0 } tokens ? string.Join(' ', tokens) : null;

    private static List<string> Tokens(string text)
    {
        var tokens = QuestionText.Split(text);
        return tokens.Any(static token => English.Contains(token)) ? OfEnglish(tokens) : tokens;
    }

    private static List<string> OfEnglish(List<string> tokens)
    {
        var words = new List<string>(tokens.Count);
        foreach (var token in tokens)
        {
            if (Contractions.TryGetValue(token, out var whole))
            {
                words.AddRange(whole);
            }
            else if (token.EndsWith("n't", StringComparison.Ordinal))
            {
                words.AddRange([token[..^3], "not"]);
            }
            else
            {
                words.Add(token);
            }
        }

        WithoutOpenings(words);
        LeadingPhraseLast(words);
        words.RemoveAll(static word => word == ",");
        WithoutOpenings(words);
        foreach (var (from, to) in Phrases)
        {
            if (StartsWith(words, from))
            {
                words.RemoveRange(0, from.Length);
                words.InsertRange(0, to);
                break;
            }
        }

        return Written(words);
    }

    private static List<string> Written(List<string> words)
    {
        // "Is the order late" asks what "the order is late" says.
        var written = new List<string>(words.Count);
        for (var i = 0; i < words.Count; i++)
        {
            var word = words[i];
            if (Articles.Contains(word) || (i > 0 && word is "is" or "are" or "am"))
            {
                continue;
            }

            if (i == 0 && word is "what" && words.Count > 1 && (words[1] is "is" or "are" || Articles.Contains(words[1])))
            {
                continue;
            }

            written.Add(i == 0 && word is "is" or "are" or "am" ? "is?" : Same.GetValueOrDefault(word, word));
        }

        GenitiveAsOf(written);
        FromBeforeTo(written);
        return written;
    }

    private static void WithoutOpenings(List<string> words)
    {
        while (words.Count > 0 && (words[0] == "," || Courtesies.Contains(words[0])))
        {
            words.RemoveAt(0);
        }

        while (words.Count > 1 && words[^1] is "please" or "thanks")
        {
            words.RemoveAt(words.Count - 1);
        }

        if (Openings.Where(opening => opening.Length < words.Count && StartsWith(words, opening)).MaxBy(static opening => opening.Length) is { } longest)
        {
            words.RemoveRange(0, longest.Length);
            WithoutOpenings(words);
        }
    }

    /// <summary>
    /// "In Paris, how tall is the tower" asks "how tall is the tower in Paris". Where the rest has phrases of its own, it is not sure what
    /// the first belongs to.
    /// </summary>
    private static void LeadingPhraseLast(List<string> words)
    {
        var comma = words.IndexOf(",");
        if (comma is < 2 or > 5 || words[0] is not ("in" or "at" or "on") || words.LastIndexOf(",") != comma || words.Skip(comma).Any(static word => Relations.Contains(word)))
        {
            return;
        }

        var phrase = words.GetRange(0, comma);
        words.RemoveRange(0, comma + 1);
        words.AddRange(phrase);
    }

    /// <summary>"Austria's capital" is "capital of Austria", if no other word may belong to the name.</summary>
    private static void GenitiveAsOf(List<string> words)
    {
        var place = words.FindIndex(static word => word.EndsWith("'s", StringComparison.Ordinal));
        if (place < 0 || place + 2 != words.Count || (place > 0 && !(place == 1 && (Asking.Contains(words[0]) || words[0] == "is?"))))
        {
            return;
        }

        var name = words[place][..^2];
        words.RemoveAt(place);
        words.AddRange(["of", name]);
    }

    /// <summary>"To London from Paris" is "from Paris to London", at the end of a question.</summary>
    private static void FromBeforeTo(List<string> words)
    {
        var (from, to) = (words.IndexOf("from"), words.IndexOf("to"));
        if (to >= 1 && from > to + 1 && from < words.Count - 1 && words.LastIndexOf("to") == to && words.LastIndexOf("from") == from
            && words.Count - to <= 8 && !words.Skip(to + 1).Any(static word => word != "from" && Relations.Contains(word)))
        {
            var target = words.GetRange(to, from - to);
            words.RemoveRange(to, from - to);
            words.AddRange(target);
        }
    }

    private static bool StartsWith(List<string> words, string[] phrase) => phrase.Length <= words.Count && phrase.Index().All(part => words[part.Index] == part.Item);

    private static HashSet<string> Set(string words) => [.. words.Split(' ')];

    private static Dictionary<string, string> Synonyms(params string[] groups) =>
        groups.Select(static group => group.Split(' ')).SelectMany(static group => group.Select(word => (Word: word, First: group[0]))).ToDictionary(static pair => pair.Word, static pair => pair.First, StringComparer.Ordinal);
}
