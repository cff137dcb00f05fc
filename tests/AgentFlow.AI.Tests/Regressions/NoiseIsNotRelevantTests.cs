using AgentFlow.AI;
using AgentFlow.Testing;

namespace AgentFlow.AI.Tests.Regressions;

/// <summary>
/// The best of bad hits had a relevance of 1.00: a memory that shared "the" and "is" with a question was recalled before all others, and
/// passed every threshold.
/// </summary>
public sealed class NoiseIsNotRelevantTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("What is the name of the dentist?")]
    [InlineData("Where are the keys to the garage?")]
    public async Task What_shares_only_common_words_is_not_found(string question)
    {
        var facts = await FactsAsync("The cat is on the mat.", "Ann lives in the north of Oslo.", "It is what it is.");
        Assert.Empty(await facts.RecallAsync("ann", question, cancellationToken: Ct));
    }

    [Fact]
    public async Task Relevance_is_the_share_of_the_query_that_is_there()
    {
        var memory = await FactsAsync("The dentist is Doctor Nilsen.", "The red car is in the garage.", "Bread is bought on Fridays.");
        var whole = await memory.RecallAsync("ann", "red car garage", cancellationToken: Ct);
        Assert.Equal("The red car is in the garage.", Assert.Single(whole).Memory.Text);
        Assert.InRange(whole[0].Relevance, 0.8, 1);

        // One word of five that say something.
        var part = Assert.Single(await memory.RecallAsync("ann", "Which garage repairs old violins cheaply?", cancellationToken: Ct));
        Assert.InRange(part.Relevance, 0.01, 0.3);
        Assert.Empty(await memory.RecallAsync("ann", "Which garage repairs old violins cheaply?", new() { MinRelevance = 0.3 }, Ct));
    }

    [Fact]
    public async Task A_query_of_common_words_alone_still_finds_them()
    {
        var memory = await FactsAsync("The Who", "Ann");
        Assert.Equal("The Who", Assert.Single(await memory.RecallAsync("ann", "the who", cancellationToken: Ct)).Memory.Text);
    }

    [Fact]
    public async Task File_search_finds_no_passage_by_its_articles()
    {
        var folder = Directory.CreateTempSubdirectory("agentflow-noise");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "a.md"), "The cat is on the mat.", Ct);
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "b.md"), "Sessions are resumed after a crash.", Ct);
            var search = new FileSearch(folder.FullName);
            Assert.Empty(await search.SearchAsync("What is the price of the lamp?", 5, Ct));
            Assert.Equal("b.md:1", Assert.Single(await search.SearchAsync("what is a crash", 5, Ct)).Source);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Tools_are_not_discovered_by_their_articles()
    {
        var registry = new ToolRegistry().Add(Microsoft.Extensions.AI.AIFunctionFactory.Create(static () => 1, "weather", "Tells what the weather is."));
        Assert.Empty(await registry.SearchAsync("What is the price of the lamp?", 3, Ct));
        Assert.Single(await registry.SearchAsync("What is the weather?", 3, Ct));
    }

    private static async Task<LongTermMemory> FactsAsync(params string[] facts)
    {
        var memory = new LongTermMemory(new InMemoryMemoryStore());
        foreach (var fact in facts)
        {
            await memory.Facts("ann").LearnAsync(fact, cancellationToken: Ct);
        }

        return memory;
    }
}
