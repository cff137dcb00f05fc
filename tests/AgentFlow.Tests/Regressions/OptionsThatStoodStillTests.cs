namespace AgentFlow.Tests.Regressions;

/// <summary>With <c>MaxWakes = 0</c> nothing was ever woken, without a word; other options were refused only where they were used, or by a null reference.</summary>
public sealed class OptionsThatStoodStillTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Numbers_that_allow_nothing_are_refused(int number)
    {
        Assert.Contains("MaxWakes", Assert.Throws<ArgumentOutOfRangeException>(() => new AgentRuntimeOptions { MaxWakes = number }).Message, StringComparison.Ordinal);
        Assert.Contains("MaxPayload", Assert.Throws<ArgumentOutOfRangeException>(() => new AgentRuntimeOptions { MaxPayload = number }).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Times_are_refused_by_the_name_of_their_option()
    {
        Assert.Contains("PollInterval", Assert.Throws<ArgumentOutOfRangeException>(() => new AgentRuntimeOptions { PollInterval = TimeSpan.Zero }).Message, StringComparison.Ordinal);
        Assert.Contains("Lease", Assert.Throws<ArgumentOutOfRangeException>(() => new AgentRuntimeOptions { Lease = TimeSpan.FromTicks(-1) }).Message, StringComparison.Ordinal);
        Assert.Contains("ShutdownGrace", Assert.Throws<ArgumentOutOfRangeException>(() => new AgentRuntimeOptions { ShutdownGrace = TimeSpan.FromTicks(-1) }).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Owners_can_be_told_apart()
    {
        Assert.ThrowsAny<ArgumentException>(() => new AgentRuntimeOptions { Owner = "" });
        Assert.ThrowsAny<ArgumentException>(() => new AgentRuntimeOptions { Owner = null! });
        Assert.ThrowsAny<ArgumentException>(() => new AgentRuntimeOptions { Owner = "a\ud83d" });
        Assert.ThrowsAny<ArgumentException>(() => new AgentRuntimeOptions { Owner = new string('a', 1001) });
        Assert.Equal("worker 7 \ud83d\ude00", new AgentRuntimeOptions { Owner = "worker 7 \ud83d\ude00" }.Owner);
    }

    [Fact]
    public async Task What_is_missing_or_unknown_is_refused_where_it_is_written()
    {
        Assert.Throws<ArgumentNullException>(() => new AgentRuntimeOptions { Run = null! });
        Assert.Throws<ArgumentOutOfRangeException>(() => new SessionOptions { Durability = (Durability)9 });
        await using var runtime = new AgentRuntime(new MemorySessionStore());
        var session = await runtime.StartAsync(new Desk("Ann"), 1, cancellationToken: TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await session.GoAsync(true, new() { Sender = null! }, TestContext.Current.CancellationToken));
    }
}
