namespace AgentFlow.AI.Tests.Tools;

/// <summary>BM25 against its formula, written out plainly.</summary>
public sealed class TextIndexTests
{
    private static readonly string[] Texts = ["the cat sat on the mat", "a dog and a cat", "dogs dogs dogs", "nothing of the kind, but very many words indeed", ""];

    [Theory]
    [InlineData("cat")]
    [InlineData("dog cat")]
    [InlineData("the mat of many words")]
    public void Scores_are_those_of_the_formula(string query)
    {
        var index = new TextIndex<int>(k1: 1.5, b: 0.6);
        for (var i = 0; i < Texts.Length; i++)
        {
            index.Add(i, Texts[i]);
        }

        var documents = Texts.Select(static text => text.Replace(",", "", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Singular).ToList()).ToList();
        var mean = documents.Average(static document => document.Count);
        var expected = documents
            .Select((document, i) => (Key: i, Score: query.Split(' ').Select(Singular).Sum(term =>
            {
                double holding = documents.Count(other => other.Contains(term));
                double mentions = document.Count(word => word == term);
                return Math.Log(1 + ((documents.Count - holding + 0.5) / (holding + 0.5))) * mentions * 2.5 / (mentions + (1.5 * (0.4 + (0.6 * document.Count / mean))));
            })))
            .Where(static pair => pair.Score > 0)
            .OrderByDescending(static pair => pair.Score)
            .ToList();
        var found = index.Search(query, 10);
        Assert.Equal(expected.Select(static pair => pair.Key), found.Select(static hit => hit.Key));
        Assert.All(expected.Zip(found), static pair => Assert.Equal(pair.First.Score, pair.Second.Score, 12));

        static string Singular(string word) => word is "dogs" ? "dog" : word is "words" ? "word" : word;
    }

    [Fact]
    public void What_is_removed_or_replaced_is_as_if_it_had_never_been()
    {
        var index = new TextIndex<string>();
        index.Add("a", "one two");
        var alone = index.Search("one", 1)[0].Score;
        index.Add("b", "one three three three");
        index.Add("a", "four");
        index.Add("a", "one two");
        Assert.Equal(2, index.Count);
        Assert.True(index.Remove("b"));
        Assert.False(index.Remove("b"));
        Assert.Equal([("a", alone)], index.Search("one", 5));
        Assert.Empty(index.Search("three four", 5));
    }

    [Fact]
    public void Names_are_found_by_their_parts_and_ties_keep_their_order()
    {
        var index = new TextIndex<int>();
        index.Add(2, "class ToolRegistry");
        index.Add(1, "class ToolRegistry");
        Assert.Equal([2, 1], index.Search("registry", 5).Select(static hit => hit.Key));
        Assert.Throws<ArgumentOutOfRangeException>(() => index.Search("a", 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TextIndex<int>(k1: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TextIndex<int>(b: 1.1));
    }
}
