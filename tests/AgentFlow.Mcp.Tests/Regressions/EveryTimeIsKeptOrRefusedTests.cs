using AgentFlow.Tests;

namespace AgentFlow.Mcp.Tests.Regressions;

/// <summary>Every time that somebody writes is kept, or refused where it is written.</summary>
public sealed class EveryTimeIsKeptOrRefusedTests
{
    private static readonly Dictionary<string, Func<TimeSpan, Func<Task>>> s_times = new()
    {
        ["McpToolServerOptions.CallTimeout"] = static time => Hosts(new() { CallTimeout = time }, new()),
        ["McpToolServerOptions.HttpIdleTimeout"] = static time => Hosts(new() { HttpIdleTimeout = time == TimeSpan.FromTicks(1) ? TimeSpan.FromMinutes(1) : time }, new()),
        ["McpToolsOptions.CallTimeout"] = static time => Hosts(new(), new() { CallTimeout = time }),
        ["McpToolsOptions.ConnectTimeout"] = static time => time == TimeSpan.FromTicks(1) ? static () => Task.CompletedTask : Hosts(new(), new() { ConnectTimeout = time }),
    };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Times => [.. s_times.Keys];

    [Fact]
    public void None_is_forgotten() => Assert.Equal(s_times.Keys.Order(), PublicTimes.Of(typeof(McpTools).Assembly).Distinct().Order());

    [Theory(Timeout = 300_000), MemberData(nameof(Times))]
    public async Task It_is_kept_or_refused(string place)
    {
        foreach (var time in PublicTimes.Odd)
        {
            await PublicTimes.CheckAsync(time, s_times[place]);
        }
    }

    private static Func<Task> Hosts(McpToolServerOptions server, McpToolsOptions client) => async () =>
    {
        await using var hosted = await Hosted.StartAsync(server);
        await using var tools = await McpTools.ConnectAsync(hosted.Http(), client, Ct);
        await tools.RefreshAsync(Ct);
        Assert.NotEmpty(tools.Tools);
    };
}
