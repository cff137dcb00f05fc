using AgentFlow.Tests.Sessions;

namespace AgentFlow.Tests.Regressions;

/// <summary>A fork was created first and edited afterwards: a crash between left one without its edits.</summary>
public sealed class ForksAreMadeWholeTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory(Timeout = 300_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whatever_write_is_the_last(bool after)
    {
        var writes = int.MaxValue;
        for (var crash = 1; crash <= writes; crash++)
        {
            await using var inner = new MemorySessionStore();
            await using (var first = new AgentRuntime(inner))
            {
                await (await first.StartAsync(new Order(), "apples", new() { Id = "o" }, Ct)).Result.WaitAsync(Patience, Ct);
            }

            var store = new WrappedStore(inner);
            var made = 0;
            var isDead = false;
            store.OnWrite = (_, isDone) =>
            {
                isDead |= isDone == after && made == crash - (after ? 0 : 1);
                made += isDone || isDead ? 0 : 1;
                if (isDead)
                {
                    throw new IOException("The process has died.");
                }
            };
            await using (var dying = new AgentRuntime(store, new() { Owner = "dying", ShutdownGrace = TimeSpan.Zero, Wakes = false }))
            {
                try
                {
                    await dying.ForkAsync(new Order(), "o", new ForkOptions { Id = "f", After = "Quote" }.Set("Quote", new Price(99, "USD")), Ct);
                    while (!isDead && (await inner.FindAsync("f", Ct))!.State != SessionState.Completed)
                    {
                        await Task.Delay(1, Ct);
                    }

                    writes = isDead ? writes : crash - 1;
                }
                catch (IOException)
                {
                }
            }

            if (await inner.FindAsync("f", Ct) is null)
            {
                continue;
            }

            await using var heir = new AgentRuntime(inner, new() { Owner = "dying" });
            Assert.Equal("apples: 6 for 99", await (await heir.ResumeAsync(new Order(), "f", Ct)).Result.WaitAsync(Patience, Ct));
        }

        Assert.InRange(writes, 3, 100);
    }

    [Fact]
    public async Task A_fork_that_is_to_run_is_due_as_soon_as_it_is_there_and_a_paused_one_never()
    {
        await using var inner = new MemorySessionStore();
        await using var first = new AgentRuntime(inner, new() { Wakes = false });
        await (await first.StartAsync(new Order(), "apples", new() { Id = "o" }, Ct)).Result.WaitAsync(Patience, Ct);
        await first.ForkAsync(new Order(), "o", new ForkOptions { Id = "p", After = "Quote", IsPaused = true }, Ct);
        Assert.Equal(SessionState.Paused, (await inner.FindAsync("p", Ct))!.State);
        Assert.Empty(await inner.ListDueAsync(["Order"], 10, Ct));
        Assert.Equal("apples: 6 for 12", await (await first.ResumeAsync(new Order(), "p", Ct)).Result.WaitAsync(Patience, Ct));
    }
}
