namespace AgentFlow.Tests;

public class FirstRunTests
{
    [Xunit.Fact]
    public async Task An_agent_runs_to_its_result()
    {
        var result = await new TenActions().RunAsync("x", TestContext.Current.CancellationToken);
        Assert.Equal("final", result.Text);
    }
}
