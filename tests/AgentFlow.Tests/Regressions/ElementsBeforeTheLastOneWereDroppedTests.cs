using AgentFlow.Crash;

namespace AgentFlow.Tests.Regressions;

/// <summary>
/// After a crash, elements of a for-each that were recorded before the one that ended the loop were left out of its output if they came after it in
/// the sequence.
/// </summary>
public sealed class ElementsBeforeTheLastOneWereDroppedTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_ended_before_the_loop_did_is_part_of_its_output()
    {
        await using var store = new MemorySessionStore();
        var before = new Search();
        await using (var runtime = new AgentRuntime(new DyingStore(store, before), new() { Owner = "worker" }))
        {
            await runtime.StartAsync(before, default, new() { Id = "s" }, Ct);
            await before.Died.Task.WaitAsync(Patience, Ct);
        }

        var after = new Search();
        await using var later = new AgentRuntime(store, new() { Owner = "worker" });
        var session = await later.ResumeAsync(after, "s", Ct);
        var found = await session.Result.WaitAsync(Patience, Ct);
        Assert.Equal([1, 2], found);
        Assert.Empty(after.Looked);
    }

    /// <summary>Says when the third place is recorded, and records no end of the search.</summary>
    private sealed class DyingStore(ISessionStore inner, Search agent) : ForwardingStore(inner)
    {
        public override async ValueTask<DateTimeOffset> AppendAsync(SessionAppend append, CancellationToken cancellationToken = default)
        {
            if (append.Records.Any(static r => r is { Action: "Look", Item: < 0 }))
            {
                agent.Died.TrySetResult();
                throw new IOException("The process has died.");
            }

            var time = await base.AppendAsync(append, cancellationToken);
            if (append.Records.Any(static r => r is { Kind: JournalKind.Completed, Item: 2 }))
            {
                agent.HasThird.TrySetResult();
            }

            return time;
        }
    }
}

/// <summary>Looks at three places; the third is looked at first, and what is sought is at the second.</summary>
[Agent]
public sealed partial class Search
{
    public TaskCompletionSource HasThird { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Died { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public System.Collections.Concurrent.ConcurrentQueue<int> Looked { get; } = [];

    [Action]
    private int[] Places() => [0, 1, 2];

    [Action, ForEach(nameof(Places), MaxParallel = 3, Until = nameof(IsFound)), Result]
    private async Task<int> Look([Item] int place, CancellationToken cancellationToken)
    {
        Looked.Enqueue(place);
        await (place switch
        {
            0 => Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken),
            1 => HasThird.Task.WaitAsync(cancellationToken),
            _ => Task.CompletedTask,
        });
        return place;
    }

    private static bool IsFound(int look) => look == 1;
}
