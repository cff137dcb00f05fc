using System.Text.Json;

namespace AgentFlow.Stores.Tests.Regressions;

/// <summary>While sessions in clear were still accepted, a signal in clear approved a session that had been encrypted from its first record on.</summary>
public sealed class ASignalInClearWasBelievedTests : SealingTest
{
    [Theory, MemberData(nameof(Stores))]
    public Task A_sealed_session_takes_none(string kind) => WithStoreAsync(kind, async store =>
    {
        await StartPayoutAsync(store, "o", "A");
        await SignalInClearAsync(store, "o", "Approve");
        using var lenient = Lenient();
        await using var runtime = OpenLenient(store, lenient);
        var session = await runtime.ResumeAsync(new Payout(), "o", Ct);
        await UntilRefusedAsync(store, "o");
        Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
        await session.ApproveAsync("ann", cancellationToken: Ct);
        Assert.Equal("A is good, approved by ann", await session.Result.WaitAsync(Patience, Ct));
    });

    [Theory, MemberData(nameof(Stores))]
    public Task Nor_after_a_snapshot(string kind) => WithStoreAsync(kind, async store =>
    {
        await CollectAsync(store, "a");
        await SignalInClearAsync(store, "a", "Next");
        using var lenient = Lenient();
        await using var runtime = OpenLenient(store, lenient);
        var session = await runtime.ResumeAsync(new Collector(), "a", Ct);
        await UntilRefusedAsync(store, "a");
        Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
    });

    [Theory, MemberData(nameof(Stores))]
    public Task One_that_began_in_clear_does(string kind) => WithStoreAsync(kind, async store =>
    {
        await StartPayoutAsync(store, "o", "A", isEncrypted: false);
        await SignalInClearAsync(store, "o", "Approve");
        using var lenient = Lenient();
        await using var runtime = OpenLenient(store, lenient);
        var session = await runtime.ResumeAsync(new Payout(), "o", Ct);
        Assert.Equal("A is good, approved by bob", await session.Result.WaitAsync(Patience, Ct));
    });

    private static PayloadEncryption Lenient() => new("k1", new Dictionary<string, byte[]> { ["k1"] = [.. Enumerable.Repeat((byte)7, 32)] }) { AcceptsClear = true };

    private static AgentRuntime OpenLenient(ISessionStore store, PayloadEncryption keys) => new(store, new() { Encryption = keys, PollInterval = TimeSpan.FromMilliseconds(50) });

    /// <summary>Somebody without any key writes to the store.</summary>
    private static async Task SignalInClearAsync(ISessionStore store, string id, string name)
    {
        await using var stranger = new AgentRuntime(store, new() { Wakes = false });
        await stranger.SignalAsync(id, name, JsonElement.Parse("\"bob\""), new() { Sender = "bob" }, Ct);
    }
}
