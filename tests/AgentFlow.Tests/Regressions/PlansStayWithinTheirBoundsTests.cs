using System.Text.Json;

namespace AgentFlow.Tests.Regressions;

/// <summary>Models write plans: none takes the memory, the stack or the processor, however short it is.</summary>
public sealed class PlansStayWithinTheirBoundsTests
{
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(60);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task References_that_double_their_value_are_stopped()
    {
        var actions = string.Join(',', Enumerable.Range(1, 40).Select(i => $$"""{"name":"a{{i}}","target":"echo","parameters":{"l":"$a{{i - 1}}","r":"$a{{i - 1}}"} }"""));
        var plan = Plan.Parse($$"""{"actions":[{"name":"a0","target":"echo","parameters":{"text":"{{new string('x', 100)}}"} },{{actions}}]}""", Catalog());
        var error = await Assert.ThrowsAsync<ActionFailedException>(() => RunAsync(plan));
        Assert.Contains("4194304 bytes", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Outputs_that_are_many_are_stopped_together()
    {
        var actions = string.Join(',', Enumerable.Range(0, 100).Select(i => $$"""{"name":"a{{i}}","target":"large"}"""));
        var plan = Plan.Parse($$"""{"actions":[{{actions}}],"result":"a0"}""", Catalog(), new PlanLimits { MaxOutputBytes = 1 << 20 });
        var error = await Assert.ThrowsAsync<ActionFailedException>(() => RunAsync(plan));
        Assert.Contains("1048576 bytes", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("^(([a-z])+.)+[A-Z]([a-z])+$")]
    [InlineData("^((a{1,30}){1,30}){1,30}$")]
    [InlineData("(x+x+)+y")]
    [InlineData("(.*.*=.*){10}")]
    public async Task A_pattern_does_not_hold_up_a_run(string pattern)
    {
        if (Plan.TryParse($$"""{"inputs":{"text":{"type":"string","pattern":"{{pattern}}"} },"actions":[{"name":"a","target":"echo","parameters":{"t":"$text"} }]}""", Catalog(), out var plan, out var errors))
        {
            var inputs = JsonElement.Parse($$"""{"text":"{{new string('a', 140_000)}}"}""");
            await Assert.ThrowsAsync<ArgumentException>(() => Task.Run(() => new PlanAgent(plan).RunAsync(inputs, cancellationToken: Ct).AsTask(), Ct).WaitAsync(s_bound, Ct));
        }
        else
        {
            Assert.Contains(errors, static error => error.Kind == PlanErrorKind.Malformed);
        }
    }

    [Theory]
    [InlineData("""{"$ref":"#"}""")]
    [InlineData("""{"properties":{"x":{"$ref":"#/properties/x"}}}""")]
    [InlineData("""{"properties":{"x":{"anyOf":[{"$ref":"#/properties/x"}]}}}""")]
    [InlineData("""{"$ref":"#/nowhere"}""")]
    [InlineData("""{"unevaluatedProperties":false}""")]
    [InlineData("""{"minLenght":3}""")]
    public void An_input_whose_schema_cannot_be_checked_is_refused(string schema)
    {
        Assert.False(Plan.TryParse($$"""{"inputs":{"x":{{schema}}},"actions":[{"name":"a","target":"echo"}]}""", Catalog(), out _, out var errors));
        Assert.Contains(errors, static error => error is { Kind: PlanErrorKind.Malformed, Path: "inputs.x" });
    }

    [Fact]
    public async Task References_within_an_inputs_schema_mean_places_within_it()
    {
        var plan = Plan.Parse("""
            {"inputs":{"x":{"$ref":"#/$defs/n","$defs":{"n":{"type":"integer"}}}},"actions":[{"name":"a","target":"echo","parameters":{"t":"$x"}}]}
            """, Catalog());
        await new PlanAgent(plan).RunAsync(JsonElement.Parse("""{"x":3.0}"""), cancellationToken: Ct);
        await Assert.ThrowsAsync<ArgumentException>(async () => await new PlanAgent(plan).RunAsync(JsonElement.Parse("""{"x":"3"}"""), cancellationToken: Ct));
    }

    [Fact]
    public async Task Schemas_that_double_in_a_plan_end()
    {
        var definitions = string.Join(',', Enumerable.Range(0, 60).Select(i => $$"""
            "d{{i}}":{"oneOf":[{"$ref":"#/$defs/d{{i + 1}}"},{"$ref":"#/$defs/d{{i + 1}}"}]}
            """));
        var plan = Plan.Parse($$"""
            {"inputs":{"x":{"$ref":"#/$defs/d0","$defs":{ {{definitions}},"d60":{"type":"integer"} } } },"actions":[{"name":"a","target":"echo","parameters":{"t":"$x"} }]}
            """, Catalog());
        var error = await Assert.ThrowsAsync<ArgumentException>(() => Task.Run(() => new PlanAgent(plan).RunAsync(JsonElement.Parse("""{"x":1}"""), cancellationToken: Ct).AsTask(), Ct).WaitAsync(s_bound, Ct));
        Assert.Contains("cannot be checked", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_of_nothing_but_mistakes_is_refused_in_time()
    {
        var references = string.Join(',', Enumerable.Range(0, 12_000).Select(static i => $"\"$unknown_reference_{i}\""));
        var actions = string.Join(',', Enumerable.Range(0, 150).Select(static i => $$"""{"name":"an_action_with_a_long_name_{{i}}","target":"echo"}"""));
        var text = $$"""{"actions":[{"name":"a","target":"echo","parameters":{"all":[{{references}}]} },{{actions}}]}""";
        Assert.False(await Task.Run(() => Plan.TryParse(text, Catalog(), out _, out _, new PlanLimits { MaxBytes = 1 << 20 }), Ct).WaitAsync(s_bound, Ct));
    }

    [Theory]
    [InlineData("(")]
    [InlineData("not ")]
    [InlineData("length(")]
    [InlineData("contains(")]
    public void A_condition_does_not_take_the_stack(string nested)
    {
        var error = OnSmallStack(() => Plan.TryParse($$"""{"actions":[{"name":"a","target":"echo","condition":"{{string.Concat(Enumerable.Repeat(nested, 900 / nested.Length))}}"}]}""", Catalog(), out _, out _));
        Assert.Null(error);
    }

    [Fact]
    public void A_long_condition_and_deep_parameters_do_not_take_the_stack()
    {
        var condition = string.Join(" and ", Enumerable.Repeat("true", 110));
        var deep = new string('[', 28) + new string(']', 28);
        Assert.Null(OnSmallStack(() =>
        {
            var plan = Plan.Parse($$"""{"actions":[{"name":"a","target":"echo","condition":"{{condition}}","parameters":{"v":{{deep}} } }]}""", Catalog());
            new PlanAgent(plan).RunAsync().AsTask().GetAwaiter().GetResult();
        }));
        Assert.False(Plan.TryParse($$"""{"actions":{{new string('[', 50_000)}}""", Catalog(), out _, out _));
    }

    private static Task<JsonElement> RunAsync(Plan plan) => Task.Run(() => new PlanAgent(plan).RunAsync(cancellationToken: Ct).AsTask(), Ct).WaitAsync(s_bound, Ct);

    private static PlanCatalog Catalog() => new PlanCatalog()
        .AddTool("echo", static (arguments, _, _) => new(arguments))
        .AddTool("large", static (_, _, _) => new(JsonElement.Parse($"\"{new string('x', 100_000)}\"")));

    private static Exception? OnSmallStack(Action test)
    {
        Exception? error = null;
        var thread = new Thread(() => error = Record.Exception(test), 256 << 10) { IsBackground = true };
        thread.Start();
        Assert.True(thread.Join(s_bound), "It has no end.");
        return error;
    }
}
