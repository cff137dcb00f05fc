using System.Text.Json;

namespace AgentFlow.Tests.Plans;

/// <summary>What the page about plans shows is in this file, where it is compiled and run.</summary>
public sealed class PlanGuideTests
{
    [Fact]
    public async Task The_page_shows_what_works()
    {
        GuidePage.IsCompiledHere("plans.md", 6);
        Assert.Equal("""{"hits":["news of batteries"]}""", await RunAsync(GuidePage.Blocks("plans.md", "json").Single()));
    }

    private static async Task<string> RunAsync(string json)
    {
        var catalog = new PlanCatalog()
            .AddTool("search", SearchAsync, """{"type":"object","properties":{"query":{"type":"string"}},"required":["query"]}""")
            .AddTool("publish", PublishAsync);
        var plan = Plan.Parse(json, catalog);
        Console.WriteLine(plan.Graph.ToPlan());
        JsonElement report = await new PlanAgent(plan).RunAsync(JsonElement.Parse("""{"topic":"batteries"}"""));
        return report.GetRawText();
    }

    private static ValueTask<JsonElement> SearchAsync(JsonElement arguments, ActionContext context, CancellationToken cancellationToken) =>
        new(JsonElement.Parse($"[{arguments.GetProperty("query").GetRawText()}]"));

    private static ValueTask<JsonElement> PublishAsync(JsonElement arguments, ActionContext context, CancellationToken cancellationToken) => new(arguments);
}
