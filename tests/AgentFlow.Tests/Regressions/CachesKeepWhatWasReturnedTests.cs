namespace AgentFlow.Tests.Regressions;

/// <summary>A cache kept what a fallback had given while the action failed, or an output that broke its postcondition, and gave it to all who came after.</summary>
public sealed class CachesKeepWhatWasReturnedTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_fallback_gave_is_not_kept()
    {
        var quotes = new Queue<Func<int>>([() => throw new InvalidOperationException(), () => 5, () => throw new InvalidOperationException()]);
        var agent = new CachedQuotes(quotes.Dequeue);
        Assert.Equal(-1, await agent.RunAsync("a", Ct));
        Assert.Equal(5, await agent.RunAsync("a", Ct));
        Assert.Equal(5, await agent.RunAsync("a", Ct));
        Assert.Equal(-1, await agent.RunAsync("b", Ct));
        Assert.Empty(quotes);
    }

    [Fact]
    public async Task What_broke_its_postcondition_is_not_kept()
    {
        var quotes = new Queue<Func<int>>([static () => -7, static () => 5]);
        var agent = new CachedQuotes(quotes.Dequeue);
        Assert.Equal(-1, await agent.RunAsync("c", Ct));
        Assert.Equal(5, await agent.RunAsync("c", Ct));
        Assert.Equal(5, await agent.RunAsync("c", Ct));
    }
}

[Agent]
public sealed partial class CachedQuotes(Func<Func<int>> next)
{
    [Action, Cache("01:00:00"), Ensures(nameof(IsPrice)), Fallback(nameof(None))]
    private int Quote([Input] string of) => next()();

    private static bool IsPrice(int quote) => quote > 0;

    private static int None() => -1;
}
