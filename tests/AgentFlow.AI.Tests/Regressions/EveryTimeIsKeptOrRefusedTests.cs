using System.Net;
using System.Text.Json.Serialization;
using AgentFlow.AI.Tests.Patterns;
using AgentFlow.Testing;
using AgentFlow.Tests;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI.Tests.Regressions;

/// <summary>Times that cannot be kept were taken where they were written, and threw when they were needed; some were refused although nothing keeps anybody from waiting for them.</summary>
public sealed partial class EveryTimeIsKeptOrRefusedTests
{
    private static readonly Dictionary<string, Func<TimeSpan, Func<Task>>?> s_times = new()
    {
        // Read, not written: the state of a goal, and what a recovery has done.
        ["GoalSnapshot.Duration"] = null,
        ["RecoveryFailure.Delay"] = null,
        ["RecoveryFailure.new(Delay)"] = null,

        ["ArchitectureRequirements.ResponseTime"] = static time => Kept(new ArchitectureRequirements { ResponseTime = time }),
        ["DurableEventHandlerOptions.RetryDelay"] = static time => Handled(new() { RetryDelay = time, Attempts = 2 }),
        ["DurableEventHandlerOptions.Timeout"] = static time => time == TimeSpan.FromTicks(1) ? Kept(new DurableEventHandlerOptions { Timeout = time }) : Handled(new() { Timeout = time }),
        ["EventDrivenOptions.HandlerTimeout"] = static time =>
        {
            var options = new EventDrivenOptions { HandlerTimeout = time };
            return async () =>
            {
                var handled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                await using var agent = new EventDrivenAgent(options);
                agent.On<string>((_, _, _) =>
                {
                    handled.SetResult();
                    return ValueTask.FromResult<object?>(null);
                });
                agent.Start();
                await agent.PublishAsync("event", Ct);
                await handled.Task;
            };
        },
        ["Goal.Duration"] = static time =>
        {
            var goals = new[] { new Goal("a") { Duration = time, Deadline = DateTimeOffset.MaxValue }, new Goal("b") { Duration = time, NotBefore = DateTimeOffset.UnixEpoch } };
            return () => Task.FromResult(new GoalStack(new Dictionary<string, int> { ["oven"] = 1 }).Push(goals));
        },
        ["LearningSelectorOptions.TimeOfQuality"] = static time => Kept(new LearningSelectorOptions { TimeOfQuality = time }),
        ["LongTermMemoryOptions.HalfLife"] = static time =>
        {
            var memory = new LongTermMemory(new InMemoryMemoryStore(), new() { HalfLife = time });
            return async () =>
            {
                await memory.RememberAsync(new("s", "The sea is salt."), Ct);
                await memory.RecallAsync("s", "sea", cancellationToken: Ct);
                await memory.PruneAsync("s", Ct);
            };
        },
        ["ModelCircuitBreakerOptions.BreakDuration"] = static time => Asked(new() { CircuitBreaker = new() { BreakDuration = time } }),
        ["ModelCircuitBreakerOptions.SamplingDuration"] = static time => Asked(new() { CircuitBreaker = new() { SamplingDuration = time } }),
        ["ModelException.new(retryAfter)"] = static time =>
        {
            var error = new ModelException("busy", HttpStatusCode.TooManyRequests, time);
            return async () =>
            {
                Assert.Equal(time > TimeSpan.Zero ? time : TimeSpan.Zero, TransientErrors.RetryAfterOf(error));
                var attempts = 0;
                var work = Recovery.RunAsync(1, (_, _) => ++attempts == 1 ? throw error : new ValueTask<int>(2), new() { Delay = TimeSpan.Zero }, Ct).AsTask();
                if (time > TimeSpan.FromSeconds(30))
                {
                    await Assert.ThrowsAsync<RecoveryException>(() => work);
                    return;
                }

                Assert.Equal(2, await work);
            };
        },
        ["ModelResilienceOptions.AttemptTimeout"] = static time => time == TimeSpan.FromTicks(1) ? Kept(new ModelResilienceOptions { AttemptTimeout = time }) : Asked(new() { AttemptTimeout = time }),
        ["ModelResilienceOptions.Delay"] = static time => Asked(new() { Delay = time, MaxDelay = TimeSpan.Zero }, fails: true),
        ["ModelResilienceOptions.MaxDelay"] = static time => Asked(new() { Delay = TimeSpan.Zero, MaxDelay = time }, fails: true),
        ["ModelResilienceOptions.MaxRetryAfter"] = static time => Asked(new() { Delay = TimeSpan.Zero, MaxRetryAfter = time }, fails: true),
        ["OpenAIModelOptions.Timeout"] = static time =>
        {
            var options = new OpenAIModelOptions { Model = "m", Timeout = time };
            return async () =>
            {
                if (time == TimeSpan.FromTicks(1))
                {
                    return; // Nothing answers as fast.
                }

                await using var endpoint = new Endpoint(static _ => (HttpStatusCode.OK, Endpoint.Answer("yes"), "application/json", null));
                using var client = new OpenAIChatClient(new() { Model = options.Model, Timeout = options.Timeout, Endpoint = endpoint.Address });
                Assert.Equal("yes", (await client.GetResponseAsync("?", cancellationToken: Ct)).Text);
            };
        },
        ["PatternOptions.MaxDuration"] = static time =>
        {
            var options = new ReActOptions { MaxDuration = time };
            return () => time == TimeSpan.FromTicks(1) ? Task.CompletedTask : Approved(options);
        },
        ["PlanningLimits.Timeout"] = static time => Kept(new PlanningLimits { Timeout = time }),
        ["ReactiveOptions.Timeout"] = static time =>
        {
            var agent = new ReactiveAgent(new() { Handlers = [new("hours", static (_, _, _) => new("at nine")) { Keywords = ["open"] }], Default = static (_, _, _) => new("what?"), Timeout = time });
            return async () => Assert.True(time == TimeSpan.FromTicks(1) || (await agent.RunAsync("open", Ct)).Text == "at nine");
        },
        ["RecoveryOptions.Delay"] = static time => Recovered(new() { Delay = time, MaxDelay = TimeSpan.Zero }),
        ["RecoveryOptions.MaxDelay"] = static time => Recovered(new() { Delay = TimeSpan.Zero, MaxDelay = time }),
        ["ResponseCacheOptions.TimeToLive"] = static time =>
        {
            var model = new ScriptedChatClient("first", "second").WithCache(new() { TimeToLive = time, TimeProvider = new ManualTimeProvider() });
            return async () =>
            {
                await model.GetResponseAsync("?", cancellationToken: Ct);
                Assert.Equal("first", (await model.GetResponseAsync("?", cancellationToken: Ct)).Text);
            };
        },
        ["ToolInvokerOptions.Timeout"] = static time =>
        {
            var invoker = new ToolInvoker(new ToolRegistry().AddRange([AIFunctionFactory.Create(static () => "done", "work")]), new() { Timeout = time });
            return async () => Assert.True(time == TimeSpan.FromTicks(1) || (await invoker.InvokeAsync(new FunctionCallContent("1", "work", new Dictionary<string, object?>()), cancellationToken: Ct)).Exception is null);
        },
    };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Times => [.. s_times.Where(static t => t.Value is not null).Select(static t => t.Key)];

    [Fact]
    public void None_is_forgotten() => Assert.Equal(s_times.Keys.Order(), PublicTimes.Of(typeof(ModelException).Assembly).Distinct().Order());

    [Theory(Timeout = 300_000), MemberData(nameof(Times))]
    public async Task It_is_kept_or_refused(string place)
    {
        foreach (var time in PublicTimes.Odd)
        {
            await PublicTimes.CheckAsync(time, s_times[place]!);
        }
    }

    [Theory(Timeout = 300_000), InlineData("1000000000"), InlineData("1e300")]
    public async Task An_endpoint_that_asks_for_decades_is_left_alone(string seconds)
    {
        await using var endpoint = new Endpoint(static _ => (HttpStatusCode.TooManyRequests, "{}", "application/json", null)) { Header = $"Retry-After: {seconds}" };
        using var client = new OpenAIChatClient(new() { Model = "m", Endpoint = endpoint.Address });
        using var patient = client.WithResilience(new() { MaxRetryAfter = TimeSpan.FromDays(1), TimeProvider = new ManualTimeProvider() });
        var error = await Assert.ThrowsAsync<ModelException>(() => patient.GetResponseAsync("?", cancellationToken: Ct));
        Assert.True(error.RetryAfter >= TimeSpan.FromSeconds(1e9), $"{error.RetryAfter}");
        Assert.Equal(1, endpoint.Count);
    }

    private static Func<Task> Kept(object options) => () => Task.FromResult(options);

    private static Func<Task> Asked(ModelResilienceOptions options, bool fails = false)
    {
        var client = (fails ? new ScriptedChatClient(ScriptedReply.Fail(ScriptedFault.Status(503)), "yes") : new ScriptedChatClient("yes")).WithResilience(options);
        return async () => Assert.Equal("yes", (await client.GetResponseAsync("?", cancellationToken: Ct)).Text);
    }

    private static Func<Task> Recovered(RecoveryOptions<int, int> options) => async () =>
    {
        var attempts = 0;
        Assert.Equal(2, await Recovery.RunAsync(1, (_, _) => ++attempts == 1 ? throw new TimeoutException() : new ValueTask<int>(2), options, Ct));
    };

    private static Func<Task> Handled(DurableEventHandlerOptions options) => async () =>
    {
        var handled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var agent = new DurableEventAgent(runtime, "orders").On("told", TimesJson.Default.Told, (_, _, _) =>
        {
            handled.SetResult();
            return ValueTask.CompletedTask;
        }, options: options);
        await using (agent)
        {
            await agent.StartAsync(Ct);
            await agent.PublishAsync(new Told(1), "1", Ct);
            await handled.Task;
        }
    };

    private static async Task Approved(ReActOptions options)
    {
        var clock = new ManualTimeProvider();
        await using var store = new MemorySessionStore(clock);
        await using var runtime = new AgentRuntime(store, new() { Lease = TimeSpan.FromDays(1), Run = new() { TimeProvider = clock } });
        var desk = new Desk();
        using var model = new ScriptedChatClient(ScriptedReply.Call("Refund", """{"order":7,"amount":80}"""), "Done.");
        var session = await runtime.StartAsync(new ReActAgent(model, new ToolRegistry().AddRange(desk.Tools), options), "Refund it.", cancellationToken: Ct);
        Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
        clock.Advance(TimeSpan.FromHours(5));
        await session.ApproveAsync([.. (await session.GetRequestsAsync(Ct)).Select(static request => request.Grant())], cancellationToken: Ct);
        Assert.Equal("Done.", (await session.Result).Text);
    }

    internal sealed record Told(int Id);

    [JsonSerializable(typeof(Told))]
    internal sealed partial class TimesJson : JsonSerializerContext;
}
