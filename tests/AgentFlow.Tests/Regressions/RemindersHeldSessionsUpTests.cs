namespace AgentFlow.Tests.Regressions;

/// <summary>
/// A reminder beside a signal held the session up until its delay was over, though the signal had been answered long before.
/// </summary>
public sealed class RemindersHeldSessionsUpTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory(Timeout = 300_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_answer_ends_the_delay_also_after_a_resumption(bool resumes)
    {
        var clock = new ManualTimeProvider();
        await using var store = new MemorySessionStore(clock);
        var options = new AgentRuntimeOptions { Run = new() { TimeProvider = clock }, Lease = TimeSpan.FromDays(100) };
        var agent = new Reminds();
        var runtime = new AgentRuntime(store, options);
        try
        {
            var session = await runtime.StartAsync(agent, 1, new() { Id = "r" }, Ct);
            Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
            if (resumes)
            {
                await runtime.DisposeAsync();
                runtime = new AgentRuntime(store, options);
                session = await runtime.ResumeAsync(agent, "r", Ct);
            }

            await session.ApproveAsync(true, cancellationToken: Ct);
            Assert.Equal("published", await session.Result.WaitAsync(Patience, Ct));
            Assert.Equal(SessionState.Completed, await session.WaitAsync(Ct));
            Assert.Equal(0, agent.Reminders);
        }
        finally
        {
            await runtime.DisposeAsync();
        }
    }

    [Fact(Timeout = 300_000)]
    public async Task Reminders_go_out_one_after_the_other_until_there_is_an_answer()
    {
        var clock = new ManualTimeProvider();
        await using var store = new MemorySessionStore(clock);
        await using var runtime = new AgentRuntime(store, new() { Run = new() { TimeProvider = clock }, Lease = TimeSpan.FromDays(100) });
        var agent = new Reminds();
        var session = await runtime.StartAsync(agent, 1, cancellationToken: Ct);
        Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
        for (var days = 1; days <= 2; days++)
        {
            clock.Advance(TimeSpan.FromHours(25));
            await agent.Reminded(days).WaitAsync(Patience, Ct);
            Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
        }

        await session.ApproveAsync(true, cancellationToken: Ct);
        Assert.Equal("published", await session.Result.WaitAsync(Patience, Ct));
        Assert.Equal(2, agent.Reminders);
    }

    [Fact(Timeout = 300_000)]
    public async Task One_that_has_begun_runs_to_its_end_and_its_failure_counts()
    {
        var clock = new ManualTimeProvider();
        await using var store = new MemorySessionStore(clock);
        await using var runtime = new AgentRuntime(store, new() { Run = new() { TimeProvider = clock }, Lease = TimeSpan.FromDays(100) });
        var agent = new RemindsAndFails();
        var session = await runtime.StartAsync(agent, 1, cancellationToken: Ct);
        Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
        clock.Advance(TimeSpan.FromHours(25));
        await agent.Started.Task.WaitAsync(Patience, Ct);
        await session.ApproveAsync(true, cancellationToken: Ct);
        agent.Gate.SetResult();
        var failure = await Assert.ThrowsAsync<ActionFailedException>(() => session.Result.WaitAsync(Patience, Ct));
        Assert.Equal("Remind", failure.Action);
    }

    [Fact(Timeout = 300_000)]
    public async Task Wherever_the_process_dies_an_answer_is_enough()
    {
        for (var write = 1; ; write++)
        {
            foreach (var isWritten in new[] { false, true })
            {
                if (!await DiesAsync(write, isWritten))
                {
                    Assert.True(write > 5, $"There were only {write} writes to die at.");
                    return;
                }
            }
        }
    }

    /// <summary>Runs a session whose first process dies at a write, before or after it is made; a second one resumes it.</summary>
    /// <returns>Whether there was such a write.</returns>
    private static async Task<bool> DiesAsync(int write, bool isWritten)
    {
        var clock = new ManualTimeProvider();
        await using var memory = new MemorySessionStore(clock);
        var agent = new Reminds();
        var writes = 0;
        var dead = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var store = new WrappedStore(memory)
        {
            OnWrite = (_, isDone) =>
            {
                if (isDone == isWritten && (writes += 1) >= write)
                {
                    dead.TrySetResult();
                    throw new IOException("The process has died.");
                }
            },
        };
        await using (var first = new AgentRuntime(store, new() { Owner = "first", Run = new() { TimeProvider = clock } }))
        {
            try
            {
                var session = await first.StartAsync(agent, 1, new() { Id = "r" }, Ct);
                await Task.WhenAny(session.WaitAsync(Ct).ContinueWith(static waiting => waiting.Exception, Ct), dead.Task);
                await session.ApproveAsync(true, new() { Key = "a" }, Ct);
                await Task.WhenAny(session.Result, dead.Task);
            }
            catch (IOException)
            {
            }

            if (!dead.Task.IsCompleted)
            {
                return false;
            }
        }

        // Its lease runs out; no reminder is due.
        clock.Advance(TimeSpan.FromMinutes(5));
        await using var second = new AgentRuntime(memory, new() { Owner = "second", Run = new() { TimeProvider = clock } });
        var resumed = await second.StartOrResumeAsync(agent, 1, new() { Id = "r" }, cancellationToken: Ct);
        if ((await resumed.GetInfoAsync(Ct)).State != SessionState.Completed)
        {
            await resumed.ApproveAsync(true, new() { Key = "a" }, Ct);
        }

        Assert.Equal("published", await resumed.Result.WaitAsync(Patience, Ct));
        Assert.Equal(0, agent.Reminders);
        return true;
    }

    [Theory(Timeout = 300_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Without_a_session_it_is_the_same(bool isSlow)
    {
        var clock = new ManualTimeProvider();
        var agent = new SaysThatItIsSlow();
        for (var i = 0; i < 3; i++)
        {
            agent.Gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
            var run = agent.RunAsync(new RunOptions { TimeProvider = clock }, Ct).AsTask();
            if (isSlow)
            {
                while (agent.Told <= i)
                {
                    clock.Advance(TimeSpan.FromSeconds(6));
                    await Task.Delay(1, Ct);
                }
            }

            agent.Gate.SetResult();
            Assert.Equal(isSlow ? "done, slowly" : "done", await run.WaitAsync(Patience, Ct));
            Assert.Equal(isSlow ? i + 1 : 0, agent.Told);
        }
    }

    [Fact(Timeout = 300_000)]
    public async Task A_stream_says_why_it_was_skipped()
    {
        var agent = new SaysThatItIsSlow { Gate = new(TaskCreationOptions.RunContinuationsAsynchronously) };
        agent.Gate.SetResult();
        var skipped = new List<string?>();
        await foreach (var e in agent.StreamAsync(new RunOptions { TimeProvider = new ManualTimeProvider() }, Ct))
        {
            if (e.Kind == AgentEventKind.ActionSkipped)
            {
                skipped.Add(e.Message);
            }
        }

        Assert.Equal(["'Work' has settled before the delay was over."], skipped);
    }
}

[Agent]
public sealed partial class Reminds
{
    private readonly TaskCompletionSource[] _reminded = [new(TaskCreationOptions.RunContinuationsAsynchronously), new(TaskCreationOptions.RunContinuationsAsynchronously)];
    private int _reminders;

    internal int Reminders => Volatile.Read(ref _reminders);

    /// <summary>Completes when so many reminders have gone out.</summary>
    internal Task Reminded(int times) => _reminded[times - 1].Task;

    [Action]
    private static int Draft([Input] int number) => number;

    [Signal(Timeout = "300.00:00:00")]
    private partial Task<bool> Approve([From(nameof(Draft))] int draft);

    [Action, DependsOn(nameof(Draft)), Delay("1.00:00:00", Unless = nameof(Approve))]
    private void Remind() => Count();

    [Action, DependsOn(nameof(Remind)), Delay("1.00:00:00", Unless = nameof(Approve))]
    private void RemindAgain() => Count();

    [Action, Result]
    private static string Publish([From(nameof(Approve))] bool approved) => approved ? "published" : "dropped";

    private void Count() => _reminded[Interlocked.Increment(ref _reminders) - 1].SetResult();
}

[Agent]
public sealed partial class RemindsAndFails
{
    internal TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal TaskCompletionSource Gate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Action]
    private static int Draft([Input] int number) => number;

    [Signal(Timeout = "300.00:00:00")]
    private partial Task<bool> Approve([From(nameof(Draft))] int draft);

    [Action, DependsOn(nameof(Draft)), Delay("1.00:00:00", Unless = nameof(Approve))]
    private async Task Remind()
    {
        Started.TrySetResult();
        await Gate.Task;
        throw new FormatException();
    }

    [Action, Result]
    private static string Publish([From(nameof(Approve))] bool approved) => approved ? "published" : "dropped";
}

[Agent]
public sealed partial class SaysThatItIsSlow
{
    private int _told;

    internal int Told => Volatile.Read(ref _told);

    internal TaskCompletionSource Gate { get; set; } = null!;

    [Action]
    private async Task<string> Work()
    {
        await Gate.Task;
        return "done";
    }

    [Action, Delay("00:00:05", Unless = nameof(Work))]
    private string Tell()
    {
        Interlocked.Increment(ref _told);
        return ", slowly";
    }

    [Action, Result]
    private static string End([From(nameof(Work))] string work, [From(nameof(Tell))] string? told) => work + told;
}
