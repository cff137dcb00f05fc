using System.Text.Json;
using AgentFlow.Testing;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI.Tests.Regressions;

/// <summary>
/// A plan that had replaced a failed one was kept, and run for the next request with inputs that were null; calls in a kept reply were
/// marked as done by their first reader.
/// </summary>
public sealed class WhatIsCachedStaysAsItWasMadeTests
{
    private const string Failing = """{"actions":[{"name":"search","parameters":{"query":"lamps"},"output_key":"hits"},{"name":"fail","parameters":{"x":"$hits"}}]}""";
    private const string OfHits = """{"actions":[{"name":"echo","parameters":{"text":"$hits"}}]}""";
    private const string Alone = """{"actions":[{"name":"echo","parameters":{"text":"nothing"}}]}""";

    private int _searches;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, InlineData(OfHits), InlineData(Alone)]
    public async Task A_plan_that_goes_on_from_a_failed_one_is_not_kept(string second)
    {
        var cache = new PlanCache();
        var planner = new ScriptedChatClient(request => request.Index % 2 == 0 ? Failing : second);
        var agent = new PlanAndExecuteAgent(planner, Catalog(), new() { Cache = cache });
        for (var run = 1; run <= 2; run++)
        {
            var result = await agent.RunAsync("What lamps are there?", Ct);
            Assert.True(result.Succeeded);
            Assert.Equal((2, second == OfHits ? """{"text":"found lamps"}""" : """{"text":"nothing"}"""), (result.Plans, result.Result?.GetRawText()));
            Assert.Equal(run, _searches);
        }

        Assert.False(cache.TryGet("What lamps are there?", out _));
    }

    [Fact]
    public async Task A_kept_plan_that_needs_inputs_is_made_anew()
    {
        var cache = new PlanCache();
        cache.Set("?", """{"inputs":["hits"],"actions":[{"name":"echo","parameters":{"text":"$hits"}}]}""");
        var planner = new ScriptedChatClient(Alone);
        var result = await new PlanAndExecuteAgent(planner, Catalog(), new() { Cache = cache }).RunAsync("?", Ct);
        Assert.Equal("""{"text":"nothing"}""", result.Result?.GetRawText());
        Assert.Single(planner.Requests);
        Assert.True(cache.TryGet("?", out var kept));
        Assert.Equal(Alone, kept);
    }

    [Fact]
    public async Task A_plan_whose_inputs_nothing_gives_goes_back_to_the_planner()
    {
        var planner = new ScriptedChatClient("""{"inputs":["hits"],"actions":[{"name":"echo","parameters":{"text":"$hits"}}]}""", Alone);
        var result = await new PlanAndExecuteAgent(planner, Catalog()).RunAsync("?", Ct);
        Assert.Equal((true, """{"text":"nothing"}"""), (result.Succeeded, result.Result?.GetRawText()));
        Assert.Contains("Nothing gives the input 'hits'", planner.Requests[1].Text, StringComparison.Ordinal);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_kept_reply_is_not_changed_by_its_readers(bool streamed)
    {
        using var model = new ScriptedChatClient(ScriptedReply.Call("pay", """{"amount":1}"""));
        using var client = model.WithCache();
        for (var run = 0; run < 3; run++)
        {
            List<AIContent> contents = [];
            if (streamed)
            {
                await foreach (var update in client.GetStreamingResponseAsync("?", null, Ct))
                {
                    foreach (var content in update.Contents)
                    {
                        contents.Add(content);
                        Change(content);
                    }
                }
            }
            else
            {
                contents = [.. (await client.GetResponseAsync("?", null, Ct)).Messages.SelectMany(static message => message.Contents)];
                contents.ForEach(Change);
            }

            Assert.Single(contents.OfType<FunctionCallContent>());
        }

        Assert.Single(model.Requests);

        void Change(AIContent content)
        {
            if (content is FunctionCallContent call)
            {
                Assert.False(call.InformationalOnly);
                Assert.Equal("1", call.Arguments!["amount"]?.ToString());
                call.InformationalOnly = true;
                call.Arguments["amount"] = 2;
            }
        }
    }

    [Fact]
    public async Task Calls_in_a_kept_reply_are_made_each_time_under_a_layer_that_makes_them()
    {
        var paid = 0;
        using var model = new ScriptedChatClient(static request => request.Messages[^1].Role == ChatRole.Tool ? "Paid." : ScriptedReply.Call("pay", """{"amount":1}"""));
        using var client = model.WithCache().AsBuilder().UseFunctionInvocation().Build();
        for (var run = 1; run <= 3; run++)
        {
            var options = new ChatOptions { Tools = [AIFunctionFactory.Create((int amount) => paid += amount, "pay")] };
            Assert.EndsWith("Paid.", (await client.GetResponseAsync("Pay.", options, Ct)).Text, StringComparison.Ordinal);
            Assert.Equal(run, paid);
        }
    }

    private PlanCatalog Catalog() => new PlanCatalog()
        .AddTool("search", (arguments, _, _) =>
        {
            _searches++;
            return new(JsonElement.Parse($"\"found {arguments.GetProperty("query").GetString()}\""));
        })
        .AddTool("echo", static (arguments, _, _) => new(arguments))
        .AddTool("fail", static (_, _, _) => throw new InvalidOperationException("the lamp is broken"));
}
