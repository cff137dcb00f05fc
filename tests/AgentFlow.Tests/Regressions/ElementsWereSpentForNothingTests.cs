namespace AgentFlow.Tests.Regressions;

/// <summary>When a session was resumed, all elements of a for-each together counted as one action against the budget.</summary>
public sealed class ElementsWereSpentForNothingTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_element_counts_after_a_resumption()
    {
        await using var store = new MemorySessionStore();
        await using (var before = new AgentRuntime(store))
        {
            var started = await before.StartAsync(new Sparing(), default, new() { Id = "s" }, Ct);
            Assert.Equal(SessionState.Suspended, await started.WaitAsync(Ct));
        }

        await using var runtime = new AgentRuntime(store);
        var session = await runtime.ResumeAsync(new Sparing(), "s", Ct);
        await session.GoAsync(true, cancellationToken: Ct);
        await Assert.ThrowsAsync<BudgetExceededException>(() => session.Result.WaitAsync(Patience, Ct));
    }
}

/// <summary>One for the places, three for the looks, one for the signal; nothing is left for what follows.</summary>
[Agent, Budget(Actions = 5)]
public sealed partial class Sparing
{
    [Action]
    private int[] Places() => [0, 1, 2];

    [Action, ForEach(nameof(Places))]
    private int Look([Item] int place) => place;

    [Signal]
    private partial Task<bool> Go(int[] look);

    [Action]
    private int Sum(int[] look, bool go) => go ? look.Sum() : 0;

    [Action]
    private int Twice(int sum) => sum * 2;
}
