using AgentFlow.Testing;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI.Tests.Selection;

/// <summary>The choice of a model gets better by what is said of its replies.</summary>
public class LearningModelSelectorTests
{
    private static readonly ModelPrice s_cheap = new(0.1, 0.4);
    private readonly ManualTimeProvider _clock = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5)]
    public async Task What_is_lost_by_learning_comes_to_nearly_nothing(int seed)
    {
        var models = Models(0.5, 0.8, 0.3, 0.6);
        using var selector = Selector(models, new() { Random = new(seed), Discount = 1 });
        var early = await LossAsync(selector, models, seed, 500);
        await LossAsync(selector, models, seed + 1, 1_000);
        var late = await LossAsync(selector, models, seed + 2, 500);
        var byChance = ByChance(models);
        Assert.Equal(0.25, byChance, 9);
        Assert.True(early < byChance / 3, $"{early}");
        Assert.True(late < byChance / 25, $"{late}");
        Assert.True(models["m1"].Calls > 1_700);
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5)]
    public async Task A_model_that_has_become_worse_is_left_and_one_that_has_become_better_is_found(int seed)
    {
        var models = Models(0.85, 0.6, 0.3);
        using var selector = Selector(models, new() { Random = new(seed), Discount = 0.99 });
        await LossAsync(selector, models, seed, 1_000);
        (models["m0"].Quality, models["m2"].Quality) = (0.3, 0.9);
        await LossAsync(selector, models, seed, 400);
        var after = await LossAsync(selector, models, seed, 600);
        Assert.True(after < ByChance(models) / 5, $"{after}");
    }

    [Theory, InlineData(1), InlineData(2)]
    public async Task Without_discount_a_change_goes_unnoticed_for_long(int seed)
    {
        var models = Models(0.85, 0.6, 0.3);
        using var selector = Selector(models, new() { Random = new(seed), Discount = 1 });
        await LossAsync(selector, models, seed, 3_000);
        (models["m0"].Quality, models["m2"].Quality) = (0.3, 0.9);
        Assert.True(await LossAsync(selector, models, seed, 600) > 0.3);
    }

    [Fact]
    public async Task The_best_is_asked_as_long_as_the_budget_pays_for_it()
    {
        // A call of the dear one is expected to cost 0.01; with 0.055 five of them fit, and what is left pays for some of the cheap one.
        var usage = new UsageDetails { InputTokenCount = 0, OutputTokenCount = 1_000, TotalTokenCount = 1_000 };
        using var cheap = new ScriptedChatClient(_ => ScriptedReply.FromString("cheap") with { Usage = usage });
        using var dear = new ScriptedChatClient(_ => ScriptedReply.FromString("dear") with { Usage = usage });
        var budget = new ModelBudget(0.055);
        var candidates = new Dictionary<string, ModelCandidate> { ["cheap"] = new(cheap, new(0, 1), 0), ["dear"] = new(dear, new(0, 10), 1) };
        using var selector = new LearningModelSelector(candidates, new() { Random = new(1), PriorStrength = 1_000, Budget = budget });
        Assert.Same(budget, selector.GetService(typeof(ModelBudget)));
        var replies = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            replies.Add((await selector.GetResponseAsync("?", cancellationToken: Ct)).Text);
        }

        await foreach (var update in selector.GetStreamingResponseAsync("?", cancellationToken: Ct))
        {
            replies.Add(update.Text);
        }

        Assert.Equal(["dear", "dear", "dear", "dear", "dear"], replies.Where(static reply => reply.Length > 0));
        Assert.Equal(0.05, budget.Spent, 9);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("cheap", (await selector.GetResponseAsync("?", cancellationToken: Ct)).Text);
        }

        var error = await Assert.ThrowsAsync<ModelBudgetException>(() => selector.GetResponseAsync("?", cancellationToken: Ct));
        Assert.Equal(0.001, error.Cheapest, 9);
        Assert.Equal(10, cheap.Requests.Count + dear.Requests.Count);
    }

    [Fact]
    public async Task Cost_counts_for_what_quality_is_worth()
    {
        // 10 % better, for 20 times the money: 200 tokens cost 0.00005 and 0.001.
        async Task<int> DearCallsAsync(double? worth)
        {
            var (cheap, dear) = (new SimulatedModel("cheap", _clock) { Quality = 0.8 }, new SimulatedModel("dear", _clock) { Quality = 0.9 });
            using var selector = new LearningModelSelector(
                new Dictionary<string, ModelCandidate> { ["cheap"] = new(cheap, s_cheap, 0.5), ["dear"] = new(dear, new(2, 8), 0.5) },
                new() { Random = new(3), CostOfQuality = worth, Discount = 1 });
            await LossAsync(selector, new() { ["cheap"] = cheap, ["dear"] = dear }, 3, 1_000);
            return dear.Calls;
        }

        Assert.True(await DearCallsAsync(null) > 700);
        Assert.True(await DearCallsAsync(1) > 700);
        Assert.True(await DearCallsAsync(0.002) < 100);
    }

    [Fact]
    public async Task Time_counts_for_what_quality_is_worth()
    {
        async Task<int> SlowCallsAsync(TimeSpan? worth)
        {
            var models = Models(0.8, 0.9);
            (models["m0"].Time, models["m1"].Time) = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(9));
            using var selector = Selector(models, new() { Random = new(3), TimeOfQuality = worth, Discount = 1, TimeProvider = _clock });
            await LossAsync(selector, models, 3, 1_000);
            return models["m1"].Calls;
        }

        Assert.True(await SlowCallsAsync(null) > 700);
        Assert.True(await SlowCallsAsync(TimeSpan.FromMinutes(10)) > 700);
        Assert.True(await SlowCallsAsync(TimeSpan.FromSeconds(20)) < 100);
    }

    [Fact]
    public async Task A_model_that_fails_is_asked_less_and_its_error_gets_through()
    {
        var models = Models(0.5, 0.5);
        models["m1"].Error = new IOException("down");
        using var selector = Selector(models, new() { Random = new(1), CostOfQuality = 0.01 });
        var errors = 0;
        for (var i = 0; i < 200; i++)
        {
            try
            {
                selector.Learn(await selector.GetResponseAsync("?", cancellationToken: Ct), 0.5);
            }
            catch (IOException)
            {
                errors++;
            }
        }

        Assert.InRange(errors, 1, 30);
        Assert.Equal(errors, models["m1"].Calls);
    }

    [Fact]
    public async Task A_call_that_its_caller_gives_up_says_nothing_of_the_model()
    {
        var models = Models(0.5);
        using var selector = Selector(models, new());
        using var source = new CancellationTokenSource();
        source.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => selector.GetResponseAsync("?", cancellationToken: source.Token));
        Assert.Equal(new LearnedModel("m0", 0, 0, 0, 0, 0), Assert.Single(selector.Learned.Models));
    }

    [Fact]
    public async Task The_same_seed_makes_the_same_choices()
    {
        async Task<string> RunAsync(int seed)
        {
            var models = Models(0.5, 0.6, 0.4);
            using var selector = Selector(models, new() { Random = new(seed), TimeProvider = _clock });
            await LossAsync(selector, models, 5, 200);
            return selector.Learned.ToJson();
        }

        Assert.Equal(await RunAsync(8), await RunAsync(8));
        Assert.NotEqual(await RunAsync(8), await RunAsync(9));
    }

    [Fact]
    public async Task What_was_learned_is_kept_and_taken_up_again()
    {
        var models = Models(0.2, 0.9);
        using var first = Selector(models, new() { Random = new(1) });
        await LossAsync(first, models, 1, 300);
        var json = first.Learned.ToJson();
        Assert.Equal(json, LearnedModels.Parse(json).ToJson());
        using var second = Selector(models, new() { Random = new(2) }, LearnedModels.Parse(json));
        Assert.Equal(json, second.Learned.ToJson());
        Assert.True(await LossAsync(second, models, 2, 50) < 0.1);

        // A new model has no past, one that is gone leaves nothing.
        using var third = Selector(new() { ["m1"] = models["m1"], ["new"] = new SimulatedModel("new", _clock) }, new(), LearnedModels.Parse(json));
        Assert.Equal(["m1", "new"], third.Learned.Models.Select(static m => m.Name));
        Assert.Equal(0, third.Learned.Models[1].Calls);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("""{"models":[null]}""")]
    [InlineData("""{"models":[{"name":"a","successes":-1,"failures":0,"calls":0,"cost":0,"seconds":0}]}""")]
    [InlineData("""{"models":[{"name":"a","successes":1e999,"failures":0,"calls":0,"cost":0,"seconds":0}]}""")]
    [InlineData("""{"models":[{"name":"a","successes":1,"failures":0,"calls":0,"cost":0,"seconds":0},{"name":"a","successes":1,"failures":0,"calls":0,"cost":0,"seconds":0}]}""")]
    public void What_is_not_what_was_learned_is_refused(string json) => Assert.Throws<FormatException>(() => LearnedModels.Parse(json));

    [Fact]
    public async Task Streams_are_learned_from_too_when_they_are_read_to_the_end()
    {
        var models = Models(0.5);
        models["m0"].Time = TimeSpan.FromSeconds(2);
        using var selector = Selector(models, new() { TimeProvider = _clock });
        var updates = new List<ChatResponseUpdate>();
        await foreach (var update in selector.GetStreamingResponseAsync("?", cancellationToken: Ct))
        {
            updates.Add(update);
        }

        var response = updates.ToChatResponse();
        Assert.Equal("m0", LearningModelSelector.ChosenFor(response));
        selector.Learn(response, 0.75);
        var learned = Assert.Single(selector.Learned.Models);
        Assert.Equal((0.75, 0.25, 1.0, 2.0), (learned.Successes, learned.Failures, learned.Calls, learned.Seconds));

        await foreach (var update in selector.GetStreamingResponseAsync("?", cancellationToken: Ct))
        {
            break;
        }

        Assert.Equal(1, Assert.Single(selector.Learned.Models).Calls);
        models["m0"].Error = new IOException();
        await Assert.ThrowsAsync<IOException>(async () => await selector.GetStreamingResponseAsync("?", cancellationToken: Ct).ToChatResponseAsync(Ct));
        Assert.True(Assert.Single(selector.Learned.Models).Failures > 1);
    }

    [Fact]
    public async Task A_reply_is_judged_once_and_only_by_whom_it_came_from()
    {
        var models = Models(0.5);
        var selector = Selector(models, new());
        var response = await selector.GetResponseAsync("?", cancellationToken: Ct);
        Assert.Throws<ArgumentOutOfRangeException>(() => selector.Learn(response, 1.5));
        selector.Learn(response, 1);
        Assert.Throws<ArgumentException>(() => selector.Learn(response, 1));
        Assert.Throws<ArgumentException>(() => selector.Learn(new ChatResponse(), 1));
        Assert.Throws<ArgumentException>(() => new LearningModelSelector(new Dictionary<string, ModelCandidate>()));
        Assert.Throws<ArgumentException>(() => new LearningModelSelector(new Dictionary<string, ModelCandidate> { ["a"] = new(models["m0"], s_cheap, 2) }));
        Assert.Same(selector, selector.GetService(typeof(LearningModelSelector)));
        selector.Dispose();
        Assert.True(models["m0"].IsDisposed);
    }

    [Fact]
    public async Task Many_ask_at_once_and_nothing_that_was_learned_is_lost()
    {
        var models = Models(0.5, 0.5, 0.5);
        using var selector = Selector(models, new() { Discount = 1 });
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(
            async () =>
            {
                for (var i = 0; i < 200; i++)
                {
                    selector.Learn(await selector.GetResponseAsync("?", cancellationToken: Ct), 0.25);
                }
            },
            Ct)));
        var learned = selector.Learned.Models;
        Assert.Equal((1600.0, 400.0, 1200.0), (learned.Sum(static m => m.Calls), learned.Sum(static m => m.Successes), learned.Sum(static m => m.Failures)));
    }

    [Fact]
    public async Task What_is_believed_at_the_beginning_decides_at_the_beginning()
    {
        var (good, bad) = (new SimulatedModel("good", _clock), new SimulatedModel("bad", _clock));
        using var selector = new LearningModelSelector(
            new Dictionary<string, ModelCandidate> { ["bad"] = new(bad, s_cheap, 0.1), ["good"] = new(good, s_cheap, 0.9) },
            new() { Random = new(1), PriorStrength = 50 });
        for (var i = 0; i < 50; i++)
        {
            await selector.GetResponseAsync("?", cancellationToken: Ct);
        }

        Assert.Equal(50, good.Calls);
    }

    private Dictionary<string, SimulatedModel> Models(params double[] qualities) =>
        qualities.Select((quality, i) => (Name: $"m{i}", Model: new SimulatedModel($"m{i}", _clock) { Quality = quality })).ToDictionary(static pair => pair.Name, static pair => pair.Model);

    private static LearningModelSelector Selector(Dictionary<string, SimulatedModel> models, LearningSelectorOptions options, LearnedModels? learned = null) =>
        new(models.ToDictionary(static pair => pair.Key, static pair => new ModelCandidate(pair.Value, s_cheap, 0.5)), options, learned);

    /// <summary>What is lost with each call where all models are asked alike.</summary>
    private static double ByChance(Dictionary<string, SimulatedModel> models) => models.Values.Max(static model => model.Quality) - models.Values.Average(static model => model.Quality);

    /// <summary>Asks so often, judges by chance, and tells what each call has lost on average against the best model.</summary>
    private static async Task<double> LossAsync(LearningModelSelector selector, Dictionary<string, SimulatedModel> models, int seed, int calls)
    {
        var random = new Random(seed * 31);
        var best = models.Values.Max(static model => model.Quality);
        var loss = 0.0;
        for (var i = 0; i < calls; i++)
        {
            var response = await selector.GetResponseAsync("?", cancellationToken: Ct);
            var quality = models[response.Text].Quality;
            loss += best - quality;
            selector.Learn(response, random.NextDouble() < quality ? 1 : 0);
        }

        return loss / calls;
    }
}
