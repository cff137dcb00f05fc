using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using AgentFlow.Testing;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI.Tests.Regressions;

/// <summary>Of a member that was given twice the last counted, without a word, and a number beyond all doubles was infinite.</summary>
public sealed partial class ArgumentsCountedThatWereNoneTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Take", """{"x":1,"x":2}""", "twice")]
    [InlineData("Take", """{"x":1,"inner":{"y":1,"y":2}}""", "twice")]
    [InlineData("TakeAll", """{"a":1,"a":2}""", "twice")]
    [InlineData("TakeDeep", """[{"a":{"b":1,"b":1}}]""", "twice")]
    [InlineData("TakeJson", """{"a":1,"a":2}""", "twice")]
    [InlineData("TakeJson", """[{"a":{"b":1,"b":2}}]""", "twice")]
    [InlineData("MaybeJson", """{"a":1,"a":2}""", "twice")]
    [InlineData("TakeNode", """{"a":1,"a":2}""", "twice")]
    [InlineData("TakeObject", """{"b":[{"a":1,"a":2}]}""", "twice")]
    [InlineData("TakeArray", """[{"a":1,"a":2}]""", "twice")]
    [InlineData("Double", "1e400", "1e400")]
    [InlineData("Double", "-1e400", "-1e400")]
    [InlineData("Single", "1e39", "1e39")]
    [InlineData("Half", "1e6", "1e6")]
    [InlineData("Nullable", "1e400", "1e400")]
    [InlineData("Take", """{"x":1e400}""", "an object")]
    [InlineData("TakeAll", """{"a":1e400}""", "an object")]
    [InlineData("Singles", "[1,1e39]", "an array")]
    [InlineData("Choices", """{"1e400":1}""", "an object")]
    public async Task They_are_refused(string name, string json, string says)
    {
        var error = await Assert.ThrowsAsync<InvalidToolArgumentsException>(async () => await InvokeAsync(name, json));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Take", """{"x":1.5,"inner":{"y":1}}""", "2.5")]
    [InlineData("TakeAll", """{"a":1,"A":2}""", "3")]
    [InlineData("TakeJson", """{"a":1,"A":2}""", "13")]
    [InlineData("MaybeJson", """{"a":1,"b":[]}""", "14")]
    [InlineData("MaybeJson", "null", "-1")]
    [InlineData("TakeNode", """{"a":{"a":1}}""", "1")]
    [InlineData("TakeObject", """{"a":1,"b":2}""", "2")]
    [InlineData("TakeArray", """[{"a":1},{"a":2}]""", "2")]
    [InlineData("Double", "1.7976931348623157e308", "1.7976931348623157E+308")]
    [InlineData("Double", "1e-400", "0")]
    [InlineData("Single", "1.5e3", "1500")]
    [InlineData("Half", "6.5e4", "64992")]
    [InlineData("Nullable", "null", "-1")]
    [InlineData("Singles", "[1,2]", "3")]
    [InlineData("Choices", """{"1.5":1}""", "1")]
    public async Task All_others_are_read(string name, string json, string result) => Assert.Equal(JsonElement.Parse(result).GetDouble(), (await InvokeAsync(name, json)).GetDouble(), 1e-9);

    [Theory]
    [InlineData("""{"Wide":1e400,"Narrow":1,"Others":[]}""")]
    [InlineData("""{"Wide":-1e400,"Narrow":1,"Others":[]}""")]
    [InlineData("""{"Wide":1,"Narrow":1e39,"Others":[]}""")]
    [InlineData("""{"Wide":1,"Narrow":1,"Others":[1,-1e400]}""")]
    public async Task Nor_is_what_a_model_is_asked_for(string reply)
    {
        foreach (var contract in new[] { MeasuredJson.Default.Measured, NamedMeasuredJson.Default.Measured })
        {
            using var model = new ScriptedChatClient(reply, """{"Wide":1e300,"Narrow":1e30,"Others":[1e308]}""");
            var measured = await model.GetAsync([new(ChatRole.User, "How much?")], contract, cancellationToken: Ct);
            Assert.Equal((1e300, 1e30f, 1e308), (measured.Wide, measured.Narrow, measured.Others.Single()));
            Assert.Contains("larger than its type holds", model.Requests[1].Messages[^1].Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_a_tool_gives_may_be_infinite()
    {
        var result = await InvokeAsync("Inverse", "0");
        Assert.Equal("Infinity", result.GetString());
    }

    private static async Task<JsonElement> InvokeAsync(string name, string json)
    {
        var tool = Numbers.Tools.First(tool => tool.Name == name);
        return (JsonElement)(await tool.InvokeAsync(new(new Dictionary<string, object?> { ["value"] = JsonElement.Parse(json) }), Ct))!;
    }

    internal sealed record Measured(double Wide, float Narrow, double[] Others);

    public sealed record Inner(double Y);

    public sealed record Given(double X, Inner? Inner = null);

#pragma warning disable AF0602, CA1720 // They are called as the types that they are for, and need no further description.
    public static partial class Numbers
    {
        [Tool]
        public static double Take(Given value) => value.X + (value.Inner?.Y ?? 0);

        [Tool]
        public static double TakeAll(Dictionary<string, double> value) => value.Values.Sum();

        [Tool]
        public static double TakeDeep(List<Dictionary<string, Dictionary<string, int>>> value) => value.Count;

        [Tool]
        public static double TakeJson(JsonElement value) => value.GetRawText().Length;

        [Tool]
        public static double MaybeJson(JsonElement? value) => value?.GetRawText().Length ?? -1;

        [Tool]
        public static double TakeNode(JsonNode value) => value.AsObject().Count;

        [Tool]
        public static double TakeObject(JsonObject value) => value.Count;

        [Tool]
        public static double TakeArray(JsonArray value) => value.Count;

        [Tool]
        public static double Double(double value) => value;

        [Tool]
        public static double Single(float value) => value;

        [Tool]
        public static double Half(Half value) => (double)value;

        [Tool]
        public static double Nullable(double? value) => value ?? -1;

        [Tool]
        public static double Singles(float[] value) => value.Sum();

        [Tool]
        public static double Choices(Dictionary<double, int> value) => value.Count;

        [Tool]
        public static double Inverse(double value) => 1 / value;
    }
#pragma warning restore AF0602, CA1720
}

[JsonSerializable(typeof(ArgumentsCountedThatWereNoneTests.Measured))]
internal sealed partial class MeasuredJson : JsonSerializerContext;

[JsonSourceGenerationOptions(NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(ArgumentsCountedThatWereNoneTests.Measured))]
internal sealed partial class NamedMeasuredJson : JsonSerializerContext;
