using AgentFlow.Testing;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI.Tests.Models;

public class PricingTests
{
    [Fact]
    public void A_price_counts_input_cached_input_and_output()
    {
        var price = new ModelPrice(input: 2, output: 8, cachedInput: 0.5);
        Assert.Equal(((600 * 2) + (400 * 0.5) + (100 * 8)) / 1e6, price.Cost(new() { InputTokenCount = 1000, CachedInputTokenCount = 400, OutputTokenCount = 100 }), 12);
        Assert.Equal(8, price.Cost(new() { TotalTokenCount = 1_000_000 }), 12);
        Assert.Equal(0, ModelPrice.Free.Cost(new() { InputTokenCount = 5 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ModelPrice(-1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ModelPrice(0, double.NaN));
    }

    [Theory]
    [InlineData("model-x", 1.0)]
    [InlineData("MODEL-X-2026-01-31", 1.0)]
    [InlineData("model-x@001", 1.0)]
    [InlineData("model-x-2025-12-01", 2.0)]
    [InlineData("model-x-20260131", 1.0)]
    [InlineData("model-x-mini", null)]
    [InlineData("model-x-5", null)]
    [InlineData("model-x-2025-12-01-2026-01-31", 2.0)]
    [InlineData("model", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void A_price_holds_for_dated_versions_and_for_no_other_model(string? id, double? input)
    {
        var table = new PriceTable(new Dictionary<string, ModelPrice> { ["model-x"] = new(1, 0), ["model-x-2025-12-01"] = new(2, 0) });
        Assert.Equal(input, table.TryGetPrice(id, out var price) ? price.Input : null);
    }

    [Fact]
    public async Task The_cheapest_that_is_good_enough_is_chosen_until_the_budget_only_pays_for_lesser_ones()
    {
        // A call is expected to cost 0.01, 0.04 and 0.1, and does: 1,000 tokens of output each.
        using var selector = Selector(0.17, out var budget, out var small, out var middle, out var large);
        for (var i = 0; i < 5; i++)
        {
            await Given.SendAsync(selector, i % 2 == 0, Given.Ask(""), new());
        }

        Assert.Equal((1, 4, 0), (small.Requests.Count, middle.Requests.Count, large.Requests.Count));
        Assert.Equal(0.17, budget.Spent, 9);
    }

    [Fact]
    public async Task A_request_may_ask_for_better_and_gets_the_best_that_can_be_paid()
    {
        using var selector = Selector(0.15, out var budget, out var small, out var middle, out var large);
        await selector.GetResponseAsync("", new ChatOptions().RequireQuality(0.9), Given.Token);
        await selector.GetResponseAsync("", new ChatOptions().RequireQuality(0.9), Given.Token);
        await selector.GetResponseAsync("", new ChatOptions().RequireQuality(0.9), Given.Token);
        Assert.Equal([1, 1, 1], [large.Requests.Count, middle.Requests.Count, small.Requests.Count]);
        var error = await Assert.ThrowsAsync<ModelBudgetException>(() => selector.GetResponseAsync("", null, Given.Token));
        Assert.Equal((0.0, 0.01), (Math.Round(error.Remaining, 9), Math.Round(error.Cheapest, 9)));
        Assert.Equal(0.15, budget.Spent, 9);
    }

    [Fact]
    public async Task Parallel_calls_do_not_spend_the_same_money()
    {
        var gate = new TaskCompletionSource();
        using var model = new ScriptedChatClient(_ => ScriptedReply.FromString("x").WithUsage(0, 1000) with { Gate = gate.Task });
        var budget = new ModelBudget(0.035);
        using var selector = new ModelSelector([new(model, new(0, 10), 1)], budget);
        var calls = Enumerable.Range(0, 10).Select(_ => selector.GetResponseAsync("", null, Given.Token)).ToArray();
        Assert.Equal(7, calls.Count(static c => c.IsFaulted));
        Assert.Equal(0.005, budget.Remaining, 9);
        gate.SetResult();
        await Task.WhenAll(calls.Where(static c => !c.IsFaulted));
        Assert.Equal((0.03, 0.005), (Math.Round(budget.Spent, 9), Math.Round(budget.Remaining, 9)));
    }

    [Fact]
    public async Task A_call_that_fails_gives_its_money_back()
    {
        using var model = new ScriptedChatClient(ScriptedReply.Fail(ScriptedFault.Status(500)));
        var budget = new ModelBudget(1);
        using var selector = new ModelSelector([new(model, new(0, 10), 1)], budget);
        await Assert.ThrowsAsync<ModelException>(() => selector.GetResponseAsync("", null, Given.Token));
        Assert.Equal((0, 1), (budget.Spent, budget.Remaining));
    }

    private static ModelSelector Selector(double limit, out ModelBudget budget, out ScriptedChatClient small, out ScriptedChatClient middle, out ScriptedChatClient large)
    {
        small = new(static _ => ScriptedReply.FromString("s").WithUsage(0, 1000));
        middle = new(static _ => ScriptedReply.FromString("m").WithUsage(0, 1000));
        large = new(static _ => ScriptedReply.FromString("l").WithUsage(0, 1000));
        budget = new(limit);
        return new([new(large, new(0, 100), 0.95), new(small, new(0, 10), 0.5), new(middle, new(0, 40), 0.8)], budget, new() { MinQuality = 0.7 });
    }
}
