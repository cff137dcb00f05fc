using AgentFlow.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace AgentFlow.AI.Tests.Models;

/// <summary>Calls of models from actions, over real HTTP.</summary>
public class AskTests
{
    private static readonly PriceTable Prices = new(new Dictionary<string, ModelPrice> { ["test-model"] = new(input: 1000, output: 100_000) });

    [Fact]
    public async Task Observed_the_reply_is_streamed_as_events_otherwise_it_is_a_plain_call_and_both_give_the_same()
    {
        await using var server = ChatServer.Start(static _ => ScriptedReply.Streamed("one ", "two ", "three").WithUsage(5, 3));
        var options = Options(Given.Client(server));
        var plain = await new Asker().RunAsync("?", options, Given.Token);
        var tokens = new List<string>();
        await foreach (var e in new Asker().StreamAsync("?", options, Given.Token))
        {
            if (e.Kind == AgentEventKind.LlmToken)
            {
                tokens.Add(e.Message!);
            }
        }

        Assert.Equal("one two three", plain);
        Assert.Equal(["one ", "two ", "three"], tokens);
        Assert.Equal([false, true], server.Chats.Select(static c => c.IsStreaming));
    }

    [Theory, InlineData(60, 40, true), InlineData(60, 41, false)]
    public async Task Tokens_over_the_budget_stop_the_run(long input, long output, bool isWithin)
    {
        await using var server = ChatServer.Start(ScriptedReply.FromString("x").WithUsage(input, output));
        var options = Options(Given.Client(server));
        if (isWithin)
        {
            Assert.Equal("x", await new Asker().RunAsync("?", options, Given.Token));
        }
        else
        {
            var error = await Assert.ThrowsAsync<BudgetExceededException>(async () => await new Asker().RunAsync("?", options, Given.Token));
            Assert.Equal(("Tokens", 101), (error.Resource, error.Spent));
        }
    }

    [Fact]
    public async Task Cost_over_the_budget_stops_the_run_by_the_prices_of_the_model()
    {
        await using var server = ChatServer.Start(ScriptedReply.FromString("x").WithUsage(10, 10) with { ModelId = "test-model-2026-01-31" });
        var options = Options(Given.Client(server).WithPrices(Prices));
        var error = await Assert.ThrowsAsync<BudgetExceededException>(async () => await new Asker().RunAsync("?", options, Given.Token));
        Assert.Equal("Cost", error.Resource);
        Assert.Equal(1.01, error.Spent, 9);
    }

    [Fact]
    public async Task A_model_without_a_price_among_prices_is_an_error_and_never_free()
    {
        await using var server = ChatServer.Start(ScriptedReply.FromString("x").WithUsage(1, 1));
        var options = Options(Given.Client(server).WithPrices(new PriceTable([])));
        var error = await Assert.ThrowsAsync<ActionFailedException>(async () => await new Asker().RunAsync("?", options, Given.Token));
        Assert.Contains("no price for the model 'test-model'", error.InnerException!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_tells_no_usage_is_counted_by_an_estimate()
    {
        var options = Options(new ScriptedChatClient(new string('x', 404)));
        var error = await Assert.ThrowsAsync<BudgetExceededException>(async () => await new Asker().RunAsync("", options, Given.Token));
        Assert.Equal(101, error.Spent);
    }

    [Fact]
    public async Task Models_are_registered_by_role()
    {
        await using var server = ChatServer.Start(ScriptedReply.FromString("from the planner").WithUsage(1, 1));
        var services = new ServiceCollection();
        services.AddOpenAIModel(ModelRoles.Planner, new() { Model = "test-model", Endpoint = server.Endpoint });
        services.AddModel(ModelRoles.Critic, static _ => new ScriptedChatClient("never"));
        await using var provider = services.BuildServiceProvider();
        Assert.Equal("from the planner", await new Asker().RunAsync("?", new RunOptions { Services = provider }, Given.Token));
        Assert.IsType<ScriptedChatClient>(provider.GetRequiredKeyedService<IChatClient>(ModelRoles.Critic));
    }

    [Fact]
    public async Task A_typed_answer_is_asked_for_from_an_action()
    {
        await using var server = ChatServer.Start("""{"place":"Rome","days":3,"season":"Winter","note":null,"stops":[]}""");
        var services = new ServiceCollection().AddSingleton<IChatClient>(Given.Client(server));
        await using var provider = services.BuildServiceProvider();
        var trip = await new TypedAsker().RunAsync("?", new RunOptions { Services = provider }, Given.Token);
        Assert.Equal(("Rome", 3, Season.Winter), (trip.Place, trip.Days, trip.Season));
    }

    private static RunOptions Options(IChatClient model) =>
        new() { Services = new ServiceCollection().AddModel(ModelRoles.Planner, _ => model).BuildServiceProvider() };
}
