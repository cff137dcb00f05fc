using AgentFlow.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace AgentFlow.AI.Tests.Regressions;

/// <summary>
/// Tools took scoped services from the root provider. In an action they take them from the run's scope; elsewhere a call can open one,
/// which lives until its tool has ended, though nobody may
/// wait for it any more.
/// </summary>
public sealed class ToolsHadNoScopeTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public async Task A_call_can_open_one_that_outlives_the_wait_for_its_tool()
    {
        var made = new Made();
        await using var services = new ServiceCollection().AddSingleton(made).AddScoped<Scoped>().BuildServiceProvider(validateScopes: true);
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var tools = new ToolRegistry()
            .Add(AIFunctionFactory.Create(static (IServiceProvider services) => services.GetRequiredService<Scoped>().Number, "number"))
            .Add(AIFunctionFactory.Create(
                async (IServiceProvider services) =>
                {
                    var scoped = services.GetRequiredService<Scoped>();
                    started.SetResult();
                    await gate.Task;
                    return scoped.Number;
                },
                "slow"));
        var clock = new ManualTimeProvider();
        var invoker = new ToolInvoker(tools, new() { Timeout = TimeSpan.FromSeconds(10), TimeProvider = clock });
        var options = new ToolCallOptions { Services = services, ScopePerCall = true };
        for (var i = 1; i <= 3; i++)
        {
            Assert.Null((await invoker.InvokeAsync(new("1", "number"), options, Ct)).Exception);
            Assert.Equal((i, i), (made.Count, made.Disposed));
        }

        var slow = invoker.InvokeAsync(new("2", "slow"), options, Ct).AsTask();
        await started.Task.WaitAsync(Patience, Ct);
        clock.Advance(TimeSpan.FromSeconds(11));
        Assert.IsType<TimeoutException>((await slow).Exception);
        Assert.Equal((4, 3), (made.Count, made.Disposed));
        gate.SetResult();
        await made.Fourth.WaitAsync(Patience, Ct);
    }

    [Fact(Timeout = 300_000)]
    public async Task In_an_action_it_is_the_runs()
    {
        var made = new Made();
        await using var services = new ServiceCollection().AddSingleton(made).AddScoped<Scoped>().BuildServiceProvider(validateScopes: true);
        for (var i = 1; i <= 3; i++)
        {
            Assert.True(await new CallsScopedTool().RunAsync(new RunOptions { Services = services }, Ct));
            Assert.Equal((i, i), (made.Count, made.Disposed));
        }
    }

    public sealed class Made
    {
        private readonly TaskCompletionSource _fourth = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _count;
        private int _disposed;

        public Task Fourth => _fourth.Task;

        public int Count => Volatile.Read(ref _count);

        public int Disposed => Volatile.Read(ref _disposed);

        public int Add() => Interlocked.Increment(ref _count);

        public void Remove()
        {
            if (Interlocked.Increment(ref _disposed) == 4)
            {
                _fourth.SetResult();
            }
        }
    }

    public sealed class Scoped(Made made) : IDisposable
    {
        public int Number { get; } = made.Add();

        public void Dispose() => made.Remove();
    }
}

[Agent]
public sealed partial class CallsScopedTool
{
    [Action]
    private static async Task<bool> Call([Service] ToolsHadNoScopeTests.Scoped scoped, ActionContext context, CancellationToken ct)
    {
        var tools = new ToolRegistry().Add(AIFunctionFactory.Create((IServiceProvider services) => ReferenceEquals(services.GetRequiredService<ToolsHadNoScopeTests.Scoped>(), scoped), "same"));
        var result = await new ToolInvoker(tools).InvokeAsync(new("1", "same"), new() { Services = context.Services, ActionContext = context }, ct);
        return result.Result is System.Text.Json.JsonElement { ValueKind: System.Text.Json.JsonValueKind.True };
    }
}
