using System.Text.Json;
using AgentFlow.Testing;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI.Tests.Regressions;

/// <summary>A tool that is not generated was called with whatever the model wrote; its schema was asked only before approvals.</summary>
public sealed class ForeignToolsAreCalledWithWhatTheyAskForTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{"amount":5}""", true)]
    [InlineData("""{"amount":5,"note":"more"}""", true)]
    [InlineData("""{"amount":0}""", false)]
    [InlineData("""{"amount":"five"}""", false)]
    [InlineData("{}", false)]
    public async Task Arguments_are_held_against_the_schema_before_every_call(string arguments, bool fits)
    {
        var tool = new Foreign("""{"type":"object","properties":{"amount":{"type":"integer","minimum":1}},"required":["amount"]}""");
        var result = await InvokeAsync(tool, arguments);
        Assert.Equal(fits ? 1 : 0, tool.Calls);
        Assert.Equal(fits, result.Exception is null);
        if (!fits)
        {
            Assert.IsType<InvalidToolArgumentsException>(result.Exception);
            Assert.Contains("amount", result.Result!.ToString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("""{"type":"object","properties":{"amount":{"$ref":"https://example.org/amount.json"}}}""")]
    [InlineData("""{"type":"object","properties":{"amount":{"$ref":"#/$defs/none"}}}""")]
    [InlineData("""{"type":"object","unevaluatedProperties":false}""")]
    [InlineData("true")]
    public async Task What_cannot_be_checked_is_left_to_the_tool(string schema)
    {
        var tool = new Foreign(schema);
        Assert.Null((await InvokeAsync(tool, """{"amount":5}""")).Exception);
        Assert.Equal(1, tool.Calls);
    }

    [Fact]
    public async Task A_member_given_twice_is_written_again()
    {
        var tool = new Foreign("""{"type":"object"}""");
        using var model = new ScriptedChatClient(ScriptedReply.Call("pay", """{"amount":1,"amount":1000000}"""));
        var call = (await model.GetResponseAsync("Pay.", null, Ct)).Messages[0].Contents.OfType<FunctionCallContent>().Single();
        var result = await new ToolInvoker(new ToolRegistry().Add(tool)).InvokeAsync(call, cancellationToken: Ct);
        Assert.StartsWith("Error:", result.Result!.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, tool.Calls);
    }

    private static async Task<FunctionResultContent> InvokeAsync(Foreign tool, string arguments)
    {
        var values = JsonElement.Parse(arguments).EnumerateObject().ToDictionary(static member => member.Name, static member => (object?)member.Value);
        return await new ToolInvoker(new ToolRegistry().Add(tool)).InvokeAsync(new("1", "pay", values), cancellationToken: Ct);
    }

    private sealed class Foreign(string schema) : AIFunction
    {
        public int Calls { get; private set; }

        public override string Name => "pay";

        public override JsonElement JsonSchema { get; } = JsonElement.Parse(schema);

        protected override ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken)
        {
            Calls++;
            return new("paid");
        }
    }
}
