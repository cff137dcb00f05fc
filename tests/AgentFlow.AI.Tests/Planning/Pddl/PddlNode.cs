namespace AgentFlow.AI.Tests.Planning.Pddl;

/// <summary>A word, or a list of nodes, of a PDDL text. PDDL does not know upper case from lower.</summary>
internal sealed class PddlNode
{
    private const int MaxDepth = 100;

    private PddlNode(string? word, List<PddlNode> items)
    {
        Word = word;
        Items = items;
    }

    /// <summary>The word; null: a list.</summary>
    public string? Word { get; }

    public IReadOnlyList<PddlNode> Items { get; }

    /// <summary>What a list begins with.</summary>
    public string Head => Items.Count > 0 ? Items[0].Word ?? "" : "";

    public IEnumerable<PddlNode> Rest => Items.Skip(1);

    public static PddlNode Parse(string text)
    {
        var words = Words(text).ToList();
        var next = 0;
        var node = Parse(words, ref next, 0);
        return next == words.Count ? node : throw new FormatException($"'{words[next]}' comes after the end.");
    }

    /// <summary>The only list that begins with a word; null: there is none.</summary>
    public PddlNode? Find(string head) => Items.SingleOrDefault(item => item.Head == head);

    public override string ToString() => Word ?? $"({string.Join(' ', Items)})";

    private static PddlNode Parse(List<string> words, ref int next, int depth)
    {
        if (next == words.Count || depth > MaxDepth)
        {
            throw new FormatException(depth > MaxDepth ? $"Lists are nested deeper than {MaxDepth}." : "The text ends within a list.");
        }

        var word = words[next++];
        if (word != "(")
        {
            return word != ")" ? new(word, []) : throw new FormatException("A list is closed that was not opened.");
        }

        var items = new List<PddlNode>();
        while (next < words.Count && words[next] != ")")
        {
            items.Add(Parse(words, ref next, depth + 1));
        }

        return next++ < words.Count ? new(null, items) : throw new FormatException("The text ends within a list.");
    }

    private static IEnumerable<string> Words(string text) => text.Split('\n')
        .Select(static line => line.Split(';')[0].ToLowerInvariant())
        .SelectMany(static line => line.Replace("(", " ( ", StringComparison.Ordinal).Replace(")", " ) ", StringComparison.Ordinal).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
