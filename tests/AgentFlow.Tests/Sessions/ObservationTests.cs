namespace AgentFlow.Tests.Sessions;

public sealed class ObservationTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Events_tell_a_session_from_its_beginning_to_its_end_across_suspensions()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var session = await runtime.StartAsync(new Expense(), 5m, new() { Id = "e" }, Ct);
        await session.WaitAsync(Ct);
        var kinds = new List<string>();
        var isAnswered = false;
        await foreach (var e in session.Events(Ct))
        {
            kinds.Add(e.Action is null ? e.Kind.ToWireName() : $"{e.Kind.ToWireName()} {e.Action}");
            if (e.Kind == AgentEventKind.AgentSuspended && !isAnswered)
            {
                // It may be suspended again between the two answers.
                isAnswered = true;
                await session.ApproveAsync(new Decision(true), new() { Key = "a" }, Ct);
                await session.AcknowledgeAsync(new() { Key = "b" }, Ct);
            }
        }

        string[] recorded = [.. kinds.Where(k => !k.StartsWith("action_started", StringComparison.Ordinal) && k != "agent_suspended")];
        Assert.Equal(["agent_started", "action_completed Submit"], recorded[..2]);
        Assert.Equal(["action_completed Acknowledge", "action_completed Approve"], recorded[2..4].Order());
        Assert.Equal(["action_completed Pay", "agent_completed"], recorded[4..]);
    }

    [Fact]
    public async Task Tokens_and_progress_are_told_as_they_happen()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var agent = new Talker();
        var session = await runtime.StartAsync(agent, "hi", new() { Id = "t" }, Ct);
        var told = new List<string>();
        await foreach (var e in session.Events(Ct))
        {
            if (e.Kind == AgentEventKind.AgentStarted)
            {
                agent.Go.TrySetResult();
            }

            if (e.Kind == AgentEventKind.LlmToken)
            {
                told.Add(e.Message!);
            }

            if (e.Kind == AgentEventKind.ActionCompleted)
            {
                Assert.True(e.TryGetValue<string>(out var said));
                Assert.Equal("hi!", said);
            }
        }

        Assert.Equal(["h", "i"], told);
    }

    [Fact]
    public async Task A_child_is_a_session_of_its_own_and_survives_with_its_parent()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var session = await runtime.StartAsync(new Parent(), "pears", new() { Id = "p" }, Ct);
        Assert.Equal("<pears: 5 for 10>", await session.Result.WaitAsync(Patience, Ct));
        var child = (await store.ListAsync(new() { Parent = "p" }, Ct)).Single();
        Assert.Equal(("p~1.-.0.1.Delegate", SessionState.Completed), (child.Id, child.State));
        Assert.Equal("<plums: 5 for 10>", await new Parent().RunAsync("plums", Ct));

        var full = await session.ExportAsync(isFull: true, Ct);
        Assert.Equal("p~1.-.0.1.Delegate", full.GetProperty("metadata").GetProperty("child_sessions")[0].GetString());
    }

    [Fact]
    public async Task The_documents_of_a_session_have_the_documents_shape()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var session = await runtime.StartAsync(new Expense(), 5m, new() { Id = "e", Mode = "daemon", Trigger = "queue" }, Ct);
        await session.WaitAsync(Ct);
        await session.CheckpointAsync("cp1", Ct);

        var minimal = await session.ExportAsync(cancellationToken: Ct);
        Assert.Equal(["session_id", "mode", "last_checkpoint", "created_at"], minimal.EnumerateObject().Select(p => p.Name));
        Assert.Equal(("e", "daemon", "cp1"), (minimal.GetProperty("session_id").GetString(), minimal.GetProperty("mode").GetString(), minimal.GetProperty("last_checkpoint").GetString()));

        var full = await session.ExportAsync(isFull: true, Ct);
        Assert.Equal(["session_id", "mode", "state", "checkpoints", "metadata"], full.EnumerateObject().Select(p => p.Name));
        Assert.Equal(["memory", "execution_tree", "registers", "call_stack"], full.GetProperty("state").EnumerateObject().Select(p => p.Name));
        Assert.Equal("report of 5", full.GetProperty("state").GetProperty("memory").GetProperty("Submit").GetString());
        Assert.Equal(5, full.GetProperty("state").GetProperty("registers").GetProperty("amount").GetDecimal());
        Assert.Equal(["Approve", "Acknowledge", "Pay"], full.GetProperty("state").GetProperty("call_stack").EnumerateArray().Select(a => a.GetString()));
        Assert.Equal("cp1", full.GetProperty("checkpoints")[0].GetProperty("id").GetString());
        Assert.Equal(["parent_session", "child_sessions", "mode_history", "trigger_source", "last_error"], full.GetProperty("metadata").EnumerateObject().Select(p => p.Name));
        Assert.Equal("queue", full.GetProperty("metadata").GetProperty("trigger_source").GetString());
    }

    [Fact]
    public async Task The_time_for_a_whole_run_counts_across_suspensions()
    {
        var clock = new ManualTimeProvider();
        await using var store = new MemorySessionStore(clock);
        await using var runtime = new AgentRuntime(store, new() { Lease = TimeSpan.FromDays(2), Run = new() { TimeProvider = clock } });
        var session = await runtime.StartAsync(new Impatient(), 1, new() { Id = "i" }, Ct);
        Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
        var result = session.Result;
        while (!result.IsCompleted)
        {
            clock.Advance(TimeSpan.FromMinutes(10));
            await Task.Delay(1, Ct); // The runtime's loop runs on a thread of its own, and must not be outrun.
        }

        var error = await Assert.ThrowsAsync<TimeoutException>(() => result);
        Assert.Contains("Impatient", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_spent_before_a_resumption_counts_against_the_budget()
    {
        await using var store = new MemorySessionStore();
        var agent = new Spender();
        await using (var runtime = new AgentRuntime(store))
        {
            var first = await runtime.StartAsync(agent, 1, new() { Id = "s" }, Ct);
            Assert.Equal(SessionState.Suspended, await first.WaitAsync(Ct));
        }

        await using var next = new AgentRuntime(store);
        var session = await next.ResumeAsync(agent, "s", Ct);
        await session.ContinueAsync(cancellationToken: Ct);
        var error = await Assert.ThrowsAsync<BudgetExceededException>(() => session.Result.WaitAsync(Patience, Ct));
        Assert.Equal(120, error.Spent);
    }

    [Fact]
    public async Task A_long_loop_is_resumed_from_its_last_snapshot()
    {
        await using var store = new MemorySessionStore();
        var tails = new List<long>();
        foreach (var steps in new[] { 50, 5000 })
        {
            var agent = new Counter();
            await using (var runtime = new AgentRuntime(store))
            {
                var session = await runtime.StartAsync(agent, steps, new() { Id = $"c{steps}" }, Ct);
                Assert.Equal(steps, await session.Result.WaitAsync(Patience, Ct));
            }

            var info = (await store.FindAsync($"c{steps}", Ct))!;
            Assert.True(info.Sequence > 2 * steps);
            var snapshot = await store.FindSnapshotAsync(info.Id, long.MaxValue, Ct);
            tails.Add(info.Sequence - (snapshot?.Sequence ?? 0));

            // From any place the loop goes on to the same end.
            await using var heir = new AgentRuntime(store);
            var fork = await heir.ForkAsync(agent, info.Id, new ForkOptions { Id = $"f{steps}", Sequence = info.Sequence - 2 }, Ct);
            Assert.Equal(steps, await fork.Result.WaitAsync(Patience, Ct));
        }

        Assert.True(tails[1] <= Math.Max(tails[0], 200), $"A resumption reads {tails[1]} records after 5,000 steps, and {tails[0]} after 50.");
    }

    [Fact]
    public async Task A_snapshot_loses_no_intent_and_no_element()
    {
        await using var store = new MemorySessionStore();
        var agent = new Payroll();
        await using (var first = new AgentRuntime(store, new() { ShutdownGrace = TimeSpan.Zero }))
        {
            await first.StartAsync(agent, default, new() { Id = "p" }, Ct);
            while (!(await first.ReadOutcomesAsync(agent, "p", Ct)).Any(static o => o.Action == "After"))
            {
                await Task.Yield();
            }
        }

        await using var runtime = new AgentRuntime(store);
        var session = await runtime.ResumeAsync(agent, "p", Ct);
        Assert.Equal(SessionState.Uncertain, await session.WaitAsync(Ct).WaitAsync(Patience, Ct));
        await runtime.SettleAsync(agent, "p", "Pay", Settlement.Completed(5), Ct);
        Assert.Equal(6, await session.Result.WaitAsync(Patience, Ct));
        Assert.Equal((1, 1, 2), (agent.Payments, agent.Printed[0], agent.Printed[1]));
    }

    [Fact]
    public async Task What_was_started_before_a_snapshot_counts_against_the_budget()
    {
        await using var store = new MemorySessionStore();
        var agent = new Stepper();
        await using (var first = new AgentRuntime(store, new() { ShutdownGrace = TimeSpan.Zero }))
        {
            await first.StartAsync(agent, default, new() { Id = "s" }, Ct);
            await agent.Reached.Task.WaitAsync(Patience, Ct);
        }

        Assert.NotNull(await store.FindSnapshotAsync("s", long.MaxValue, Ct));
        await using var runtime = new AgentRuntime(store);
        var session = await runtime.ResumeAsync(agent, "s", Ct);
        await Assert.ThrowsAsync<BudgetExceededException>(() => session.Result.WaitAsync(Patience, Ct));
        Assert.InRange(agent.Steps, 90, 102);
    }
}

[Agent]
public sealed partial class Talker
{
    public TaskCompletionSource Go { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Action]
    private async Task<string> Say([Input] string text, ActionContext context, CancellationToken ct)
    {
        await Go.Task.WaitAsync(ct);
        foreach (var letter in text)
        {
            await context.EmitTokenAsync(letter.ToString());
        }

        return text + "!";
    }
}

[Agent]
public sealed partial class Parent
{
    [Action]
    private async Task<string> Delegate([Input] string item, ActionContext context, CancellationToken ct) => await context.RunChildAsync(new Order(), item, ct);

    [Action]
    private string Wrap([From(nameof(Delegate))] string text) => $"<{text}>";
}

[Agent, Timeout("01:00:00")]
public sealed partial class Impatient
{
    [Action]
    private int Begin([Input] int number) => number;

    [Signal]
    private partial Task<int> Answer(int begin);
}

[Agent, Budget(Tokens = 100)]
public sealed partial class Spender
{
    [Action]
    private int Ask([Input] int number, ActionContext context)
    {
        context.ReportUsage(60);
        return number;
    }

    [Signal]
    private partial Task Continue(int ask);

    [Action, DependsOn(nameof(Continue))]
    private int AskAgain([From(nameof(Ask))] int first, ActionContext context)
    {
        context.ReportUsage(60);
        return first;
    }
}

[Agent(MaxIterations = 3)]
public sealed partial class Payroll
{
    private readonly TaskCompletionSource _paying = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _printing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _payments;

    public int Payments => _payments;

    public int[] Printed { get; } = new int[2];

    [Action(Effect = Effect.AtMostOnce)]
    private async Task<int> Pay(CancellationToken ct)
    {
        Interlocked.Increment(ref _payments);
        _paying.SetResult();
        await Task.Delay(Timeout.Infinite, ct);
        return 0;
    }

    [Action]
    private static int[] Names() => [0, 1];

    [Action, ForEach(nameof(Names), MaxParallel = 1)]
    private async Task<int> Print([Item] int name, CancellationToken ct)
    {
        if (Interlocked.Increment(ref Printed[name]) == 1 && name == 1)
        {
            _printing.SetResult();
            await Task.Delay(Timeout.Infinite, ct);
        }

        return name;
    }

    /// <summary>So much that a snapshot is due.</summary>
    [Action]
    private async Task<string> Write(CancellationToken ct)
    {
        await _paying.Task.WaitAsync(ct);
        await _printing.Task.WaitAsync(ct);
        return new string('x', 50_000);
    }

    [Action]
    private static int After(string write) => write.Length;

    [Action, Result]
    private static int Sum(int pay, int[] print, int after) => pay + print.Sum() + after - after;

    [Until]
    private static bool IsDone(int sum) => sum > 0;
}

/// <summary>The compiler does not know how many elements there are, or it would see that the budget is too small.</summary>
[Agent(MaxIterations = 1000), Budget(Actions = 300)]
public sealed partial class Stepper
{
    [Action]
    private static int[] Nothing() => [];

    [Action, ForEach(nameof(Nothing))]
    private static int Same([Item] int number) => number;

    public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Steps { get; private set; }

    [Action]
    private async Task<string> Step(int[] same, CancellationToken ct)
    {
        Assert.Empty(same);
        if (++Steps == 90)
        {
            Reached.SetResult();
            await Task.Delay(Timeout.Infinite, ct);
        }

        return new string('x', 1000);
    }

    [Until]
    private static bool IsDone(string step) => step.Length == 0;
}

[Agent(MaxIterations = 10_000)]
public sealed partial class Counter
{
    [Action]
    private int Next([Previous(nameof(Next))] int? before) => (before ?? 0) + 1;

    [Action]
    private bool Check(int next, [Input] int limit) => next >= limit;

    [Action, Result]
    private int Value(int next) => next;

    [Until]
    private static bool IsDone(bool check) => check;
}
