namespace AgentFlow.Mcp.Tests.Regressions;

/// <summary>
/// Time-outs beyond the 49.7 days that timers of .NET take were accepted, and then nothing connected and no call was made.
/// </summary>
public sealed class TimesLongerThanTimersTakeTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public async Task The_longest_times_there_are_are_no_error()
    {
        await using var hosted = await Hosted.StartAsync(new() { CallTimeout = TimeSpan.MaxValue, HttpIdleTimeout = TimeSpan.MaxValue });
        await using var tools = await McpTools.ConnectAsync(hosted.Http(), new() { CallTimeout = TimeSpan.MaxValue, ConnectTimeout = TimeSpan.MaxValue }, Ct);
        await tools.RefreshAsync(Ct);
        Assert.NotEmpty(tools.Tools);
    }
}
