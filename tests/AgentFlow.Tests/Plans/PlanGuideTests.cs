using System.Runtime.CompilerServices;
using System.Text.Json;

namespace AgentFlow.Tests.Plans;

/// <summary>What the page about plans shows is in this file, where it is compiled and run.</summary>
public sealed class PlanGuideTests
{
    [Fact]
    public async Task The_page_shows_what_works()
    {
        var here = ThisFile();
        var compiled = (await File.ReadAllLinesAsync(here, TestContext.Current.CancellationToken)).Select(static l => l.Trim()).ToHashSet();
        var page = await File.ReadAllTextAsync(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "docs", "plans.md"), TestContext.Current.CancellationToken);
        var lines = Blocks(page, "cs").SelectMany(static b => b.Split('\n')).Select(static l => l.Trim()).Where(static l => l.Length > 0).ToArray();
        Assert.True(lines.Length > 5);
        Assert.All(lines, l => Assert.Contains(l, compiled));
        Assert.Equal("""{"hits":["news of batteries"]}""", await RunAsync(Blocks(page, "json").Single()));
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

    private static IEnumerable<string> Blocks(string page, string language) =>
        page.Split($"```{language}\n").Skip(1).Select(static b => b[..b.IndexOf("```", StringComparison.Ordinal)]);

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
