namespace AgentFlow.Tests.Sessions;

/// <summary>What is left in memory; measured while no other test runs.</summary>
[Collection(nameof(Undisturbed))]
public sealed class MemoryTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>The store is bare of what it would keep itself: what is left in memory is left by the runtime.</summary>
    [Fact]
    public async Task A_suspended_session_leaves_nothing_in_memory()
    {
        const int Count = 2_000;
        var directory = Directory.CreateTempSubdirectory("agentflow-");
        await using (var store = new FileSessionStore(directory.FullName))
        {
            await using var runtime = new AgentRuntime(store, new() { PollInterval = TimeSpan.FromDays(1) });
            var agent = new Expense();
            await SuspendAsync(runtime, agent, 0, 200);
            var before = GC.GetTotalMemory(forceFullCollection: true);
            await SuspendAsync(runtime, agent, 200, Count);
            var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)Count;

            // What lists need of a session, which the store keeps: about 900 bytes. A session at work has ten thousand.
            // It may be less than nothing: what tests before have left is collected meanwhile.
            Assert.True(each <= 2_500, $"{each} bytes");
            Assert.Equal(0, runtime.LiveSessions);
        }

        directory.Delete(recursive: true);

        static async Task SuspendAsync(AgentRuntime runtime, Expense agent, int from, int count)
        {
            for (var i = from; i < from + count; i++)
            {
                var session = await runtime.StartAsync(agent, i, new() { Id = $"s{i:00000}" }, Ct);
                Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
            }
        }
    }
}
