using System.Text.Json;

namespace AgentFlow.Tests.Regressions;

/// <summary>Of a member that a signal gave twice the last one counted, whatever the page had shown to the person who approved it.</summary>
public sealed partial class NoMemberOfASignalIsGivenTwiceTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{"Amount":1,"Amount":1000000}""", "$.Amount")]
    [InlineData("""{"Amount":1,"\u0041mount":1000000}""", "$.Amount")]
    [InlineData("""{"Amount":1,"Lines":[{"a":1},{"b":1,"b":2}]}""", "$.Lines[].b' twice")]
    public async Task A_signal_with_a_member_twice_is_refused_and_the_session_waits(string json, string path)
    {
        await using var runtime = new AgentRuntime(new MemorySessionStore());
        var session = await runtime.StartAsync(new Paying(), default, new() { Id = "s" }, Ct);
        var error = await Assert.ThrowsAsync<InvalidSignalException>(async () => await runtime.SignalAsync("s", "Approve", JsonElement.Parse(json), cancellationToken: Ct));
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains("twice", error.Message, StringComparison.Ordinal);
        await runtime.SignalAsync("s", "Approve", JsonElement.Parse("""{"Amount":1,"Lines":[{"a":1},{"a":2}]}"""), cancellationToken: Ct);
        Assert.Equal(1, await session.Result.WaitAsync(Patience, Ct));
    }

    [Theory]
    [InlineData("""{"Amount":1,"\ud800":1}""")]
    [InlineData("""{"Amount":1,"Lines":["\udc00"]}""")]
    public async Task A_signal_with_half_a_character_is_refused(string json)
    {
        await using var runtime = new AgentRuntime(new MemorySessionStore());
        await runtime.StartAsync(new Paying(), default, new() { Id = "s" }, Ct);
        var error = await Assert.ThrowsAsync<InvalidSignalException>(async () => await runtime.SignalAsync("s", "Approve", JsonElement.Parse(json), cancellationToken: Ct));
        Assert.Contains("half", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task So_it_is_where_the_runtime_does_not_know_the_agent()
    {
        var store = new MemorySessionStore();
        await using (var first = new AgentRuntime(store))
        {
            await first.StartAsync(new Paying(), default, new() { Id = "s" }, Ct);
        }

        await using var other = new AgentRuntime(store);
        await Assert.ThrowsAsync<InvalidSignalException>(async () => await other.SignalAsync("s", "Approve", JsonElement.Parse("""{"Amount":1,"Amount":2}"""), cancellationToken: Ct));
    }

    public sealed record Approval(int Amount, JsonElement? Lines = null);

    [Agent]
    internal sealed partial class Paying
    {
        [Signal]
        private partial Task<Approval> Approve();

        [Action, Result]
        private static int Pay(Approval approve) => approve.Amount;
    }
}
