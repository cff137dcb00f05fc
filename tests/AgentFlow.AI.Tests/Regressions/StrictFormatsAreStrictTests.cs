using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using AgentFlow.AI.Tests.Models;
using AgentFlow.Testing;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI.Tests.Regressions;

/// <summary>An endpoint refuses a response format that says it is strict and is not.</summary>
public sealed class StrictFormatsAreStrictTests
{
    [Theory]
    [InlineData(
        """{"type":"object","properties":{"a":{"$ref":"#/properties/b","description":"An a.","default":1},"b":{"type":["integer","null"],"default":3}},"required":["a","b"],"additionalProperties":false}""",
        """{"type":"object","properties":{"a":{"$ref":"#/$defs/ref-1"},"b":{"type":["integer","null"]}},"required":["a","b"],"additionalProperties":false,"$defs":{"ref-1":{"type":["integer","null"]}}}""")]
    [InlineData(
        """{"type":"object","properties":{"next":{"anyOf":[{"$ref":"#"},{"$ref":"#/$defs/N"}]}},"required":["next"],"additionalProperties":false,"$defs":{"N":{"type":"null"}}}""",
        """{"type":"object","properties":{"next":{"anyOf":[{"$ref":"#"},{"$ref":"#/$defs/N"}]}},"required":["next"],"additionalProperties":false,"$defs":{"N":{"type":"null"}}}""")]
    public async Task What_can_be_said_strictly_is(string schema, string expected)
    {
        var (isStrict, sent) = await SendAsync(schema);
        Assert.True(isStrict);
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(expected), sent), sent.GetRawText());
    }

    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"object","additionalProperties":{"type":"string"}}},"required":["a"],"additionalProperties":false}""")]
    [InlineData("""{"type":"object","properties":{"a":{}},"required":["a"],"additionalProperties":false}""")]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"#/nowhere"}},"required":["a"],"additionalProperties":false}""")]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"#/$defs/a","minimum":3}},"required":["a"],"additionalProperties":false,"$defs":{"a":{"type":"integer"}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"oneOf":[{"type":"string"}]}},"required":["a"],"additionalProperties":false}""")]
    [InlineData("""{"type":"array","items":{"type":"string"}}""")]
    public async Task What_cannot_is_sent_as_it_is_and_not_called_strict(string schema)
    {
        var (isStrict, sent) = await SendAsync(schema);
        Assert.False(isStrict);
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(schema), sent));
    }

    [Fact]
    public async Task What_is_made_of_types_is_strict_where_it_says_so()
    {
        await IsStrictAsync(StrictTypesJson.Default.Tree, isStrict: true);
        await IsStrictAsync(StrictTypesJson.Default.Pair, isStrict: true);
        await IsStrictAsync(StrictTypesJson.Default.Order, isStrict: true);
        await IsStrictAsync(StrictTypesJson.Default.Draft, isStrict: true);
        await IsStrictAsync(StrictTypesJson.Default.Bag, isStrict: false);
    }

    private static async Task IsStrictAsync<T>(JsonTypeInfo<T> type, bool isStrict)
    {
        await using var server = ChatServer.Start("no value");
        using var client = Given.Client(server);
        await Assert.ThrowsAsync<StructuredOutputException>(async () => await client.GetAsync([new(ChatRole.User, "?")], type, new() { MaxCorrections = 0 }, TestContext.Current.CancellationToken));
        var format = server.Requests[0].Body!.Value.GetProperty("response_format").GetProperty("json_schema");
        Assert.Equal((typeof(T), isStrict), (typeof(T), format.GetProperty("strict").GetBoolean()));
        if (isStrict)
        {
            CheckStrict(format.GetProperty("schema"), format.GetProperty("schema").GetRawText());
        }
    }

    /// <summary>As the endpoint does: every object is closed and all of it required, nothing stands beside a reference, and nothing has a default.</summary>
    private static void CheckStrict(JsonElement schema, string whole)
    {
        if (schema.TryGetProperty("$ref", out var reference))
        {
            Assert.Single(schema.EnumerateObject());
            Assert.Matches(@"^#(/\$defs/[^/]+)?$", reference.GetString());
        }

        Assert.False(schema.TryGetProperty("default", out _), whole);
        if (schema.TryGetProperty("properties", out var properties))
        {
            Assert.False(schema.GetProperty("additionalProperties").GetBoolean(), whole);
            Assert.Equal(
                properties.EnumerateObject().Select(static p => p.Name).Order(StringComparer.Ordinal),
                schema.GetProperty("required").EnumerateArray().Select(static r => r.GetString()!).Order(StringComparer.Ordinal));
        }

        foreach (var keyword in schema.EnumerateObject())
        {
            var within = keyword.Name switch
            {
                "properties" or "$defs" => keyword.Value.EnumerateObject().Select(static p => p.Value),
                "anyOf" => keyword.Value.EnumerateArray(),
                "items" => [keyword.Value],
                _ => [],
            };
            foreach (var part in within)
            {
                CheckStrict(part, whole);
            }
        }
    }

    internal sealed record Tree(string Name, Tree? Left, IReadOnlyList<Tree> More);

    internal sealed record Pair(Tree First, Tree Second);

    internal sealed record Order(int Number, string Note = "none", DayOfWeek Day = DayOfWeek.Friday, int? Count = null);

    internal sealed record Bag(Dictionary<string, int> Of);

    internal sealed class Draft
    {
        public required string Name { get; set; }

        public int Age { get; set; } = 3;

        public Draft? Next { get; set; }
    }

    private static async Task<(bool IsStrict, JsonElement Schema)> SendAsync(string schema)
    {
        await using var server = ChatServer.Start("{}");
        using var client = Given.Client(server);
        await client.GetResponseAsync("?", new() { ResponseFormat = ChatResponseFormat.ForJsonSchema(JsonElement.Parse(schema), "reply") }, TestContext.Current.CancellationToken);
        var format = server.Requests[0].Body!.Value.GetProperty("response_format").GetProperty("json_schema");
        return (format.GetProperty("strict").GetBoolean(), format.GetProperty("schema").Clone());
    }
}

[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
[JsonSerializable(typeof(StrictFormatsAreStrictTests.Tree))]
[JsonSerializable(typeof(StrictFormatsAreStrictTests.Pair))]
[JsonSerializable(typeof(StrictFormatsAreStrictTests.Order))]
[JsonSerializable(typeof(StrictFormatsAreStrictTests.Draft))]
[JsonSerializable(typeof(StrictFormatsAreStrictTests.Bag))]
internal sealed partial class StrictTypesJson : JsonSerializerContext;
