using AgentFlow.AI;
using AgentFlow.Testing;
using Microsoft.Extensions.AI;

namespace AgentFlow.Embeddings.Tests.Regressions;

/// <summary>
/// By a real model "cancel order 1043" lies at 0.967 of "cancel order 1042", nearer than most paraphrases: similarity alone gave one
/// order's answer to the other.
/// </summary>
public sealed class SimilarQuestionsKeepTheirOwnAnswersTests(MiniLm embeddings, ITestOutputHelper output) : IClassFixture<MiniLm>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0.95)]
    [InlineData(0.8)]
    [InlineData(0.01)]
    public async Task No_question_is_answered_with_the_answer_to_another_whatever_the_threshold(double threshold) =>
        Assert.Empty(await ServedAsync(Pairs.Different, threshold));

    [Theory]
    [InlineData(0.95, 11)]
    [InlineData(0.8, 14)]
    public async Task Paraphrases_are_answered_from_memory(double threshold, int least)
    {
        var served = await ServedAsync(Pairs.Same, threshold);
        Assert.True(served.Count >= least, $"{served.Count}: {string.Join('\n', served)}");
    }

    /// <summary>The figures of docs/models.md.</summary>
    [Fact]
    public async Task What_vectors_alone_would_do_is_measured()
    {
        foreach (var threshold in (double[])[0.95, 0.9, 0.8, 0.7])
        {
            var (wrong, served) = (await ServedAsync(Pairs.Different, threshold), await ServedAsync(Pairs.Same, threshold));
            output.WriteLine($"{threshold}: {wrong.Count} of {Pairs.Different.Length} wrong, {served.Count} of {Pairs.Same.Length} served");

            var alike = 0;
            foreach (var (left, right) in Pairs.Different)
            {
                alike += await CosineAsync(left, right) >= threshold ? 1 : 0;
            }

            var paraphrases = 0;
            foreach (var (left, right) in Pairs.Same)
            {
                paraphrases += await CosineAsync(left, right) >= threshold ? 1 : 0;
            }

            output.WriteLine($"vectors alone {threshold}: {alike} wrong, {paraphrases} served");
        }

        Assert.InRange(await CosineAsync("cancel order 1042", "cancel order 1043"), 0.96, 0.97);
    }

    [Fact]
    public async Task Facts_that_differ_do_not_take_each_others_place()
    {
        var memory = new LongTermMemory(new InMemoryMemoryStore(), new() { Embeddings = embeddings, DuplicateSimilarity = 0.8 });
        foreach (var (left, right) in Pairs.Different)
        {
            await memory.Facts(left + right).LearnAsync(left, cancellationToken: Ct);
            await memory.Facts(left + right).LearnAsync(right, cancellationToken: Ct);
            Assert.Equal(2, (await memory.Facts(left + right).ListAsync(cancellationToken: Ct)).Memories.Count);
        }
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Reactive_agents_answer_each_request(bool byMeaning)
    {
        var agent = new ReactiveAgent(new()
        {
            Handlers = [new("any", static (request, _, _) => new(request.Text)) { IsCacheable = true }],
            Classifier = static (_, _, _) => new(new RequestClassification("any", 1, [])),
            Default = static (_, _, _) => new(""),
            Embeddings = embeddings,
            Cache = byMeaning ? new SimilarityCacheOptions { Threshold = 0.8 } : new ResponseCacheOptions(),
        });
        foreach (var (left, right) in Pairs.Different.DistinctBy(static pair => pair.Left.ToUpperInvariant().TrimEnd('?', '.')))
        {
            await agent.RunAsync(left, Ct);
            Assert.Equal(right, (await agent.RunAsync(right, Ct)).Text);
        }
    }

    [Fact]
    public void Plans_are_made_for_each_task()
    {
        foreach (var (left, right) in Pairs.Different)
        {
            var cache = new PlanCache();
            cache.Set(left, "{}");
            Assert.False(cache.TryGet(right, out _), $"{left} / {right}");
        }
    }

    private async Task<List<string>> ServedAsync((string Left, string Right)[] pairs, double threshold)
    {
        var served = new List<string>();
        foreach (var (left, right) in pairs)
        {
            using var model = new ScriptedChatClient(static request => request.Text);
            using var cached = model.WithSimilarityCache(embeddings, new() { Threshold = threshold });
            await cached.GetResponseAsync(left, null, Ct);
            if ((await cached.GetResponseAsync(right, null, Ct)).Text == left)
            {
                served.Add($"{left} / {right}");
            }
        }

        return served;
    }

    private async Task<double> CosineAsync(string left, string right)
    {
        var vectors = await embeddings.GenerateAsync([left, right], cancellationToken: Ct);
        var (a, b) = (vectors[0].Vector.ToArray(), vectors[1].Vector.ToArray());
        return a.Zip(b, static (x, y) => (double)x * y).Sum() / Math.Sqrt(a.Sum(static x => (double)x * x) * b.Sum(static x => (double)x * x));
    }
}
