namespace AgentFlow.Tests.Sessions;

public sealed class SessionTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_session_runs_to_its_result_and_is_recorded()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);

        var session = await runtime.StartAsync(new Order(), "apples", new() { Id = "order-1" }, Ct);

        Assert.Equal("apples: 6 for 12", await session.Result);
        var info = await session.GetInfoAsync(Ct);
        Assert.Equal(SessionState.Completed, info.State);
        var records = await store.ReadAsync("order-1", 0, Ct).ToListAsync(Ct);
        Assert.Equal([JournalKind.Created, JournalKind.StateChanged, JournalKind.Completed, JournalKind.Completed, JournalKind.Completed, JournalKind.StateChanged], records.Select(r => r.Kind));
    }

    [Fact]
    public async Task A_crash_at_any_record_resumes_to_the_same_result_without_repeating_what_is_recorded()
    {
        await using var whole = new MemorySessionStore();
        await using (var runtime = new AgentRuntime(whole))
        {
            await (await runtime.StartAsync(new Order(), "apples", new() { Id = "o" }, Ct)).Result;
        }

        var count = (await whole.FindAsync("o", Ct))!.Sequence;
        for (var n = 1; n <= count; n++)
        {
            await whole.ForkAsync("o", n, new() { Id = $"o{n}", Agent = "", Shape = "" }, Ct);
            await using var runtime = new AgentRuntime(whole);
            var agent = new Order();
            var session = await runtime.ResumeAsync(agent, $"o{n}", Ct);
            Assert.Equal("apples: 6 for 12", await session.Result);
            var records = await whole.ReadAsync($"o{n}", 0, Ct).ToListAsync(Ct);
            Assert.Equal(records.Count, records.Select(r => (r.Kind, r.Iteration, r.Action, r.Kind == JournalKind.StateChanged ? r.Sequence : 0)).Distinct().Count());
            var before = records.Take(n).Count(r => r.Kind == JournalKind.Completed);
            Assert.Equal(3 - before, agent.Calls);
        }
    }
}

[Agent]
public sealed partial class Order
{
    private int _calls;

    public int Calls => _calls;

    [Action]
    private Task<int> Count([Input] string item)
    {
        Interlocked.Increment(ref _calls);
        return Task.FromResult(item.Length);
    }

    [Action]
    private async Task<Price> Quote(int count)
    {
        Interlocked.Increment(ref _calls);
        await Task.Yield();
        return new Price(count * 2, "EUR");
    }

    [Action]
    private string Describe([Input] string item, int count, Price price)
    {
        Interlocked.Increment(ref _calls);
        return $"{item}: {count} for {price.Amount}";
    }
}

public sealed record Price(decimal Amount, string Currency);
