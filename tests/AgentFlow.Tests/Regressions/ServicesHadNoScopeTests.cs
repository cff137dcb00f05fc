using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;

namespace AgentFlow.Tests.Regressions;

/// <summary>
/// Scoped services were those of the root provider: one instance for all runs, disposed with the process. A run has a scope now, from its
/// first service until it has ended
/// or rests and nothing of it is under way.
/// </summary>
public sealed class ServicesHadNoScopeTests : IAsyncDisposable
{
    private readonly Ledger _ledger = new();
    private readonly ServiceProvider _services;

    public ServicesHadNoScopeTests() =>
        _services = new ServiceCollection().AddSingleton(_ledger).AddScoped<Unit>().BuildServiceProvider(validateScopes: true);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private RunOptions Options => new() { Services = _services };

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    [Theory(Timeout = 300_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_run_has_one_of_its_own_that_parallel_actions_share(bool isPending)
    {
        for (var i = 1; i <= 50; i++)
        {
            var (left, right) = await new SharesUnit().RunAsync(isPending, Options, Ct);
            Assert.Equal((i, i), (left, right));
            Assert.Equal(0, _ledger.Open);
        }

        Assert.Equal(50, _ledger.Opened);
    }

    [Fact(Timeout = 300_000)]
    public async Task Runs_at_once_share_nothing()
    {
        var runs = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => new SharesUnit().RunAsync(i % 2 == 0, Options, Ct).AsTask()));
        Assert.All(runs, static run => Assert.Equal(run.Item1, run.Item2));
        Assert.Equal(200, runs.Select(static run => run.Item1).Distinct().Count());
        Assert.Equal(0, _ledger.Open);
    }

    [Theory(Timeout = 300_000)]
    [InlineData(UnitEnd.Failure)]
    [InlineData(UnitEnd.PendingFailure)]
    [InlineData(UnitEnd.Cancellation)]
    [InlineData(UnitEnd.Timeout)]
    public async Task It_ends_with_a_run_that_does_not_complete(UnitEnd end)
    {
        using var source = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var clock = new ManualTimeProvider();
        var agent = new EndsUnit();
        var run = agent.RunAsync(end, new RunOptions { Services = _services, TimeProvider = clock }, source.Token).AsTask();
        switch (end)
        {
            case UnitEnd.Cancellation:
                await source.CancelAsync();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
                break;
            case UnitEnd.Timeout:
                clock.Advance(TimeSpan.FromMinutes(2));
                await Assert.ThrowsAsync<TimeoutException>(() => run);
                break;
            default:
                await Assert.ThrowsAsync<ActionFailedException>(() => run);
                break;
        }

        Assert.Equal((1, 0), (_ledger.Opened, _ledger.Open));
        Assert.Equal(["undone in unit 1"], _ledger.Notes);
    }

    [Theory(Timeout = 300_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_ends_with_a_stream(bool isAbandoned)
    {
        await foreach (var e in new SharesUnit().StreamAsync(true, Options, Ct))
        {
            if (e.Kind == AgentEventKind.AgentCompleted)
            {
                Assert.Equal(0, _ledger.Open);
            }

            if (isAbandoned && e.Kind == AgentEventKind.ActionCompleted)
            {
                break;
            }
        }

        Assert.Equal(0, _ledger.Open);
        Assert.InRange(_ledger.Opened, 1, 1);
    }

    [Fact(Timeout = 300_000)]
    public async Task A_loop_keeps_it_over_its_iterations()
    {
        Assert.Equal(3, await new LoopsUnit().RunAsync(Options, Ct));
        Assert.Equal((1, 0), (_ledger.Opened, _ledger.Open));
    }

    [Fact(Timeout = 300_000)]
    public async Task It_stays_for_what_is_let_go()
    {
        var agent = new ForgetsUnit();
        Assert.Equal(1, await agent.RunAsync(Options, Ct));
        Assert.Equal(1, _ledger.Open);
        agent.Gate.SetResult();
        await AgentBackground.DrainAsync(Ct).WaitAsync(Patience, Ct);
        Assert.Equal(["forgotten in unit 1"], _ledger.Notes);
        Assert.Equal((1, 0), (_ledger.Opened, _ledger.Open));
        Assert.Equal(2, await new SharesUnit().RunAsync(false, Options, Ct) is var (left, _) ? left : 0);
    }

    [Fact(Timeout = 300_000)]
    public async Task Children_have_their_own()
    {
        Assert.Equal((1, 2), await new ParentOfUnits().RunAsync(Options, Ct));
        Assert.Equal((2, 0), (_ledger.Opened, _ledger.Open));

        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store, new() { Run = Options });
        var session = await runtime.StartAsync(new ParentOfUnits(), default, cancellationToken: Ct);
        Assert.Equal((3, 4), await session.Result.WaitAsync(Patience, Ct));
        await session.WaitAsync(Ct);
        Assert.Equal((4, 0), (_ledger.Opened, _ledger.Open));
    }

    [Fact(Timeout = 300_000)]
    public async Task Tools_of_a_plan_share_the_plans()
    {
        var catalog = new PlanCatalog().AddTool("unit", static (_, context, _) => new(JsonSerializer.SerializeToElement(((Unit)context.Services!.GetService(typeof(Unit))!).Id)));
        var plan = Plan.Parse("""{ "actions": [ { "name": "a", "target": "unit" }, { "name": "b", "target": "unit", "depends_on": ["a"] } ] }""", catalog);
        for (var i = 1; i <= 3; i++)
        {
            Assert.Equal(i, (await new PlanAgent(plan).RunAsync(options: Options, cancellationToken: Ct)).GetInt32());
        }

        Assert.Equal((3, 0), (_ledger.Opened, _ledger.Open));
    }

    [Fact(Timeout = 300_000)]
    public async Task A_suspended_session_holds_none_and_a_resumed_one_has_another()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store, new() { Run = Options });
        var session = await runtime.StartAsync(new AsksWithUnit(), 0, cancellationToken: Ct);
        Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
        Assert.Equal((1, 0), (_ledger.Opened, _ledger.Open));
        await session.ApproveAsync(true, cancellationToken: Ct);
        Assert.Equal((1, 2), await session.Result.WaitAsync(Patience, Ct));
        Assert.Equal((2, 0), (_ledger.Opened, _ledger.Open));
    }

    [Theory(Timeout = 300_000)]
    [InlineData(UnitEnd.Failure)]
    [InlineData(UnitEnd.PendingFailure)]
    [InlineData(UnitEnd.Cancellation)]
    [InlineData(UnitEnd.Timeout)]
    public async Task It_ends_with_a_session_that_does_not_complete(UnitEnd end)
    {
        var clock = new ManualTimeProvider();
        await using var store = new MemorySessionStore(clock);
        await using var runtime = new AgentRuntime(store, new() { Run = new() { Services = _services, TimeProvider = clock }, Lease = TimeSpan.FromDays(1) });
        var agent = new EndsUnit();
        var session = await runtime.StartAsync(agent, end, cancellationToken: Ct);
        await agent.Started.Task.WaitAsync(Patience, Ct);
        if (end == UnitEnd.Cancellation)
        {
            await session.CancelAsync(Ct);
        }
        else if (end == UnitEnd.Timeout)
        {
            clock.Advance(TimeSpan.FromMinutes(2));
        }

        Assert.Equal(end == UnitEnd.Cancellation ? SessionState.Cancelled : SessionState.Failed, await session.WaitAsync(Ct).WaitAsync(Patience, Ct));
        Assert.Equal((1, 0), (_ledger.Opened, _ledger.Open));
        Assert.Equal(["undone in unit 1"], _ledger.Notes);
    }

    [Theory(Timeout = 300_000)]
    [InlineData("pause")]
    [InlineData("shutdown")]
    [InlineData("lost")]
    public async Task It_ends_with_the_work_on_a_session(string way)
    {
        await using var memory = new MemorySessionStore();
        var store = new WrappedStore(memory);
        var agent = new HoldsUnit();
        var runtime = new AgentRuntime(store, new() { Run = Options });
        await using (runtime)
        {
            var session = await runtime.StartAsync(agent, 1, new() { Id = "held" }, Ct);
            await agent.Started.Task.WaitAsync(Patience, Ct);
            Assert.Equal(1, _ledger.Open);
            switch (way)
            {
                case "pause":
                    var pausing = session.PauseAsync(Ct).AsTask();
                    agent.Gate.SetResult();
                    await pausing.WaitAsync(Patience, Ct);
                    Assert.Equal(SessionState.Paused, await session.WaitAsync(Ct));
                    break;
                case "shutdown":
                    var disposing = runtime.DisposeAsync().AsTask();
                    agent.Gate.SetResult();
                    await disposing.WaitAsync(Patience, Ct);
                    break;
                default:
                    store.OnWrite = static (_, _) => throw new FencedException("held");
                    agent.Gate.SetResult();
                    await _ledger.Removed.WaitAsync(Patience, Ct);
                    break;
            }

            Assert.Equal((1, 0), (_ledger.Opened, _ledger.Open));
        }
    }

    [Fact(Timeout = 300_000)]
    public async Task A_body_that_is_left_behind_with_its_child_keeps_it_until_it_is_over()
    {
        await using var store = new MemorySessionStore();
        var agent = new WaitsForChildWithUnit();
        var runtime = new AgentRuntime(store, new() { Run = Options });
        await runtime.StartAsync(agent, default, new() { Id = "parent" }, Ct);
        while (await store.FindAsync("parent~1.-.0.1.Ask", Ct) is not { State: SessionState.Suspended })
        {
            await Task.Delay(1, Ct);
        }

        await runtime.DisposeAsync();
        await agent.Over.Task.WaitAsync(Patience, Ct);
        while (_ledger.Open > 0)
        {
            await Task.Delay(1, Ct);
        }

        Assert.Equal(["unwound with unit 1"], agent.Notes);
    }

    [Fact(Timeout = 300_000)]
    public async Task Providers_without_scopes_are_asked_as_they_are()
    {
        await using var unit = new Unit(_ledger);
        var plain = new PlainProvider(unit);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal((1, 1), await new SharesUnit().RunAsync(i > 0, new RunOptions { Services = plain }, Ct));
        }

        Assert.Equal((1, 1), (_ledger.Opened, _ledger.Open));
    }

    [Theory(Timeout = 300_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_disposal_throws_fails_a_run_that_would_have_completed(bool isPending)
    {
        _ledger.Breaks = true;
        var error = await Assert.ThrowsAsync<IOException>(() => new SharesUnit().RunAsync(isPending, Options, Ct).AsTask());
        Assert.Equal("It cannot be disposed.", error.Message);
        var failure = await Assert.ThrowsAsync<ActionFailedException>(() => new EndsUnit().RunAsync(UnitEnd.Failure, Options, Ct).AsTask());
        Assert.IsType<FormatException>(failure.InnerException);
    }

    [Fact(Timeout = 300_000)]
    public async Task What_disposal_throws_is_no_outcome_of_a_session()
    {
        _ledger.Breaks = true;
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store, new() { Run = Options });
        var session = await runtime.StartAsync(new AsksWithUnit(), 0, cancellationToken: Ct);
        Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
        await session.ApproveAsync(true, cancellationToken: Ct);
        Assert.Equal((1, 2), await session.Result.WaitAsync(Patience, Ct));
    }

    private sealed class PlainProvider(Unit unit) : IServiceProvider
    {
        public object? GetService(Type serviceType) => serviceType == typeof(Unit) ? unit : null;
    }
}

public enum UnitEnd
{
    Failure,
    PendingFailure,
    Cancellation,
    Timeout,
}

/// <summary>What is known of all units.</summary>
public sealed class Ledger
{
    private readonly TaskCompletionSource _removed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _opened;
    private int _open;

    public int Opened => Volatile.Read(ref _opened);

    public int Open => Volatile.Read(ref _open);

    public bool Breaks { get; set; }

    public ConcurrentQueue<string> Notes { get; } = [];

    public int Add()
    {
        Interlocked.Increment(ref _open);
        return Interlocked.Increment(ref _opened);
    }

    public Task Removed => _removed.Task;

    public void Remove()
    {
        Interlocked.Decrement(ref _open);
        _removed.TrySetResult();
    }
}

/// <summary>A scoped service.</summary>
public sealed class Unit(Ledger ledger) : IAsyncDisposable
{
    private bool _isDisposed;

    public int Id { get; } = ledger.Add();

    public int Use() => _isDisposed ? throw new ObjectDisposedException(nameof(Unit)) : Id;

    public async ValueTask DisposeAsync()
    {
        await Task.Yield();
        Assert.False(_isDisposed);
        _isDisposed = true;
        ledger.Remove();
        if (ledger.Breaks)
        {
            throw new IOException("It cannot be disposed.");
        }
    }
}

[Agent]
public sealed partial class SharesUnit
{
    [Action]
    private static async Task<int> Left([Input] bool isPending, [Service] Unit unit)
    {
        if (isPending)
        {
            await Task.Yield();
        }

        return unit.Use();
    }

    [Action]
    private static async Task<int> Right([Input] bool isPending, ActionContext context)
    {
        if (isPending)
        {
            await Task.Yield();
        }

        return ((Unit)context.Services!.GetService(typeof(Unit))!).Use();
    }

    [Action, Result]
    private static (int Left, int Right) Both([From(nameof(Left))] int left, [From(nameof(Right))] int right) => (left, right);
}

[Agent, Timeout("00:01:00")]
public sealed partial class EndsUnit
{
    internal TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Action, Compensate(nameof(Undo))]
    private static int Do([Service] Unit unit) => unit.Use();

    [Action, Result]
    private async Task<int> End([From(nameof(Do))] int unit, [Input] UnitEnd end, CancellationToken ct)
    {
        Started.TrySetResult();
        if (end == UnitEnd.Failure)
        {
            throw new FormatException();
        }

        await Task.Yield();
        await (end == UnitEnd.PendingFailure ? Task.FromException(new FormatException()) : Task.Delay(Timeout.Infinite, ct));
        return unit;
    }

    private static void Undo([Service] Unit unit, [Service] Ledger ledger) => ledger.Notes.Enqueue($"undone in unit {unit.Use()}");
}

[Agent(MaxIterations = 5)]
public sealed partial class LoopsUnit
{
    [Action, Result]
    private static int Count([Previous(nameof(Count))] int? before, [Service] Unit unit) => unit.Use() == 1 ? (before ?? 0) + 1 : -1;

    [Until]
    private static bool IsDone([From(nameof(Count))] int count) => count == 3;
}

[Agent]
public sealed partial class ForgetsUnit
{
    internal TaskCompletionSource Gate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Action, Result]
    private static int Do([Service] Unit unit) => unit.Use();

    [Action(Mode = ActionMode.FireAndForget)]
    private async Task Log([From(nameof(Do))] int did, [Service] Unit unit, [Service] Ledger ledger)
    {
        await Gate.Task;
        ledger.Notes.Enqueue($"forgotten in unit {unit.Use()}");
    }
}

[Agent]
public sealed partial class ParentOfUnits
{
    [Action]
    private static async Task<(int Own, int Childs)> Both([Service] Unit unit, ActionContext context, CancellationToken ct)
    {
        var (child, _) = await context.RunChildAsync(new SharesUnit(), true, ct);
        return (unit.Use(), child);
    }
}

[Agent]
public sealed partial class AsksWithUnit
{
    [Action]
    private static int Before([Input] int _, [Service] Unit unit) => unit.Use();

    [Signal]
    private partial Task<bool> Approve([From(nameof(Before))] int before);

    [Action, Result]
    private static (int Before, int After) After([From(nameof(Before))] int before, [From(nameof(Approve))] bool approved, [Service] Unit unit) => (before, unit.Use());
}

[Agent]
public sealed partial class WaitsForChildWithUnit
{
    internal ConcurrentQueue<string> Notes { get; } = [];

    internal TaskCompletionSource Over { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Action]
    private async Task<bool> Ask([Service] Unit unit, ActionContext context, CancellationToken ct)
    {
        try
        {
            var (before, after) = await context.RunChildAsync(new AsksWithUnit(), 0, ct);
            return before < after;
        }
        finally
        {
            Notes.Enqueue($"unwound with unit {unit.Use()}");
            Over.SetResult();
        }
    }
}

[Agent]
public sealed partial class HoldsUnit
{
    internal TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal TaskCompletionSource Gate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Action]
    private async Task<int> First([Input] int one, [Service] Unit unit)
    {
        Started.TrySetResult();
        await Gate.Task;
        return unit.Use() * one;
    }

    [Action, Result]
    private static int Second([From(nameof(First))] int first) => first;
}
