namespace AgentFlow.Tests.Sessions;

public sealed class SimulationTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_simple_agent_survives_every_order_and_crash()
    {
        var report = await Simulate.Agent(new Order(), "apples").ExploreAsync(Ct);
        Assert.True(report.IsExhaustive);
        Assert.True(report.Crashes >= 10, report.ToString());
    }

    [Fact]
    public async Task Signals_and_effects_survive_every_order_and_crash()
    {
        var report = await Simulate.Agent(new Expense(), 12.5m)
            .Answer(Expense.Signals.Approve, new Decision(true))
            .Answer(Expense.Signals.Acknowledge, default)
            .ExploreAsync(Ct);
        Assert.True(report.Crashes >= 10, report.ToString());
    }
}
