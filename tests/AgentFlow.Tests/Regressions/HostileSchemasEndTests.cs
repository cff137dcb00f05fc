using System.Text.Json;
using AgentFlow.Schemas;

namespace AgentFlow.Tests.Regressions;

/// <summary>Schemas come from servers, and values from models: no pair of them takes the stack, or time beyond its size.</summary>
public sealed class HostileSchemasEndTests
{
    private const int SmallStack = 256 << 10;

    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("""{"properties":{"x":{"$ref":"#/properties/x"}}}""", """{"x":1}""")]
    [InlineData("""{"properties":{"x":{"anyOf":[{"$ref":"#/properties/x"}]}}}""", """{"x":1}""")]
    [InlineData("""{"$ref":"#"}""", "1")]
    [InlineData("""{"allOf":[{"$ref":"#/$defs/a"}],"$defs":{"a":{"not":{"$ref":"#/$defs/b"}},"b":{"if":{"$ref":"#/$defs/a"},"then":false}}}""", "1")]
    [InlineData("""{"$ref":"#/$defs/nowhere"}""", "1")]
    [InlineData("""{"$ref":"https://example.org/other"}""", "1")]
    [InlineData("""{"$ref":7}""", "1")]
    [InlineData("""{"$dynamicRef":"#node"}""", "1")]
    [InlineData("""{"pattern":"(?=a)b"}""", "\"b\"")]
    [InlineData("""{"pattern":"("}""", "\"b\"")]
    [InlineData("""{"minLength":-1}""", "\"b\"")]
    [InlineData("""{"type":"money"}""", "1")]
    [InlineData("7", "1")]
    [InlineData("""{"$schema":"https://example.org/own"}""", "1")]
    public void What_cannot_be_checked_is_said_so(string schema, string value) => OnSmallStack(() =>
    {
        var read = JsonSchema.Parse(JsonElement.Parse(schema));
        Assert.NotNull(read.Unsupported);
        Assert.Equal(SchemaVerdict.CannotBeChecked, read.Check(JsonElement.Parse(value)));
    });

    [Theory]
    [InlineData("""{"required":["a"],"properties":{"x":{"$ref":"#/nowhere"}}}""", """{"x":1}""", SchemaVerdict.DoesNotFit)]
    [InlineData("""{"properties":{"x":{"$ref":"#/nowhere"}}}""", """{"y":1}""", SchemaVerdict.Fits)]
    [InlineData("""{"anyOf":[{"$ref":"#/nowhere"},{"type":"integer"}]}""", "1", SchemaVerdict.Fits)]
    [InlineData("""{"unevaluatedProperties":false}""", "[]", SchemaVerdict.Fits)]
    [InlineData("""{"patternProperties":{"^a":{"type":"integer"}},"additionalProperties":false}""", """{"ab":1}""", SchemaVerdict.Fits)]
    [InlineData("""{"prefixItems":[{"type":"string"}],"items":false}""", """["a"]""", SchemaVerdict.Fits)]
    [InlineData("""{"$ref":"#node","$defs":{"a":{"$anchor":"node","type":"integer"}}}""", "3.0", SchemaVerdict.Fits)]
    [InlineData("""{"maxLength":2}""", "\"🐲🐲\"", SchemaVerdict.Fits)]
    [InlineData("""{"maxLength":2}""", "\"\\ud83d\\udc32\\ud83d\\udc32\"", SchemaVerdict.Fits)]
    [InlineData("""{"pattern":"^.$"}""", "\"🐲\"", SchemaVerdict.Fits)]
    [InlineData("""{"pattern":"^a$"}""", "\"a\\n\"", SchemaVerdict.DoesNotFit)]
    [InlineData("""{"pattern":"^[^\\s-]+[\\w.]$"}""", "\"ä.\"", SchemaVerdict.Fits)]
    [InlineData("""{"pattern":"^\\d+$"}""", "\"٣\"", SchemaVerdict.DoesNotFit)]
    [InlineData("""{"exclusiveMinimum":0}""", "1e-400", SchemaVerdict.Fits)]
    [InlineData("""{"maximum":12345678901234567890123456789012345}""", "12345678901234567890123456789012346", SchemaVerdict.DoesNotFit)]
    [InlineData("""{"const":1e99999999999}""", "2e99999999999", SchemaVerdict.DoesNotFit)]
    [InlineData("""{"multipleOf":0.01}""", "4.35", SchemaVerdict.Fits)]
    [InlineData("""{"format":"email"}""", "\"nobody\"", SchemaVerdict.Fits)]
    public void What_is_known_decides_where_it_can(string schema, string value, SchemaVerdict expected) =>
        Assert.Equal(expected, JsonSchema.Parse(JsonElement.Parse(schema)).Check(JsonElement.Parse(value)));

    [Theory]
    [InlineData("allOf")]
    [InlineData("anyOf")]
    [InlineData("oneOf")]
    public void References_that_double_at_each_step_do_not_take_exponential_time(string combination) => OnSmallStack(() =>
    {
        var definitions = string.Join(',', Enumerable.Range(0, 60).Select(i => $$"""
            "d{{i}}":{"{{combination}}":[{"$ref":"#/$defs/d{{i + 1}}"},{"$ref":"#/$defs/d{{i + 1}}"}]}
            """));
        var schema = JsonSchema.Parse(JsonElement.Parse($$"""{"$ref":"#/$defs/d0","$defs":{ {{definitions}},"d60":{"type":"integer"} } }"""));
        var verdict = schema.Check(JsonElement.Parse("\"no\""), out _);
        Assert.NotEqual(SchemaVerdict.Fits, verdict);
        Assert.Equal(combination == "oneOf" ? SchemaVerdict.CannotBeChecked : SchemaVerdict.DoesNotFit, verdict);
    });

    [Theory]
    [InlineData("""{"items":{"$ref":"#"}}""", 5_000, SchemaVerdict.CannotBeChecked)]
    [InlineData("""{"type":"array","items":{"$ref":"#"}}""", 60, SchemaVerdict.Fits)]
    public void Deep_values_are_checked_as_far_as_the_stack_allows(string schema, int depth, SchemaVerdict expected) => OnSmallStack(() =>
    {
        var value = JsonElement.Parse(new string('[', depth) + new string(']', depth), new JsonDocumentOptions { MaxDepth = depth + 1 });
        var read = JsonSchema.Parse(JsonElement.Parse(schema));
        Assert.Equal(expected, read.Check(value));
        Assert.Equal(expected, read.Check(value, out _));
        Assert.NotEmpty(read.Describe());
    });

    [Fact]
    public void A_deep_schema_a_long_chain_and_many_schemas_are_read_on_a_small_stack() => OnSmallStack(() =>
    {
        var deep = string.Concat(Enumerable.Repeat("""{"not":""", 5_000)) + "{}" + new string('}', 5_000);
        Assert.NotNull(JsonSchema.Parse(JsonElement.Parse(deep, new JsonDocumentOptions { MaxDepth = 6_000 })).Unsupported);

        var chain = string.Join(',', Enumerable.Range(0, 9_000).Select(i => $$"""
            "d{{i}}":{"$ref":"#/$defs/d{{i + 1}}"}
            """));
        var read = JsonSchema.Parse(JsonElement.Parse($$"""{"$ref":"#/$defs/d0","$defs":{ {{chain}},"d9000":{} } }"""));
        Assert.Equal(SchemaVerdict.CannotBeChecked, read.Check(JsonElement.Parse("1")));

        var many = string.Join(',', Enumerable.Range(0, 30_000).Select(i => $"\"p{i}\":{{}}"));
        Assert.NotNull(JsonSchema.Parse(JsonElement.Parse($$"""{"properties":{ {{many}} } }""")).Unsupported);
    });

    [Theory]
    [InlineData("""{"pattern":"^(a|a)*$"}""")]
    [InlineData("""{"pattern":"^((a{1,30}){1,30}){1,30}$"}""")]
    [InlineData("""{"pattern":"(x+x+)+y"}""")]
    [InlineData("""{"pattern":"^(([a-z])+.)+[A-Z]([a-z])+$"}""")]
    [InlineData("""{"uniqueItems":true,"pattern":"a{900}b"}""")]
    public void A_pattern_does_not_take_more_than_linear_time(string schema) =>
        OnSmallStack(() => JsonSchema.Parse(JsonElement.Parse(schema)).Check(JsonElement.Parse($"\"{new string('a', 140_000)}!\"")));

    [Fact]
    public void Many_elements_against_many_alternatives_are_bounded() => OnSmallStack(() =>
    {
        var choices = string.Join(',', Enumerable.Range(0, 5_000).Select(i => $$"""{"a":[{{i}}]}"""));
        var schema = JsonSchema.Parse(JsonElement.Parse($$"""{"items":{"enum":[{{choices}}]},"uniqueItems":true}"""));
        var value = JsonElement.Parse($"[{string.Join(',', Enumerable.Repeat("""{"a":[4999]}""", 20_000))}]");
        Assert.NotEqual(SchemaVerdict.Fits, schema.Check(value));

        // A large value that is simply right is checked all the same.
        var large = JsonElement.Parse($"[{string.Join(',', Enumerable.Range(0, 1_000_000))}]");
        Assert.Equal(SchemaVerdict.Fits, JsonSchema.Parse(JsonElement.Parse("""{"items":{"type":"integer","minimum":0},"uniqueItems":true}""")).Check(large));
    });

    [Fact]
    public void Random_hostile_schemas_and_values_end() => OnSmallStack(() =>
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var read = JsonSchema.Parse(JsonElement.Parse(Schema(random)));
            var value = JsonElement.Parse(Value(random, 5));
            var verdict = read.Check(value);
            Assert.True(verdict == read.Check(value, out var problems), $"seed {seed}");
            Assert.True(problems.Count > 0 == (verdict == SchemaVerdict.DoesNotFit), $"seed {seed}");
            Assert.True(read.Describe().Length < 1 << 20, $"seed {seed}");
            Assert.All(problems, problem => Assert.True(problem.ToString().Length < 1 << 20, $"seed {seed}"));
        }
    });

    private static string Schema(Random random)
    {
        var count = random.Next(1, 8);
        var definitions = string.Join(',', Enumerable.Range(0, count).Select(i => $"\"d{i}\":{Node(random, count, 3)}"));
        return $$"""{"$ref":"#/$defs/d0","$defs":{ {{definitions}} } }""";
    }

    private static string Node(Random random, int count, int depth)
    {
        string Inner() => depth == 0 || random.Next(3) == 0 ? $$"""{"$ref":"#/$defs/d{{random.Next(count + 1)}}"}""" : Node(random, count, depth - 1);
        string List() => $"[{string.Join(',', Enumerable.Range(0, random.Next(1, 4)).Select(_ => Inner()))}]";
        return random.Next(16) switch
        {
            0 => $$"""{"allOf":{{List()}}}""",
            1 => $$"""{"anyOf":{{List()}}}""",
            2 => $$"""{"oneOf":{{List()}},"$ref":"#/$defs/d{{random.Next(count)}}"}""",
            3 => $$"""{"not":{{Inner()}}}""",
            4 => $$"""{"if":{{Inner()}},"then":{{Inner()}},"else":{{Inner()}}}""",
            5 => $$"""{"items":{{Inner()}},"prefixItems":{{List()}},"uniqueItems":true}""",
            6 => $$"""{"properties":{"a":{{Inner()}},"b":{{Inner()}}},"additionalProperties":{{Inner()}},"required":["a"]}""",
            7 => $$"""{"patternProperties":{"^a":{{Inner()}},"(":{{Inner()}}},"propertyNames":{{Inner()}},"additionalProperties":{{Inner()}}}""",
            8 => $$"""{"contains":{{Inner()}},"minContains":{{random.Next(3)}},"maxContains":2}""",
            9 => $$"""{"dependentSchemas":{"a":{{Inner()}} },"dependentRequired":{"b":["a"]} }""",
            10 => """{"type":["integer","null"],"multipleOf":0.3}""",
            11 => """{"enum":[1,"a",null,{"a":[1]}]}""",
            12 => """{"pattern":"^(a+)+$","minLength":1}""",
            13 => """{"unevaluatedItems":false,"unevaluatedProperties":false}""",
            14 => random.Next(2) == 0 ? "true" : "false",
            _ => """{"type":["array","object"]}""",
        };
    }

    private static string Value(Random random, int depth) => (depth == 0 ? random.Next(5) : random.Next(8)) switch
    {
        0 => "1",
        1 => "\"a\"",
        2 => "null",
        3 => "1e400",
        4 => "\"" + new string('a', random.Next(2_000)) + "!\"",
        5 or 6 => $"[{string.Join(',', Enumerable.Range(0, random.Next(6)).Select(_ => Value(random, depth - 1)))}]",
        _ => $$"""{ {{string.Join(',', "abc".Take(random.Next(4)).Select(name => $"\"{name}\":{Value(random, depth - 1)}"))}} }""",
    };

    private static void OnSmallStack(Action test)
    {
        Exception? error = null;
        var thread = new Thread(() => error = Record.Exception(test), SmallStack) { IsBackground = true };
        thread.Start();
        Assert.True(thread.Join(s_bound), "It has no end.");
        if (error is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(error);
        }
    }
}
