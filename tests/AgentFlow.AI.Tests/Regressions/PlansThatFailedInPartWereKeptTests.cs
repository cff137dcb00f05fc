using AgentFlow.Testing;

namespace AgentFlow.AI.Tests.Regressions;

/// <summary>
/// A plan whose result was made in spite of failures was kept and run again, and agents with other catalogs or instructions got each other's
/// plans out of one cache.
/// </summary>
public sealed class PlansThatFailedInPartWereKeptTests
{
    private const string Partly = """{"fail_fast":false,"actions":[{"name":"nice","target":"flaky"},{"name":"one","target":"echo","parameters":{"of":1}}],"result":"one"}""";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public async Task It_is_kept_only_if_nothing_failed()
    {
        var isBroken = true;
        var catalog = new PlanCatalog()
            .AddTool("echo", static (arguments, _, _) => new(arguments))
            .AddTool("flaky", (arguments, _, _) => isBroken ? throw new IOException("It is down.") : new(arguments));
        var cache = new PlanCache();
        var planner = new ScriptedChatClient(_ => Partly);
        var agent = new PlanAndExecuteAgent(planner, catalog, new() { Cache = cache });
        Assert.True((await agent.RunAsync("?", Ct)).Succeeded);
        Assert.False(cache.TryGet("?", out _));

        isBroken = false;
        Assert.True((await agent.RunAsync("?", Ct)).Succeeded);
        Assert.True(cache.TryGet("?", out _));
        Assert.True((await agent.RunAsync("?", Ct)).Succeeded);
        Assert.Equal(2, planner.Requests.Count);

        isBroken = true;
        Assert.True((await agent.RunAsync("?", Ct)).Succeeded);
        Assert.False(cache.TryGet("?", out _));
    }

    [Fact(Timeout = 300_000)]
    public async Task It_serves_those_with_the_same_catalog_and_instructions()
    {
        var cache = new PlanCache();
        var planner = new ScriptedChatClient(_ => """{"actions":[{"name":"one","target":"echo","parameters":{"of":1}}]}""");
        async Task<int> PlannedAsync(string instructions, string description)
        {
            var catalog = new PlanCatalog().Add(new PlanTarget(ActionType.Tool, "echo", static (arguments, _, _) => new(arguments)) { Description = description });
            var before = planner.Requests.Count;
            Assert.True((await new PlanAndExecuteAgent(planner, catalog, new() { Cache = cache, Instructions = instructions }).RunAsync("?", Ct)).Succeeded);
            return planner.Requests.Count - before;
        }

        Assert.Equal(1, await PlannedAsync("Be brief.", "Says it again."));
        Assert.Equal(0, await PlannedAsync("Be brief.", "Says it again."));
        Assert.Equal(1, await PlannedAsync("Never call echo twice.", "Says it again."));
        Assert.Equal(0, await PlannedAsync("Never call echo twice.", "Says it again."));
        Assert.Equal(1, await PlannedAsync("Never call echo twice.", "Pays."));
    }
}
