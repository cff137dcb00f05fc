using System.Text.Json;
using System.Text.Json.Serialization;
using AgentFlow.AI.Tests.Tools;
using AgentFlow.Testing;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI.Tests.Regressions;

/// <summary><c>3.0</c> is an integer of JSON Schema, and all that some models send: tools whose own schema takes it refused it.</summary>
public sealed class WholeNumbersWereRefusedTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Byte", "255.0", "255")]
    [InlineData("SByte", "-128.0", "-128")]
    [InlineData("Int16", "-32768e0", "-32768")]
    [InlineData("UInt16", "65535.00", "65535")]
    [InlineData("Int32", "-2147483648.0", "-2147483648")]
    [InlineData("Int32", "1e2", "100")]
    [InlineData("Int32", "1200E-2", "12")]
    [InlineData("Int32", "-0.0", "0")]
    [InlineData("UInt32", "4.294967295E9", "4294967295")]
    [InlineData("Int64", "-9223372036854775808.0", "-9223372036854775808")]
    [InlineData("UInt64", "18446744073709551615.0", "18446744073709551615")]
    [InlineData("Int128", "3.0", "3")]
    [InlineData("NullableInt32", "3.0", "3")]
    [InlineData("Range", "5.0", "5")]
    [InlineData("Array", "[1.0,2,30e-1]", "[1,2,3]")]
    [InlineData("Set", "[1.0,2]", "[1,2]")]
    [InlineData("Dictionary", """{"a":1.0}""", """{"a":1}""")]
    [InlineData("Tuple", """{"Item1":1.0,"Item2":"3.0"}""", """{"Item1":1,"Item2":"3.0"}""")]
    [InlineData("Struct", """{"x":1.0,"y":2e0}""", """{"x":1,"y":2}""")]
    [InlineData("Recursive", """{"value":1.0,"next":{"value":2.0,"next":null}}""", """{"next":{"next":null,"value":2},"value":1}""")]
    [InlineData("Polymorphic", """{"$type":"square","side":9.0}""", """{"$type":"square","side":9}""")]
    [InlineData("Byte", "256.0", null)]
    [InlineData("Byte", "-1.0", null)]
    [InlineData("Range", "6.0", null)]
    [InlineData("Int32", "2147483648.0", null)]
    [InlineData("Int32", "12E-1", null)]
    [InlineData("Int32", "1e400", null)]
    [InlineData("Int32", "3.0000000000000000000000000000000000001", null)]
    [InlineData("UInt64", "18446744073709551616.0", null)]
    [InlineData("Set", "[1.0,1.5]", null)]
    [InlineData("Set", "[1.0,2147483648]", null)]
    public async Task Tools_take_what_their_schemas_take(string type, string json, string? read)
    {
        var tool = ConformanceTable.Tools.Single(tool => tool.Name == type);
        if (read is null)
        {
            await Assert.ThrowsAsync<InvalidToolArgumentsException>(() => ToolTests.CallAsync(tool, $$"""{"v":{{json}}}"""));
            return;
        }

        var result = (JsonElement)(await ToolTests.CallAsync(tool, $$"""{"v":{{json}}}"""))!;
        Assert.Equal(read, result.GetRawText());
    }

    [Fact]
    public async Task So_do_values_that_are_asked_for()
    {
        using var model = new ScriptedChatClient("""{"Count":3.0,"Share":-0.0,"Parts":[1e1,2]}""");
        var counted = await model.GetAsync([new(ChatRole.User, "How many?")], CountedJson.Default.Counted, cancellationToken: Ct);
        Assert.Equal(3, counted.Count);
        Assert.True(double.IsNegative(counted.Share));
        Assert.Equal([10L, 2L], counted.Parts);
        Assert.Single(model.Requests);
    }

    internal sealed record Counted(int Count, double Share, long[] Parts);
}

[JsonSerializable(typeof(WholeNumbersWereRefusedTests.Counted))]
internal sealed partial class CountedJson : JsonSerializerContext;
