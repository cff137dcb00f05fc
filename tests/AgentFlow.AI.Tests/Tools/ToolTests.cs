using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace AgentFlow.AI.Tests.Tools;

/// <summary>What the generator makes of <c>[Tool]</c>, called as models call it.</summary>
public sealed class ToolTests
{
    private readonly Weather _weather = new(21.5);

    [Fact]
    public void The_schema_says_what_the_method_and_its_comments_say()
    {
        var forecast = _weather.ForecastTool;
        Assert.Equal("Forecast", forecast.Name);
        Assert.Equal("Tells the weather of the coming days.", forecast.Description);
        Assert.Equal(
            """{"type":"object","properties":{"place":{"type":"object","properties":{"city":{"type":"string","description":"The city's name."},"country":{"type":"string","maxLength":2,"minLength":2,"description":"Two letters.","default":"NZ"}},"required":["city"],"additionalProperties":false,"description":"Where."},"days":{"type":"integer","minimum":1,"maximum":14,"description":"How many days, today included.","default":3},"unit":{"type":"string","enum":["Celsius","Fahrenheit"],"description":"The Unit of the answer.","default":"Celsius"}},"required":["place"],"additionalProperties":false}""",
            forecast.JsonSchema.GetRawText());
        Assert.Equal(
            """{"type":"object","properties":{"city":{"type":"string"},"degrees":{"type":"array","items":{"type":"number"}},"unit":{"type":"string","enum":["Celsius","Fahrenheit"]}},"required":["city","degrees","unit"],"additionalProperties":false,"description":"What comes."}""",
            forecast.ReturnJsonSchema!.Value.GetRawText());
    }

    [Fact]
    public void All_tools_of_a_class_are_in_one_list() =>
        Assert.Equal(["Forecast", "season", "OrderRain", "Ask", "Count"], _weather.Tools.Select(static tool => tool.Name));

    [Fact]
    public async Task Arguments_are_read_and_defaults_filled_in()
    {
        var result = await CallAsync(_weather.ForecastTool, """{"place":{"city":"Lyttelton"},"unit":"Fahrenheit"}""");
        Assert.Equal("""{"city":"Lyttelton","degrees":[21.5,21.5,21.5],"unit":"Fahrenheit"}""", Assert.IsType<JsonElement>(result).GetRawText());
    }

    [Fact]
    public async Task Text_is_given_back_as_it_is() => Assert.Equal("dry", await CallAsync(Weather.SeasonTool, """{"month":5}"""));

    [Fact]
    public async Task A_stream_is_collected() => Assert.Equal("[1,2,3]", ((JsonElement)(await CallAsync(Weather.CountTool, """{"to":3}"""))!).GetRawText());

    [Fact]
    public async Task Nothing_is_given_back_as_nothing_and_services_are_not_arguments()
    {
        await using var services = new ServiceCollection().AddSingleton(TimeProvider.System).BuildServiceProvider();
        var arguments = Arguments("""{"question":"how is it"}""");
        arguments.Services = services;
        Assert.Null(await _weather.AskTool.InvokeAsync(arguments, TestContext.Current.CancellationToken));
        Assert.StartsWith("how is it 20", Assert.Single(_weather.Calls), StringComparison.Ordinal);
        Assert.Equal(["question"], _weather.AskTool.JsonSchema.GetProperty("properties").EnumerateObject().Select(static p => p.Name));
    }

    [Fact]
    public async Task A_service_that_is_not_there_is_said()
    {
        var e = await Assert.ThrowsAsync<InvalidOperationException>(() => CallAsync(_weather.AskTool, """{"question":"how"}"""));
        Assert.Contains("AIFunctionArguments.Services", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tool_that_needs_approval_says_so_in_the_way_of_the_ecosystem()
    {
        Assert.IsType<ApprovalRequiredAIFunction>(_weather.OrderRainTool);
        Assert.Equal(Effect.AtMostOnce, ToolFacts.EffectOf(_weather.OrderRainTool));
        Assert.Equal(Effect.AtLeastOnce, ToolFacts.EffectOf(_weather.ForecastTool));
    }

    [Fact]
    public async Task Everything_that_is_wrong_is_said_at_once_and_nothing_is_called()
    {
        var e = await Assert.ThrowsAsync<InvalidToolArgumentsException>(() => CallAsync(_weather.ForecastTool, """{"place":{"city":5,"country":"NZL","zip":1},"days":15,"units":"Celsius","unit":"Kelvin"}"""));
        Assert.Equal("Forecast", e.Tool);
        Assert.Equal(
            [
                "$.place.city: expected a string, got 5",
                "$.place.country: expected a string of exactly 2 character(s), got \"NZL\"",
                "$.place.zip: unknown",
                "$.days: expected an integer of at least 1 and at most 14, got 15",
                "$.unit: expected one of \"Celsius\", \"Fahrenheit\", got \"Kelvin\"",
                "$.units: unknown; did you mean 'unit'?",
            ],
            e.Problems.Select(static p => p.ToString()));
        Assert.All(e.Problems, problem => Assert.Contains(problem.ToString(), e.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_missing_is_said_with_what_it_should_be()
    {
        var e = await Assert.ThrowsAsync<InvalidToolArgumentsException>(() => CallAsync(_weather.ForecastTool, "{}"));
        Assert.Equal("$.place: missing; expected an object with \"city\", \"country\"", Assert.Single(e.Problems).ToString());
    }

    [Fact]
    public async Task A_message_stays_short_whatever_the_model_sends()
    {
        var many = "{" + string.Join(",", Enumerable.Range(0, 500).Select(static i => $"\"{new string('x', 500)}{i}\":\"{new string('y', 1000)}\"")) + "}";
        var e = await Assert.ThrowsAsync<InvalidToolArgumentsException>(() => CallAsync(_weather.ForecastTool, many));
        Assert.InRange(e.Problems.Count, 1, 32);
        Assert.InRange(e.Message.Length, 1, InvalidToolArgumentsException.MaxMessageLength);
    }

    [Fact]
    public async Task Values_of_a_program_are_held_against_the_schema_as_well()
    {
        var arguments = new AIFunctionArguments { ["place"] = new Place("Akaroa"), ["days"] = 1L };
        var result = await _weather.ForecastTool.InvokeAsync(arguments, TestContext.Current.CancellationToken);
        Assert.Contains("Akaroa", result!.ToString(), StringComparison.Ordinal);
        arguments["place"] = new Place("Akaroa", "too long");
        await Assert.ThrowsAsync<InvalidToolArgumentsException>(async () => await _weather.ForecastTool.InvokeAsync(arguments, TestContext.Current.CancellationToken));
        arguments["place"] = new object();
        var e = await Assert.ThrowsAsync<InvalidToolArgumentsException>(async () => await _weather.ForecastTool.InvokeAsync(arguments, TestContext.Current.CancellationToken));
        Assert.Contains("is no JSON", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancellation_passes_through()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await _weather.ForecastTool.InvokeAsync(Arguments("""{"place":{"city":"a"}}"""), stop.Token));
    }

    internal static AIFunctionArguments Arguments(string json) =>
        new(JsonDocument.Parse(json).RootElement.EnumerateObject().ToDictionary(static p => p.Name, static p => (object?)p.Value));

    internal static Task<object?> CallAsync(AIFunction tool, string json) => tool.InvokeAsync(Arguments(json), TestContext.Current.CancellationToken).AsTask();
}
