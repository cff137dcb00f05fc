using System.Runtime.CompilerServices;

namespace AgentFlow.Tests.Sessions;

/// <summary>Sessions that an earlier build has written. They must go on with this one; <c>AGENTFLOW_WRITE_GOLDEN=1</c> writes those of a release anew.</summary>
public sealed class GoldenTests : IDisposable
{
    private static readonly string Golden = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "Golden"));

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("agentflow-golden-");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task Sessions_of_this_release_go_on()
    {
        if (Environment.GetEnvironmentVariable("AGENTFLOW_WRITE_GOLDEN") == "1")
        {
            await WriteAsync();
        }

        foreach (var file in Directory.GetFiles(Golden, "*.session"))
        {
            File.Copy(file, Path.Combine(_directory.FullName, Path.GetFileName(file)));
        }

        // Their time-outs are stored as moments: whatever the date is here, the sessions must find the one at which they were written.
        var clock = new RunningClock(await LastWrittenAsync());
        await using var store = new FileSessionStore(_directory.FullName, clock);
        Assert.Empty(store.Damaged);
        await using var runtime = new AgentRuntime(store, new() { PollInterval = TimeSpan.FromMilliseconds(20), Run = new() { TimeProvider = clock } });
        var expense = await runtime.ResumeAsync(new Expense(), "expense", Ct);
        Assert.Equal(SessionState.Suspended, (await expense.GetInfoAsync(Ct)).State);
        await expense.ApproveAsync(new Decision(true), cancellationToken: Ct);
        Assert.Equal("paid 12.5", await expense.Result.WaitAsync(Patience, Ct));

        Assert.Equal(300, await (await runtime.ResumeAsync(new Counter(), "counter", Ct)).Result.WaitAsync(Patience, Ct));
        Assert.Equal("apples: 6 for 12", await (await runtime.ResumeAsync(new Order(), "order", Ct)).Result.WaitAsync(Patience, Ct));
    }

    private async Task<DateTimeOffset> LastWrittenAsync()
    {
        await using var store = new FileSessionStore(_directory.FullName);
        return (await store.ListAsync(new(), Ct)).Max(static session => session.UpdatedAt);
    }

    /// <summary>One that waits for its second signal, a loop from near its end, one that has ended.</summary>
    private static async Task WriteAsync()
    {
        Directory.CreateDirectory(Golden);
        foreach (var old in Directory.GetFiles(Golden))
        {
            File.Delete(old);
        }

        await using (var store = new FileSessionStore(Golden))
        await using (var runtime = new AgentRuntime(store, new() { Owner = "golden" }))
        {
            var expense = await runtime.StartAsync(new Expense(), 12.5m, new() { Id = "expense" }, Ct);
            await expense.WaitAsync(Ct);
            await expense.AcknowledgeAsync(new() { Sender = "cfo", Key = "k" }, Ct);
            while (!(await runtime.ReadOutcomesAsync(new Expense(), "expense", Ct)).Any(o => o.Action == "Acknowledge") || (await expense.GetInfoAsync(Ct)).State != SessionState.Suspended)
            {
                await Task.Yield();
            }

            var counter = await runtime.StartAsync(new Counter(), 300, new() { Id = "whole" }, Ct);
            await counter.Result;
            await runtime.ForkAsync(new Counter(), "whole", new ForkOptions { Id = "counter", Sequence = (await counter.GetInfoAsync(Ct)).Sequence - 40, IsPaused = true }, Ct);
            await store.DeleteAsync("whole", Ct);
            await (await runtime.StartAsync(new Order(), "apples", new() { Id = "order" }, Ct)).Result;
        }

        File.Delete(Path.Combine(Golden, "lock"));
    }

    /// <summary>The system's clock, set to another time.</summary>
    private sealed class RunningClock(DateTimeOffset start) : TimeProvider
    {
        private readonly long _started = System.GetTimestamp();

        public override DateTimeOffset GetUtcNow() => start + System.GetElapsedTime(_started);
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
