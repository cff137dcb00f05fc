using System.Collections.Frozen;

namespace AgentFlow.Samples.Research.Searching;

/// <summary>What is known of words beforehand: those that say nothing, those that say little, and those that say nearly the same.</summary>
public static class Vocabulary
{
    private static readonly FrozenSet<string> Stop = Set(
        "a about above after again against all also am an and any are as at be because been before being below between both but by can could "
        + "did do does doing don down each else etc ever every few for from further had has have having he her here hers him his how i if in into is it its "
        + "itself just let like many may me might more most much must my no nor not now of off on once only or other our ours out over own "
        + "per please same shall she should since so some such than that the their theirs them then there these they this those through to "
        + "too under until up upon us very was we were what whatever when where whether which while who whom whose why will with within without would you your yours");

    private static readonly FrozenSet<string> Weak = Stems(
        "find work happen change make use get need way thing mean handle give take know explain describe tell show want exist implement go come "
        + "look see possible exactly really kind sort of actually inside ensure become decide keep one two "
        + "mark set put turn treat deal place part case time new several different certain various thing always never own");

    private static readonly FrozenDictionary<string, string[]> RelatedStems = Groups(
        "find detect locate discover",
        "fail error exception throw",
        "reuse pool recycle",
        "delete remove erase",
        "start begin launch",
        "stop cancel abort halt",
        "configure configuration config setting option",
        "parallel concurrent concurrency simultaneous",
        "order sort sequence",
        "undo compensate rollback revert",
        "store persist save",
        "cycle circular cyclic",
        "fast performance speed latency",
        "install setup",
        "check verify validate",
        "choose select pick",
        "limit maximum max bound cap",
        "minimum min least smallest",
        "misspell mistype typo misspelling",
        "parameter param argument",
        "directory folder",
        "identifier id",
        "delete evict",
        "length size",
        "forget decay fade",
        "pace throttle rate",
        "begin init initialize",
        "repeat retry again",
        "create build construct",
        "read load parse",
        "write emit print output",
        "test verify",
        "password credential secret",
        "regex regexp pattern",
        "diagram graph chart draw render mermaid",
        "increment increase bump inc raise",
        "maximum highest greatest largest latest biggest most",
        "minimum lowest smallest earliest fewest",
        "descend reverse",
        "overlap intersect",
        "convert map transform translate turn",
        "replace substitute",
        "compare cmp",
        "temporary tmp temp",
        "error err",
        "message msg",
        "request req",
        "response res reply answer",
        "context ctx",
        "environment env",
        "variable var",
        "function fn func method",
        "property prop",
        "document doc",
        "information info",
        "integer int",
        "number num numeric",
        "string str text",
        "directory dir",
        "extension ext",
        "source src",
        "destination dest dst target",
        "database db",
        "connection conn",
        "authenticate auth authorize authentication authorization login",
        "argument arg argv",
        "command cmd cli",
        "remove rm del",
        "option opt",
        "initialize init setup",
        "previous prev",
        "length len",
        "address addr",
        "buffer buf",
        "callback cb",
        "separate split delimit",
        "quote escape",
        "disk file filesystem",
        "memory cache memoize",
        "corrupt damage broken invalid",
        "hash digest checksum",
        "wait await block",
        "conversation chat dialogue",
        "shorten truncate trim cut simplify",
        "allow permit accept",
        "forbid deny refuse reject disallow",
        "send publish emit",
        "receive consume",
        "protect guard prevent",
        "nested inner child deep",
        "missing absent unknown",
        "unsupported supported",
        "duplicate twice same",
        "simultaneous once",
        "worker process",
        "combine merge join",
        "price cost",
        "metadata meta",
        "expire timeout deadline",
        "permission right access",
        "version release");

    /// <summary>Whether a question may leave the word out without asking something else.</summary>
    /// <param name="word">The word, in any case.</param>
    public static bool IsStopWord(ReadOnlySpan<char> word)
    {
        Span<char> lower = stackalloc char[Stemmer.MaxLength];
        return word.Length <= lower.Length && Stop.GetAlternateLookup<ReadOnlySpan<char>>().Contains(lower[..word.ToLowerInvariant(lower)]);
    }

    /// <summary>Whether the word colours a question without being its subject.</summary>
    /// <param name="stem">The stem.</param>
    public static bool IsWeak(string stem) => Weak.Contains(stem);

    /// <summary>The stems that stand for nearly the same.</summary>
    /// <param name="stem">The stem.</param>
    public static IEnumerable<string> Related(string stem) => RelatedStems.GetValueOrDefault(stem, []);

    private static FrozenSet<string> Set(string words) => words.Split(' ').ToFrozenSet();

    private static FrozenSet<string> Stems(string words) => words.Split(' ').Select(Stemmer.Stem).ToFrozenSet();

    private static FrozenDictionary<string, string[]> Groups(params string[] groups) =>
        groups.Select(static g => Stems(g))
            .SelectMany(static g => g.Select(stem => (Stem: stem, Others: g.Where(other => other != stem))))
            .GroupBy(static pair => pair.Stem, static pair => pair.Others)
            .ToFrozenDictionary(static g => g.Key, static g => g.SelectMany(static others => others).Distinct().ToArray());
}
