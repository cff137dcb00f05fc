using System.Text.Json;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI.Tests.Regressions;

/// <summary>The schemas of tools come from servers. A call is refused only for what certainly breaks its schema; what cannot be checked is passed on.</summary>
public sealed class ForeignSchemasDoNotRefuseCallsTests
{
    [Theory]
    [InlineData("""{"properties":{"x":{"$ref":"#/properties/x"}}}""")]
    [InlineData("""{"properties":{"x":{"anyOf":[{"$ref":"#/properties/x"},{"$ref":"#/properties/x"}]}}}""")]
    [InlineData("""{"properties":{"x":{"$ref":"#/$defs/nowhere"}}}""")]
    [InlineData("""{"properties":{"x":{"$ref":7}}}""")]
    [InlineData("""{"patternProperties":{"^x":{"type":"number"}},"additionalProperties":false}""")]
    [InlineData("""{"properties":{"x":{"type":"integer"}}}""")]
    [InlineData("""{"properties":{"x":{"$ref":"#n"}},"$defs":{"n":{"$anchor":"n","type":"integer"}}}""")]
    [InlineData("""{"required":"x"}""")]
    [InlineData("""[]""")]
    public async Task A_call_is_passed_on(string schema)
    {
        var tool = new Foreign(schema);
        var invoker = new ToolInvoker(new ToolRegistry().Add(new ApprovalRequiredAIFunction(tool)));
        var call = new FunctionCallContent("c1", "foreign", new Dictionary<string, object?> { ["x"] = JsonElement.Parse("3.0") });

        // On a thread whose stack is soon used up.
        var needsApproval = false;
        var thread = new Thread(() => needsApproval = invoker.NeedsApproval(call), 256 << 10) { IsBackground = true };
        thread.Start();
        Assert.True(thread.Join(TimeSpan.FromSeconds(60)));
        Assert.True(needsApproval);

        var result = await invoker.InvokeAsync(call, new() { Approval = ToolApproval.Request(call).Grant() }, TestContext.Current.CancellationToken);
        Assert.Null(result.Exception);
        Assert.Equal(1, tool.Calls);
    }

    [Fact]
    public async Task A_call_that_breaks_what_is_known_is_refused()
    {
        var tool = new Foreign("""{"properties":{"x":{"type":"string"},"y":{"$ref":"#/nowhere"}},"required":["z"]}""");
        var call = new FunctionCallContent("c1", "foreign", new Dictionary<string, object?> { ["x"] = 3 });
        var result = await new ToolInvoker(new ToolRegistry().Add(new ApprovalRequiredAIFunction(tool))).InvokeAsync(call, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal("Error: The arguments of tool 'foreign' are invalid; correct them and call it again:\n$.z: missing; expected a value\n$.x: expected a string, got 3", result.Result);
        Assert.Equal(0, tool.Calls);
    }

    private sealed class Foreign(string schema) : AIFunction
    {
        public int Calls { get; private set; }

        public override string Name => "foreign";

        public override JsonElement JsonSchema { get; } = JsonElement.Parse(schema);

        protected override ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken)
        {
            Calls++;
            return new("done");
        }
    }
}
