using System.Text.Json;
using AgentFlow.Testing;

namespace AgentFlow.AI.Tests.Regressions;

/// <summary>A plan that went on without what had failed gave its result, and the failures were lost.</summary>
public sealed class FailuresOfPlansReachTheResultTests
{
    [Fact(Timeout = 300_000)]
    public async Task A_plan_that_goes_on_succeeds_and_says_what_has_failed()
    {
        var planner = new ScriptedChatClient("""{"fail_fast":false,"actions":[{"name":"broken"},{"name":"one"}],"result":"one"}""");
        var catalog = new PlanCatalog()
            .AddTool("one", static (_, _, _) => new(JsonSerializer.SerializeToElement(1)))
            .AddTool("broken", static (_, _, _) => throw new FormatException("It is broken."));
        var result = await new PlanAndExecuteAgent(planner, catalog).RunAsync("?", TestContext.Current.CancellationToken);
        Assert.True(result.Succeeded);
        Assert.Equal(1, result.Result?.GetInt32());
        Assert.Equal([new PlanFailure("broken", "It is broken.")], result.Failures);
    }
}
