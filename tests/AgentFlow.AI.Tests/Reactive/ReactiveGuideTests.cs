using System.Text.Json.Serialization;
using AgentFlow.AI.Tests.Planning;
using AgentFlow.Testing;
using AgentFlow.Tests;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI.Tests.Reactive;

/// <summary>What the page about agents that react shows is in this file, where it is compiled and run.</summary>
public partial class ReactiveGuideTests
{
    private static readonly List<EventOutcome> s_told = [];

    private static readonly ScriptedChatClient Model = new("Thank you.");

    [Fact]
    public void Every_line_of_the_page_is_compiled() => GuidePage.IsCompiledHere("reactive.md", 30);

#pragma warning disable xUnit1051 // The page shows what most callers write.
    [Fact]
    public async Task Requests_are_answered()
    {
        var agent = new ReactiveAgent(new()
        {
            Handlers =
            [
                new("hours", (request, context, ct) => new("We open at nine.")) { Keywords = ["opening hours", "do you open"], IsCacheable = true },
                new("refund", RefundAsync) { Keywords = ["refund", "money back"] },
            ],
            Default = (request, context, ct) => new($"Do you mean {string.Join(" or ", request.Classification.Candidates)}?"),
            Fallback = (request, error, context, ct) => new("That does not work at the moment. A person will call you."),
        });
        ReactiveReply reply = await agent.RunAsync("When do you open?");
        Assert.Equal("We open at nine.", reply.Text);
        Assert.Equal("Do you mean hours or refund?", (await agent.RunAsync("Do you open refunds?")).Text);
        Assert.Equal(ReactiveOutcome.Fallback, (await agent.RunAsync("My money back!")).Outcome);
    }

    [Fact]
    public async Task Events_are_handled()
    {
        await using var support = new EventDrivenAgent(new() { Lanes = 8, Capacity = 100, HandlerTimeout = TimeSpan.FromSeconds(30), Emit = TellAsync })
            .On<CustomerMessage>(async (e, context, ct) => await AnswerAsync(e.Text, ct), key: e => e.Customer)
            .On<TicketClosed>((e, context, ct) =>
            {
                context.TryPublish(new CustomerMessage(e.Customer, "How did we do?"));
                return default;
            })
            .Start();
        await support.PublishAsync(new CustomerMessage("c-7", "It does not start."));
        await support.StopAsync();
        Assert.Equal("Is it plugged in?", Assert.Single(s_told).Response);
    }

    [Fact(Timeout = 300_000)]
    public async Task Events_are_kept()
    {
        var folder = Directory.CreateTempSubdirectory("agentflow-events-").FullName;
        var outcomes = new List<DurableEventOutcome>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        await using var store = new SqliteSessionStore(Path.Combine(folder, "agents.db"));
        await using var runtime = new AgentRuntime(store);
        await using var orders = new DurableEventAgent(runtime, "orders", new() { Lanes = 8 })
            .On("placed", OrderJson.Default.OrderPlaced, OrderJson.Default.String, GreetAsync, key: e => e.Customer, new() { Attempts = 3, Timeout = TimeSpan.FromMinutes(2) })
            .On("paid", OrderJson.Default.OrderPaid, ShipAsync, key: e => e.Customer, new() { IsAtMostOnce = true });
        await orders.StartAsync();
        await orders.PublishAsync(new OrderPlaced("c-7", "lamp"), id: "mail-17");
        try
        {
            await foreach (DurableEventOutcome outcome in orders.ReadOutcomesAsync(stop.Token))
            {
                Console.WriteLine($"{outcome.Type} {outcome.Id}: {outcome.Status} {outcome.Response} {outcome.Error?.Message}");
                outcomes.Add(outcome);
                if (outcomes.Count == 2)
                {
                    await stop.CancelAsync();
                }
            }
        }
        catch (OperationCanceledException) when (outcomes.Count == 2)
        {
        }

        Assert.Equal(["placed Handled Thank you.", "paid Handled "], outcomes.Select(static outcome => $"{outcome.Type} {outcome.Status} {outcome.Response}"));
    }

    static async ValueTask<string> GreetAsync(OrderPlaced e, DurableEventContext context, CancellationToken ct)
    {
        var answer = await context.Action.AskAsync(Model, [new(ChatRole.User, $"Thank {e.Customer} for ordering a {e.What}.")], cancellationToken: ct);
        await context.PublishAsync(new OrderPaid(e.Customer), cancellationToken: ct);
        return answer.Text;
    }
#pragma warning restore xUnit1051

    private static ValueTask ShipAsync(OrderPaid e, DurableEventContext context, CancellationToken ct) => default;

    private static ValueTask<string> RefundAsync(ReactiveRequest request, ActionContext context, CancellationToken ct) => throw new IOException("The bank is closed.");

    private static ValueTask<string> AnswerAsync(string text, CancellationToken ct) => new("Is it plugged in?");

    private static ValueTask TellAsync(EventOutcome outcome, CancellationToken ct)
    {
        s_told.Add(outcome);
        return default;
    }

    internal sealed record OrderPlaced(string Customer, string What);

    internal sealed record OrderPaid(string Customer);

    [JsonSerializable(typeof(OrderPlaced))]
    [JsonSerializable(typeof(OrderPaid))]
    [JsonSerializable(typeof(string))]
    internal sealed partial class OrderJson : JsonSerializerContext;

    private sealed record CustomerMessage(string Customer, string Text);

    private sealed record TicketClosed(string Customer);
}
