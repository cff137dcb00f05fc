using AgentFlow.Tests.Sessions;

namespace AgentFlow.Tests.Regressions;

/// <summary>Names of checkpoints and outcomes were searched in the whole journal, what was undone included.</summary>
public sealed class UndoneFuturesStayUndoneTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_checkpoint_of_an_undone_future_is_no_place_to_go_back_to()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store, new() { Wakes = false });
        var agent = new Expense();
        var session = await runtime.StartAsync(agent, 10m, new() { Id = "s" }, Ct);
        await session.WaitAsync(Ct);
        await session.CheckpointAsync("early", Ct);
        await session.ApproveAsync(new Decision(false, "typo"), cancellationToken: Ct);
        await ResumeAsync(session);
        await session.CheckpointAsync("late", Ct);
        await runtime.RollBackAsync(agent, "s", "early", Ct);
        await session.WaitAsync(Ct);
        await session.ApproveAsync(new Decision(true), cancellationToken: Ct);
        await ResumeAsync(session);

        var error = await Assert.ThrowsAsync<ArgumentException>(() => runtime.RollBackAsync(agent, "s", "late", Ct).AsTask());
        Assert.Contains("no longer counts", error.Message, StringComparison.Ordinal);
        Assert.Null((await session.GetInfoAsync(Ct)).Owner);
        await Assert.ThrowsAsync<ArgumentException>(() => runtime.ForkAsync(agent, "s", new ForkOptions { Id = "f", Checkpoint = "late" }, Ct).AsTask());
        Assert.True((await runtime.ReadOutcomesAsync(agent, "s", Ct)).Single(o => o.Action == "Approve").Value.GetProperty("Approved").GetBoolean());
        Assert.Equal("early", (await session.ExportAsync(cancellationToken: Ct)).GetProperty("last_checkpoint").GetString());
        Assert.Equal(["early"], (await session.ExportAsync(isFull: true, Ct)).GetProperty("checkpoints").EnumerateArray().Select(c => c.GetProperty("id").GetString()));

        // Back to one that counts, and from there again.
        await session.CheckpointAsync("late", Ct);
        await runtime.RollBackAsync(agent, "s", "late", Ct);
        await session.WaitAsync(Ct);
        Assert.Contains(await runtime.ReadOutcomesAsync(agent, "s", Ct), o => o.Action == "Approve");
    }

    [Fact]
    public async Task A_fork_after_an_action_does_not_bring_back_what_was_undone()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store, new() { Wakes = false });
        var agent = new Tally();
        var session = await runtime.StartAsync(agent, 1, new() { Id = "s" }, Ct);
        await session.WaitAsync(Ct);
        await runtime.RerunAsync(agent, "s", ["Left"], Ct);
        await session.WaitAsync(Ct);
        Assert.Equal("2", (await runtime.ReadOutcomesAsync(agent, "s", Ct)).Single(o => o.Action == "Left").Value.GetRawText());

        // Right was recorded when the first outcome of Left still counted.
        await runtime.ForkAsync(agent, "s", new ForkOptions { Id = "f", After = "Right", IsPaused = true }, Ct);
        var outcomes = await runtime.ReadOutcomesAsync(agent, "f", Ct);
        Assert.DoesNotContain(outcomes, o => o.Action == "Left" && o.Value.GetRawText() == "1");
        Assert.Contains(outcomes, o => o.Action == "Right");
        await Assert.ThrowsAsync<ArgumentException>(() => runtime.ForkAsync(agent, "s", new ForkOptions { After = "Right", IsPaused = true }.Set("Left", 7), Ct).AsTask());
    }

    [Fact]
    public async Task What_came_after_an_edit_saw_the_edited_output()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        await (await runtime.StartAsync(new Order(), "apples", new() { Id = "o" }, Ct)).Result.WaitAsync(Patience, Ct);
        var fork = await runtime.ForkAsync(new Order(), "o", new ForkOptions { Id = "f", After = "Quote" }.Set("Quote", new Price(99, "USD")), Ct);
        Assert.Equal("apples: 6 for 99", await fork.Result.WaitAsync(Patience, Ct));
        Assert.Equal(99, (await runtime.ReadOutcomesAsync(new Order(), "f", Ct)).Single(o => o.Action == "Describe").Arguments["price"].GetProperty("Amount").GetDecimal());
    }

    [Fact]
    public async Task What_was_undone_and_done_again_is_undone_again()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var agent = new Reserving();
        var session = await runtime.StartAsync(agent, 1, new() { Id = "s" }, Ct);
        await Assert.ThrowsAsync<ActionFailedException>(() => session.Result.WaitAsync(Patience, Ct));
        Assert.Equal((1, 1), (agent.Reserved, agent.Released));
        for (var i = 2; i <= 3; i++)
        {
            var again = await runtime.RedriveAsync(agent, "s", Ct);
            await Assert.ThrowsAsync<ActionFailedException>(() => again.Result.WaitAsync(Patience, Ct));
            Assert.Equal((i, i), (agent.Reserved, agent.Released));
        }
    }

    [Fact]
    public async Task The_last_error_is_not_that_of_a_failure_that_was_struck()
    {
        await using var store = new OneClaimStore(new MemorySessionStore());
        await using var runtime = new AgentRuntime(store, new() { Wakes = false });
        var agent = new Fragile { Fails = true };
        var session = await runtime.StartAsync(agent, 1, new() { Id = "s" }, Ct);
        await Assert.ThrowsAsync<ActionFailedException>(() => session.Result.WaitAsync(Patience, Ct));
        Assert.NotNull(LastError(await session.ExportAsync(isFull: true, Ct)));

        // As a process leaves it that dies before the session goes on.
        await Assert.ThrowsAsync<IOException>(() => runtime.RedriveAsync(agent, "s", Ct).AsTask());
        Assert.Null(LastError(await session.ExportAsync(isFull: true, Ct)));

        static string? LastError(System.Text.Json.JsonElement export) => export.GetProperty("metadata").GetProperty("last_error").GetString();
    }

    /// <summary>A store that grants one claim.</summary>
    private sealed class OneClaimStore(ISessionStore inner) : Crash.ForwardingStore(inner)
    {
        private int _claims;

        public override ValueTask<SessionClaim?> ClaimAsync(string id, string owner, TimeSpan lease, CancellationToken cancellationToken = default) =>
            Interlocked.Increment(ref _claims) == 1 ? base.ClaimAsync(id, owner, lease, cancellationToken) : throw new IOException("The store is gone.");
    }

    /// <summary>Lets what waits for the session be looked at, and waits until it rests again.</summary>
    private static async Task ResumeAsync(Session session)
    {
        await session.ResumeAsync(Ct);
        await session.WaitAsync(Ct);
    }
}

[Agent]
public sealed partial class Reserving
{
    public int Reserved { get; private set; }

    public int Released { get; private set; }

    [Action, Compensate(nameof(Release))]
    private int Reserve([Input] int number)
    {
        Reserved++;
        return number;
    }

    private void Release(int reserve) => Released++;

    [Action]
    private int Pay(int reserve) => throw new InvalidOperationException("no funds");
}

[Agent]
public sealed partial class Tally
{
    private int _left;

    [Action]
    private int Left([Input] int start) => Interlocked.Increment(ref _left) * start;

    [Action]
    private int Right([Input] int start) => start;

    [Signal]
    private partial Task<bool> Confirm(int right);

    [Action]
    private int Sum(int left, int right, bool confirm) => left + right;
}
