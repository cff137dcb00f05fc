using AgentFlow.AI.Tests.Planning;
using AgentFlow.Tests;

namespace AgentFlow.AI.Tests.Reactive;

/// <summary>What the page about agents that react shows is in this file, where it is compiled and run.</summary>
public class ReactiveGuideTests
{
    private static readonly List<EventOutcome> s_told = [];

    [Fact]
    public void Every_line_of_the_page_is_compiled() => GuidePage.IsCompiledHere("reactive.md", 10);

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
#pragma warning restore xUnit1051

    private static ValueTask<string> RefundAsync(ReactiveRequest request, ActionContext context, CancellationToken ct) => throw new IOException("The bank is closed.");

    private static ValueTask<string> AnswerAsync(string text, CancellationToken ct) => new("Is it plugged in?");

    private static ValueTask TellAsync(EventOutcome outcome, CancellationToken ct)
    {
        s_told.Add(outcome);
        return default;
    }

    private sealed record CustomerMessage(string Customer, string Text);

    private sealed record TicketClosed(string Customer);
}
