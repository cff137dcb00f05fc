namespace AgentFlow.Tests.Regressions;

/// <summary>Another agent that resumed a session which was at work in the same runtime was given a handle on it, whose result was another's.</summary>
public sealed class AnotherAgentTookASessionAtWorkTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_refused()
    {
        await using var runtime = new AgentRuntime(new MemorySessionStore());
        var slow = new SlowText();
        var session = await runtime.StartAsync(slow, "x", new() { Id = "s" }, Ct);
        await slow.Begun.Task.WaitAsync(Patience, Ct);
        var error = await Assert.ThrowsAsync<IncompatibleSessionException>(async () => await runtime.ResumeAsync(new OtherText(), "s", Ct));
        Assert.Contains("SlowText", error.Message, StringComparison.Ordinal);
        Assert.Equal("s", (await runtime.ResumeAsync(slow, "s", Ct)).Id);
        slow.Ends.SetResult();
        Assert.Equal("x", await session.Result.WaitAsync(Patience, Ct));
        await Assert.ThrowsAsync<IncompatibleSessionException>(async () => await runtime.ResumeAsync(new OtherText(), "s", Ct));
        await Assert.ThrowsAsync<SessionNotFoundException>(async () => await runtime.ResumeAsync(slow, "none", Ct));
    }
}

[Agent]
internal sealed partial class SlowText
{
    public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Ends { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Action, Result] private async Task<string> Say([Input] string text)
    {
        Begun.TrySetResult();
        await Ends.Task;
        return text;
    }
}

[Agent]
internal sealed partial class OtherText
{
    [Action, Result] private static string Say([Input] string text) => text + "!";
}
