using AgentFlow.Testing;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI.Tests.Regressions;

/// <summary>Time-outs beyond the 49.7 days that timers of .NET take were accepted, and then every call threw.</summary>
public sealed class TimesLongerThanTimersTakeTests
{
    private static readonly TimeSpan s_long = TimeSpan.FromDays(60);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private readonly ManualTimeProvider _clock = new();

    [Theory(Timeout = 300_000), InlineData(false), InlineData(true)]
    public async Task A_tool_is_given_all_of_its_time(bool ends)
    {
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var tool = AIFunctionFactory.Create(async () => { began.SetResult(); await end.Task; return "done"; }, "work");
        var invoker = new ToolInvoker(new ToolRegistry().AddRange([tool]), new() { Timeout = s_long, TimeProvider = _clock });
        var running = invoker.InvokeAsync(new FunctionCallContent("1", "work", new Dictionary<string, object?>()), cancellationToken: Ct).AsTask();
        await began.Task;
        Pass();
        Assert.False(running.IsCompleted);
        if (ends)
        {
            end.SetResult();
            Assert.Null((await running).Exception);
            return;
        }

        _clock.Advance(TimeSpan.FromDays(0.2));
        Assert.IsType<TimeoutException>((await running).Exception);
        end.SetResult();
    }

    [Fact(Timeout = 300_000)]
    public async Task A_model_is_given_all_of_its_time()
    {
        var never = new TaskCompletionSource();
        using var model = new ScriptedChatClient(ScriptedReply.FromString("late") with { Gate = never.Task }, "in time");
        using var client = model.WithResilience(new() { AttemptTimeout = s_long, Delay = TimeSpan.Zero, TimeProvider = _clock });
        var call = client.GetResponseAsync("?", cancellationToken: Ct);
        await model.WhenRequestedAsync(1, Ct);
        Pass();
        Assert.False(call.IsCompleted);
        _clock.Advance(TimeSpan.FromDays(0.2));
        Assert.Equal("in time", (await call).Text);
    }

    [Fact(Timeout = 300_000)]
    public async Task The_longest_time_there_is_is_no_error()
    {
        using var model = new ScriptedChatClient("now");
        using var client = model.WithResilience(new() { AttemptTimeout = TimeSpan.MaxValue, TimeProvider = _clock });
        Assert.Equal("now", (await client.GetResponseAsync("?", cancellationToken: Ct)).Text);
        var tool = AIFunctionFactory.Create(static () => "done", "work");
        var invoker = new ToolInvoker(new ToolRegistry().AddRange([tool]), new() { Timeout = TimeSpan.MaxValue });
        Assert.Null((await invoker.InvokeAsync(new FunctionCallContent("1", "work", new Dictionary<string, object?>()), cancellationToken: Ct)).Exception);
    }

    [Fact(Timeout = 300_000)]
    public async Task A_handler_of_events_is_given_all_of_its_time()
    {
        var outcome = new TaskCompletionSource<EventOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var agent = new EventDrivenAgent(new()
        {
            HandlerTimeout = s_long,
            TimeProvider = _clock,
            Emit = (ended, _) =>
            {
                outcome.TrySetResult(ended);
                return default;
            },
        });
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        agent.On<string>(async (_, _, token) =>
        {
            began.SetResult();
            await Task.Delay(Timeout.Infinite, token);
            return null;
        });
        agent.Start();
        await agent.PublishAsync("event", Ct);
        await began.Task;
        Pass();
        Assert.False(outcome.Task.IsCompleted);
        _clock.Advance(TimeSpan.FromDays(0.2));
        Assert.IsType<TimeoutException>((await outcome.Task).Error);
    }

    [Fact(Timeout = 300_000)]
    public async Task A_reply_is_kept_for_all_of_its_time()
    {
        using var model = new ScriptedChatClient("first", "second");
        using var client = model.WithCache(new() { TimeToLive = s_long, TimeProvider = _clock });
        Assert.Equal("first", (await client.GetResponseAsync("?", cancellationToken: Ct)).Text);
        Pass();
        Assert.Equal("first", (await client.GetResponseAsync("?", cancellationToken: Ct)).Text);
        _clock.Advance(TimeSpan.FromDays(0.2));
        Assert.Equal("second", (await client.GetResponseAsync("?", cancellationToken: Ct)).Text);
    }

    private void Pass()
    {
        _clock.Advance(TimeSpan.FromDays(49.9));
        _clock.Advance(TimeSpan.FromDays(10));
    }
}
