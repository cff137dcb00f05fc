using System.Text.Json;
using AgentFlow.Testing;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI.Tests.Regressions;

/// <summary>What is wrong with an argument, and what foreign tools take, reached models as <c>\u00fc</c> where it was written so.</summary>
public sealed class EscapesReachedModelsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task In_what_is_wrong_with_an_argument()
    {
        var tools = new ToolRegistry().Add(new Foreign());
        var call = new FunctionCallContent("1", "weigh", new Dictionary<string, object?> { ["what"] = JsonElement.Parse("\"\\u00c4pfel \\ud83c\\udf4e\"") });
        var result = await new ToolInvoker(tools).InvokeAsync(call, cancellationToken: Ct);
        Assert.Contains("Äpfel 🍎", result.Result!.ToString(), StringComparison.Ordinal);
        Assert.Contains("Nüsse", result.Result!.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("\\u", result.Result!.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task In_what_a_planner_is_told_of_a_tool()
    {
        using var planner = new ScriptedChatClient(static _ => "no");
        await new PlanAndExecuteAgent(planner, new PlanCatalog().AddTools([new Foreign()]), new() { MaxPlans = 1 }).RunAsync("?", Ct);
        var told = string.Concat(planner.Requests[0].Messages.Select(static message => message.Text));
        Assert.Contains("Nüsse", told, StringComparison.Ordinal);
        Assert.DoesNotContain("\\u00", told, StringComparison.OrdinalIgnoreCase);
    }

    private sealed class Foreign : AIFunction
    {
        public override string Name => "weigh";

        public override JsonElement JsonSchema { get; } =
            JsonElement.Parse("""{"type":"object","properties":{"what":{"type":"string","enum":["N\u00fcsse","M\u00f6hren"],"description":"\u00dcber"}},"required":["what"]}""");

        protected override ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken) => new("1 kg");
    }
}
