using AgentFlow.Crash;

namespace AgentFlow.Tests.Regressions;

/// <summary>
/// A write to the journal of a child failed once: the parent rested although its action was waiting, was never woken, and its end cancelled the child.
/// </summary>
public sealed class OneFailedWriteOfAChildTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory(Timeout = 300_000)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Its_parent_waits_until_it_is_resumed(int failing)
    {
        await using var store = new FailingStore(new MemorySessionStore(), failing);
        await using var runtime = new AgentRuntime(store, new() { PollInterval = TimeSpan.FromMilliseconds(50), Lease = TimeSpan.FromSeconds(1) });
        var session = await runtime.StartAsync(new Delegating(), 5, new() { Id = "p" }, Ct);
        Assert.Equal("done 5", await session.Result.WaitAsync(Patience, Ct));
        Assert.True(store.HasFailed);
        var child = Assert.Single(await store.ListAsync(new() { Parent = "p" }, Ct));
        Assert.Equal(SessionState.Completed, child.State);
        Assert.DoesNotContain(await ReadAsync(store, child.Id), static r => r.Kind == JournalKind.CancelRequested);
    }

    private static async Task<List<JournalRecord>> ReadAsync(ISessionStore store, string id)
    {
        var records = new List<JournalRecord>();
        await foreach (var record in store.ReadAsync(id, 0, Ct))
        {
            records.Add(record);
        }

        return records;
    }

    private sealed class FailingStore(ISessionStore inner, int failing) : ForwardingStore(inner)
    {
        private int _appends;

        public bool HasFailed => _appends > failing;

        public override ValueTask<DateTimeOffset> AppendAsync(SessionAppend append, CancellationToken cancellationToken = default) =>
            append.Claim.Id.Contains('~', StringComparison.Ordinal) && Interlocked.Increment(ref _appends) == failing + 1
                ? throw new IOException("The disk is full.")
                : base.AppendAsync(append, cancellationToken);
    }
}

[Agent]
public sealed partial class Delegating
{
    [Action]
    private async Task<string> Delegate([Input] int number, ActionContext context, CancellationToken cancellationToken) =>
        await context.RunChildAsync(new Delegated(), number, cancellationToken);
}

[Agent]
public sealed partial class Delegated
{
    [Action]
    private async Task<int> Begin([Input] int number)
    {
        await Task.Yield();
        return number;
    }

    [Action]
    private async Task<string> End(int begin)
    {
        await Task.Yield();
        return $"done {begin}";
    }
}
