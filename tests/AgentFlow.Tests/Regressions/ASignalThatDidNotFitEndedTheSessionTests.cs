using System.Text;
using System.Text.Json;

namespace AgentFlow.Tests.Regressions;

/// <summary>A signal that did not fit was accepted, and then failed and compensated a session that had waited for it for a month.</summary>
public sealed class ASignalThatDidNotFitEndedTheSessionTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Approve", "17")]
    [InlineData("Approve", "\"yes\"")]
    [InlineData("Approve", "null")]
    [InlineData("Approve", "{\"Approved\":{}}")]
    [InlineData("Book", "{}")]
    [InlineData("Nothing", "{}")]
    public async Task It_is_refused_at_the_door(string name, string json)
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store, new() { PollInterval = TimeSpan.FromMilliseconds(20) });
        var agent = new TripInDoubt();
        var session = await StartAsync(runtime, agent);
        var error = await Assert.ThrowsAsync<InvalidSignalException>(() => runtime.SignalAsync("t", name, JsonElement.Parse(json), cancellationToken: Ct).AsTask());
        Assert.Equal((name, "t"), (error.Signal, error.Session));
        Assert.Empty(await store.ReadSignalsAsync("t", Ct));
        await EndsWellAsync(agent, session);
    }

    [Fact]
    public async Task A_key_of_another_agent_does_not_open_the_door()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store, new() { PollInterval = TimeSpan.FromMilliseconds(20) });
        var agent = new TripInDoubt();
        var session = await StartAsync(runtime, agent);
        await Assert.ThrowsAsync<InvalidSignalException>(() => session.SignalAsync(Deep.Signals.Answer, JsonElement.Parse("1"), cancellationToken: Ct).AsTask());
        await EndsWellAsync(agent, session);
    }

    [Fact]
    public async Task What_fits_only_without_what_is_recorded_around_it_is_refused_at_the_door()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store, new() { PollInterval = TimeSpan.FromMilliseconds(20), MaxPayload = 1000 });
        var agent = new TripInDoubt();
        var session = await StartAsync(runtime, agent);
        for (var length = 900; length <= 1000; length++)
        {
            try
            {
                await session.ApproveAsync(new Approval(true, new string('x', length)), new() { Sender = new string('s', 20) }, Ct);
            }
            catch (PayloadTooLargeException)
            {
                Assert.True(length > 900);
                await EndsWellAsync(agent, session);
                return;
            }

            Assert.Equal("booked", await session.Result.WaitAsync(Patience, Ct));
            await store.DeleteAsync("t", Ct);
            session = await StartAsync(runtime, agent);
        }

        Assert.Fail("Nothing was too large.");
    }

    [Fact]
    public async Task One_that_another_process_has_left_is_taken_out_of_the_way()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store, new() { PollInterval = TimeSpan.FromMilliseconds(20) });
        var agent = new TripInDoubt();
        var session = await StartAsync(runtime, agent);

        // A runtime that does not know the agent cannot tell; a client of the store need not ask.
        await using (var stranger = new AgentRuntime(store))
        {
            await stranger.SignalAsync("t", "Approve", JsonElement.Parse("17"), new() { Sender = "mallory" }, Ct);
        }

        foreach (var payload in (string[])["", "x", "{\"Approved\":true,\"Note\":\"\"}"])
        {
            await store.SignalAsync(new() { Session = "t", Name = "Approve", Payload = Encoding.UTF8.GetBytes(payload) }, Ct);
        }

        while (await RefusedAsync(store) < 4)
        {
            await Task.Delay(5, Ct);
        }

        Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
        Assert.Empty(await store.ReadSignalsAsync("t", Ct));
        await EndsWellAsync(agent, session);
        await runtime.VerifyAsync("t", cancellationToken: Ct);
    }

    [Fact]
    public async Task A_setter_that_throws_what_it_likes_refuses_as_well()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store, new() { PollInterval = TimeSpan.FromMilliseconds(20) });
        var session = await runtime.StartAsync(new Moody(), default, new() { Id = "t" }, Ct);
        Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
        await Assert.ThrowsAsync<InvalidSignalException>(() => runtime.SignalAsync("t", "Tell", JsonElement.Parse("""{"Text":"bad"}"""), cancellationToken: Ct).AsTask());
        await using (var stranger = new AgentRuntime(store))
        {
            await stranger.SignalAsync("t", "Tell", JsonElement.Parse("""{"Text":"bad"}"""), cancellationToken: Ct);
        }

        await session.TellAsync(new Mood { Text = "good" }, cancellationToken: Ct);
        Assert.Equal("good", await session.Result.WaitAsync(Patience, Ct));
    }

    private static async Task<int> RefusedAsync(MemorySessionStore store) => await store.ReadAsync("t", 0, Ct).CountAsync(static r => r.Kind == JournalKind.SignalRefused, Ct);

    private static async Task<Session<TripInDoubt, string>> StartAsync(AgentRuntime runtime, TripInDoubt agent)
    {
        var session = await runtime.StartAsync(agent, default, new() { Id = "t" }, Ct);
        Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
        return session;
    }

    private static async Task EndsWellAsync(TripInDoubt agent, Session<TripInDoubt, string> session)
    {
        await session.ApproveAsync(new Approval(true, ""), cancellationToken: Ct);
        Assert.Equal("booked", await session.Result.WaitAsync(Patience, Ct));
        Assert.Equal(0, agent.Undone);
    }
}

public sealed record Approval(bool Approved, string Note);

[Agent]
public sealed partial class TripInDoubt
{
    private int _undone;

    public int Undone => _undone;

    [Action, Compensate(nameof(Undo))]
    private string Reserve() => "seat";

    private void Undo(string reserve) => Interlocked.Increment(ref _undone);

    [Signal]
    private partial Task<Approval> Approve(string reserve);

    [Action, Result]
    private string Book(string reserve, Approval approval) => approval.Approved ? "booked" : "left";
}

public sealed record Mood
{
    public string Text
    {
        get;
        init => field = value == "bad" ? throw new TimeZoneNotFoundException("not today") : value;
    } = "";
}

[Agent]
public sealed partial class Moody
{
    [Signal]
    private partial Task<Mood> Tell();

    [Action, Result]
    private string Text(Mood tell) => tell.Text;
}
