using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI.Tests.Tools;

/// <summary>One hash for one call, however it is written, and for no other.</summary>
public sealed class ToolCallHashTests
{
    [Theory]
    [InlineData("""{"a":1,"b":[true,null]}""", """{ "b" : [ true , null ], "a" : 1.0 }""")]
    [InlineData("""{"a":"é"}""", """{"a":"\u00e9"}""")]
    [InlineData("""{"a":{"y":1,"x":2}}""", """{"a":{"x":2,"y":1}}""")]
    [InlineData("""{"a":100}""", """{"a":1e2}""")]
    [InlineData("""{"a":-0}""", """{"a":0.00}""")]
    [InlineData("""{"a":"\/"}""", """{"a":"/"}""")]
    public void Spellings_do_not_count(string left, string right) => Assert.Equal(Hash(left), Hash(right));

    [Theory]
    [InlineData("""{"a":1}""", """{"a":2}""")]
    [InlineData("""{"a":1}""", """{"a":"1"}""")]
    [InlineData("""{"a":[1,2]}""", """{"a":[2,1]}""")]
    [InlineData("""{"a":null}""", "{}")]
    [InlineData("""{"a":"x","b":"y"}""", """{"a":"x\",\"b\":\"y"}""")]
    [InlineData("""{"a":9007199254740993}""", """{"a":9007199254740992}""")]
    [InlineData("""{"a":0.1}""", """{"a":0.10000000000000000001}""")]
    public void Everything_else_does(string left, string right) => Assert.NotEqual(Hash(left), Hash(right));

    [Fact]
    public void The_tool_counts_and_the_id_of_the_call_does_not()
    {
        Assert.Equal(Hash("{}"), ToolCallHash.Of(ToolInvokerTests.Call("t", "{}", "another")));
        Assert.NotEqual(Hash("{}"), ToolCallHash.Of(ToolInvokerTests.Call("u", "{}")));
        Assert.Equal(Hash("{}"), ToolCallHash.Of("t", null));

        // SHA-256 of ["t",{"a":1}].
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("""["t",{"a":1}]"""u8)), Hash("""{"a":1}"""));
    }

    [Fact]
    public void A_member_that_is_there_twice_is_refused() =>
        Assert.Throws<ArgumentException>(() => Hash("""{"a":{"x":1,"x":2}}"""));

    [Fact]
    public void Values_of_a_program_hash_as_their_json() => Prop.ForAll<int, string, bool>((number, text, truth) =>
        text is null || HasLoneSurrogate(text) || ToolCallHash.Of("t", new Dictionary<string, object?> { ["n"] = number, ["s"] = text, ["b"] = truth })
            == Hash($$"""{"b":{{(truth ? "true" : "false")}},"s":{{System.Text.Json.JsonSerializer.Serialize(text)}},"n":{{number}}}""")).QuickCheckThrowOnFailure();

    private static bool HasLoneSurrogate(string text) => text.Any(char.IsSurrogate);

    private static string Hash(string json) => ToolCallHash.Of(ToolInvokerTests.Call("t", json));
}
