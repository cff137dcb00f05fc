using Microsoft.Extensions.AI;

namespace AgentFlow.AI.Tests.Tools;

/// <summary>Finding tools, by name, by words and by meaning.</summary>
public sealed class ToolRegistryTests
{
    private readonly ToolRegistry _tools = new ToolRegistry().AddRange(new Weather(20).Tools).AddRange(Calculator.Tools);

    [Fact]
    public void Tools_are_found_by_name_and_listed_in_order()
    {
        Assert.True(_tools.TryFind("season", out var season));
        Assert.Equal("season", season.Name);
        Assert.False(_tools.TryFind("Season", out _));
        Assert.Equal(["Ask", "Count", "Forecast", "OrderRain", "calculator", "season"], _tools.Tools.Select(static tool => tool.Name));
        Assert.Throws<ArgumentException>(() => _tools.Add(season));
        Assert.True(_tools.Remove("season"));
        Assert.False(_tools.Remove("season"));
    }

    [Fact]
    public async Task Without_a_model_words_are_compared()
    {
        var found = await _tools.SearchAsync("what will the weather be in the coming days", 2, TestContext.Current.CancellationToken);
        Assert.Equal("Forecast", found[0].Name);
        Assert.Equal("calculator", Assert.Single(await _tools.SearchAsync("evaluate an expression", 1, TestContext.Current.CancellationToken)).Name);
        Assert.Empty(await _tools.SearchAsync("zebra", 3, TestContext.Current.CancellationToken));
        _tools.Remove("calculator");
        Assert.Empty(await _tools.SearchAsync("expression", 3, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task With_one_meanings_are_compared_and_each_tool_is_embedded_once()
    {
        var generator = new Meanings();
        var tools = new ToolRegistry(generator).AddRange(_tools.Tools);
        Assert.Equal("calculator", (await tools.SearchAsync("sums", 1, TestContext.Current.CancellationToken))[0].Name);
        Assert.Equal("Forecast", (await tools.SearchAsync("climate", 1, TestContext.Current.CancellationToken))[0].Name);
        Assert.Equal(6 + 2, generator.Texts);
    }

    /// <summary>Knows two subjects.</summary>
    private sealed class Meanings : IEmbeddingGenerator<string, Embedding<float>>
    {
        public int Texts { get; private set; }

        public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
        {
            var made = new GeneratedEmbeddings<Embedding<float>>();
            foreach (var value in values)
            {
                Texts++;
                made.Add(new(new float[] { Has(value, "sums") || Has(value, "arithmetic") ? 1 : 0, Has(value, "climate") || Has(value, "coming days") ? 1 : 0, 0.1f }));
            }

            return Task.FromResult(made);

            static bool Has(string text, string word) => text.Contains(word, StringComparison.Ordinal);
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
