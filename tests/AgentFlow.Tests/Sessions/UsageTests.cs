namespace AgentFlow.Tests.Sessions;

/// <summary>What a run has spent: its actions, their elements, its children, and what was recorded before a crash; each once.</summary>
public sealed class UsageTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_run_counts_from_nothing()
    {
        var agent = new Frugal();
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(new RunUsage(10, 0.5), await agent.RunAsync(10, Ct));
        }
    }

    [Fact]
    public async Task What_children_spend_counts_against_the_parents_budget()
    {
        Assert.Equal(new RunUsage(45, 1.5), await new Employer(3).RunAsync(15, Ct));
        await Assert.ThrowsAsync<BudgetExceededException>(async () => await new Employer(3).RunAsync(40, Ct));

        await using var runtime = new AgentRuntime(new MemorySessionStore());
        Assert.Equal(new RunUsage(45, 1.5), await (await runtime.StartAsync(new Employer(3), 15, new() { Id = "a" }, Ct)).Result);
        await Assert.ThrowsAsync<BudgetExceededException>(async () => await (await runtime.StartAsync(new Employer(3), 40, new() { Id = "b" }, Ct)).Result);
        Assert.Equal(45, (await runtime.ReadOutcomesAsync(new Employer(3), "a", Ct)).Sum(static outcome => outcome.Tokens));
    }

    [Fact]
    public async Task Another_attempt_finds_the_same_child_and_does_not_count_it_again()
    {
        await using var runtime = new AgentRuntime(new MemorySessionStore());
        var session = await runtime.StartAsync(new Waverer(), 20, new() { Id = "s" }, Ct);
        Assert.Equal(new RunUsage(20, 0.5), await session.Result);
    }

    [Fact]
    public async Task What_recorded_elements_have_spent_survives_a_crash()
    {
        await using var store = new MemorySessionStore();
        var agent = new Fan();
        await using (var first = new AgentRuntime(store, new() { ShutdownGrace = TimeSpan.Zero }))
        {
            await first.StartAsync(agent, default, new() { Id = "s" }, Ct);
            await agent.Reached.Task.WaitAsync(Patience, Ct);
        }

        agent.Go.SetResult();
        await using var runtime = new AgentRuntime(store);
        var session = await runtime.ResumeAsync(agent, "s", Ct);

        // Ten for each element; the one that was cut off had spent its ten before, and spends them again.
        Assert.Equal(30, (await session.Result.WaitAsync(Patience, Ct)).Tokens);
        Assert.Equal(4, agent.Calls);
    }

    [Fact]
    public async Task What_is_under_way_when_a_snapshot_is_made_is_not_counted_twice()
    {
        await using var store = new MemorySessionStore();
        var agent = new Straggler();
        await using (var first = new AgentRuntime(store, new() { ShutdownGrace = TimeSpan.Zero }))
        {
            await first.StartAsync(agent, default, new() { Id = "s" }, Ct);
            while (await store.FindSnapshotAsync("s", long.MaxValue, Ct) is null)
            {
                await Task.Yield();
            }

            agent.Go.SetResult();
            await agent.Reached.Task.WaitAsync(Patience, Ct);
        }

        await using var runtime = new AgentRuntime(store);
        var session = await runtime.ResumeAsync(agent, "s", Ct);
        await session.ContinueAsync(cancellationToken: Ct);
        Assert.Equal(100, (await session.Result.WaitAsync(Patience, Ct)).Tokens);
    }
}

[Agent]
public sealed partial class Frugal
{
    [Action]
    private static RunUsage Spend([Input] int tokens, ActionContext context)
    {
        context.ReportUsage(tokens, 0.5);
        return context.Usage;
    }
}

[Agent, Budget(Tokens = 100)]
public sealed partial class Employer(int workers)
{
    [Action]
    private int[] Workers() => [.. Enumerable.Range(0, workers)];

    [Action, ForEach(nameof(Workers))]
    private static async Task<RunUsage> Employ([Item] int worker, [Input] int tokens, ActionContext context, CancellationToken ct) => await context.RunChildAsync(new Frugal(), tokens, ct);

    [Action]
    private static RunUsage Sum([From(nameof(Employ))] RunUsage[] workers, ActionContext context) => context.Usage;
}

/// <summary>Fails once its child has done its work, and tries again.</summary>
[Agent]
public sealed partial class Waverer
{
    [Action, Retry(2, On = [typeof(FormatException)], Delay = "00:00:00.001")]
    private static async Task<int> Employ([Input] int tokens, ActionContext context, CancellationToken ct)
    {
        await context.RunChildAsync(new Frugal(), tokens, ct);
        return context.Attempt == 1 ? throw new FormatException("no") : tokens;
    }

    [Action]
    private static RunUsage Sum([From(nameof(Employ))] int tokens, ActionContext context) => context.Usage;
}

/// <summary>Three elements one after the other; the last is cut off the first time.</summary>
[Agent]
public sealed partial class Fan
{
    private int _calls;

    public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Go { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Calls => _calls;

    [Action]
    private static int[] Elements() => [0, 1, 2];

    [Action, ForEach(nameof(Elements), MaxParallel = 1)]
    private async Task<int> Spend([Item] int element, ActionContext context, CancellationToken ct)
    {
        Interlocked.Increment(ref _calls);
        context.ReportUsage(10);
        if (element == 2)
        {
            Reached.TrySetResult();
            await Go.Task.WaitAsync(ct);
        }

        return element;
    }

    [Action]
    private static RunUsage Sum([From(nameof(Spend))] int[] elements, ActionContext context) => context.Usage;
}

/// <summary>An action that has spent, and not ended, when another's output is long enough for a snapshot.</summary>
[Agent(MaxIterations = 2)]
public sealed partial class Straggler
{
    private readonly TaskCompletionSource _spent = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Go { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Action]
    private async Task<int> Spend(ActionContext context, CancellationToken ct)
    {
        context.ReportUsage(100);
        _spent.TrySetResult();
        await Go.Task.WaitAsync(ct);
        return 1;
    }

    [Action]
    private async Task<string> Write(CancellationToken ct)
    {
        await _spent.Task.WaitAsync(ct);
        return new string('x', 20_000);
    }

    [Action]
    private int Reach([From(nameof(Spend))] int spend)
    {
        Reached.TrySetResult();
        return spend;
    }

    [Signal]
    private partial Task Continue([From(nameof(Reach))] int reach);

    [Action, DependsOn(nameof(Continue)), Result]
    private static RunUsage Sum([From(nameof(Write))] string text, ActionContext context) => context.Usage;

    [Until]
    private static bool IsDone(RunUsage sum) => sum.Tokens > 0;
}
