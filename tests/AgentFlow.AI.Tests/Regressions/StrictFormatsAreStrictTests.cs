using System.Text.Json;
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

    private static async Task<(bool IsStrict, JsonElement Schema)> SendAsync(string schema)
    {
        await using var server = ChatServer.Start("{}");
        using var client = Given.Client(server);
        await client.GetResponseAsync("?", new() { ResponseFormat = ChatResponseFormat.ForJsonSchema(JsonElement.Parse(schema), "reply") }, TestContext.Current.CancellationToken);
        var format = server.Requests[0].Body!.Value.GetProperty("response_format").GetProperty("json_schema");
        return (format.GetProperty("strict").GetBoolean(), format.GetProperty("schema").Clone());
    }
}
