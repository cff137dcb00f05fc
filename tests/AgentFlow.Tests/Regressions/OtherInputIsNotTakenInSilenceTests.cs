using AgentFlow.Tests.Sessions;

namespace AgentFlow.Tests.Regressions;

/// <summary>Starting a session whose id was there went on with the old one, whatever it was started with.</summary>
public sealed class OtherInputIsNotTakenInSilenceTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_refused_unless_asked_for()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var options = new SessionOptions { Id = "s", Mode = "scheduled", Trigger = "cron" };
        await (await runtime.StartOrResumeAsync(new Order(), "apples", options, Ct)).Result.WaitAsync(Patience, Ct);
        Assert.Equal("apples: 6 for 12", await (await runtime.StartOrResumeAsync(new Order(), "apples", options, Ct)).Result.WaitAsync(Patience, Ct));

        foreach (var (input, other, difference) in new[]
        {
            ("pears", options, "input 'item'"),
            ("apples", options with { Mode = "interactive" }, "mode"),
            ("apples", options with { Trigger = null }, "trigger"),
            ("apples", options with { Parent = "p" }, "parent"),
        })
        {
            var error = await Assert.ThrowsAsync<DifferentSessionException>(() => runtime.StartOrResumeAsync(new Order(), input, other, Ct).AsTask());
            Assert.Equal([difference], error.Differences);
            Assert.DoesNotContain("pears", error.Message, StringComparison.Ordinal);
            Assert.Equal("apples: 6 for 12", await (await runtime.StartOrResumeAsync(new Order(), input, other with { AllowDifferentInput = true }, Ct)).Result.WaitAsync(Patience, Ct));
        }
    }

    [Fact]
    public async Task It_is_compared_behind_encryption_and_not_kept_at_work()
    {
        using var keys = new PayloadEncryption("k", new Dictionary<string, byte[]> { ["k"] = new byte[32] });
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store, new() { Encryption = keys });
        await (await runtime.StartOrResumeAsync(new Expense(), 10m, new() { Id = "s" }, Ct)).WaitAsync(Ct);
        var error = await Assert.ThrowsAsync<DifferentSessionException>(() => runtime.StartOrResumeAsync(new Expense(), 11m, new() { Id = "s" }, Ct).AsTask());
        Assert.Equal(["input 'amount'"], error.Differences);
        await runtime.StartOrResumeAsync(new Expense(), 10.0m, new() { Id = "s" }, Ct);
    }
}
