using System.Text.Json;

namespace AgentFlow.AI.Tests.Tools;

/// <summary>The table of <c>docs/tools.md</c>: each type's schema, values that come back as they went in, and values that are refused where they are wrong.</summary>
public sealed class ConformanceTests
{
    private static readonly (string Tool, string Schema, string[] Valid, (string Json, string Path)[] Invalid)[] Table =
    [
        ("Bool", """{"type":"boolean"}""", ["true", "false"], [("1", "$.v"), ("\"true\"", "$.v"), ("null", "$.v")]),
        ("Byte", """{"type":"integer","minimum":0,"maximum":255}""", ["0", "255"], [("256", "$.v"), ("-1", "$.v"), ("1.5", "$.v"), ("\"1\"", "$.v")]),
        ("SByte", """{"type":"integer","minimum":-128,"maximum":127}""", ["-128", "127"], [("128", "$.v")]),
        ("Int16", """{"type":"integer","minimum":-32768,"maximum":32767}""", ["-32768"], [("32768", "$.v")]),
        ("UInt16", """{"type":"integer","minimum":0,"maximum":65535}""", ["65535"], [("65536", "$.v")]),
        ("Int32", """{"type":"integer"}""", ["-2147483648", "2147483647", "3.0", "1e2"], [("2147483648", "$.v"), ("1.5", "$.v"), ("[]", "$.v"), ("null", "$.v")]),
        ("UInt32", """{"type":"integer","minimum":0}""", ["4294967295"], [("4294967296", "$.v"), ("-1", "$.v")]),
        ("Int64", """{"type":"integer"}""", ["9223372036854775807"], [("9223372036854775808", "$.v")]),
        ("UInt64", """{"type":"integer","minimum":0}""", ["18446744073709551615"], [("18446744073709551616", "$.v")]),
        ("Int128", """{"type":"integer"}""", ["170141183460469231731687303715884105727"], [("170141183460469231731687303715884105728", "$.v"), ("\"1\"", "$.v")]),
        ("Half", """{"type":"number"}""", ["1.5"], [("\"1.5\"", "$.v")]),
        ("Single", """{"type":"number"}""", ["1.5"], [("\"NaN\"", "$.v"), ("true", "$.v")]),
        ("Double", """{"type":"number"}""", ["-0.25", "1E+30"], [("\"1\"", "$.v"), ("{}", "$.v")]),
        ("Decimal", """{"type":"number"}""", ["0.1", "79228162514264337593543950335"], [("1e40", "$.v"), ("\"1\"", "$.v")]),
        ("Char", """{"type":"string","minLength":1,"maxLength":1}""", ["\"a\""], [("\"ab\"", "$.v"), ("\"\"", "$.v")]),
        ("Text", """{"type":"string"}""", ["\"\"", "\"é😀\""], [("1", "$.v"), ("null", "$.v")]),
        ("NullableText", """{"type":["string","null"]}""", ["\"a\"", "null"], [("1", "$.v")]),
        ("NullableInt32", """{"type":["integer","null"]}""", ["1", "null"], [("\"1\"", "$.v")]),
        ("Enum", """{"type":"string","enum":["Celsius","Fahrenheit"]}""", ["\"Celsius\""], [("\"celsius\"", "$.v"), ("0", "$.v"), ("\"Kelvin\"", "$.v")]),
        ("NullableEnum", """{"type":["string","null"],"enum":["Celsius","Fahrenheit",null]}""", ["\"Celsius\"", "null"], [("\"Kelvin\"", "$.v")]),
        ("Flags", """{"type":"string","pattern":"^(None|Mon|Tue)(, ?(None|Mon|Tue))*$"}""", ["\"Mon\"", "\"Mon, Tue\""], [("\"Wed\"", "$.v"), ("3", "$.v")]),
        ("Guid", """{"type":"string","format":"uuid"}""", ["\"7d444840-9dc0-11d1-b245-5ffdce74fad2\""], [("\"7d444840\"", "$.v")]),
        ("DateTime", """{"type":"string","format":"date-time"}""", ["\"2025-03-01T12:30:00Z\""], [("\"yesterday\"", "$.v"), ("\"2025-13-01T00:00:00Z\"", "$.v")]),
        ("DateTimeOffset", """{"type":"string","format":"date-time"}""", ["\"2025-03-01T12:30:00+13:00\""], [("\"01/03/2025\"", "$.v"), ("1", "$.v")]),
        ("DateOnly", """{"type":"string","format":"date"}""", ["\"2025-03-01\""], [("\"2025-02-30\"", "$.v")]),
        ("TimeOnly", """{"type":"string","format":"time"}""", ["\"12:30:00\""], [("\"25:00:00\"", "$.v"), ("\"3 pm\"", "$.v")]),
        ("TimeSpan", """{"type":"string","pattern":"^-?(\\d+\\.)?([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,7})?$"}""", ["\"01:30:00\"", "\"1.00:00:00\""], [("\"90m\"", "$.v"), ("\"24:00:00\"", "$.v")]),
        ("Uri", """{"type":"string","format":"uri-reference"}""", ["\"https://example.org/a\"", "\"a/b\""], [("1", "$.v"), ("\"http://[\"", "$.v")]),
        ("Version", """{"type":"string","pattern":"^\\d+(\\.\\d+){1,3}$"}""", ["\"1.2.3\""], [("\"one\"", "$.v")]),
        ("Bytes", """{"type":"string","contentEncoding":"base64"}""", ["\"AQI=\""], [("\"?\"", "$.v"), ("[1]", "$.v")]),
        ("Array", """{"type":"array","items":{"type":"integer"}}""", ["[]", "[1,2]"], [("[1,\"2\"]", "$.v[1]"), ("{}", "$.v"), ("1", "$.v"), ("[1,null]", "$.v[1]")]),
        ("List", """{"type":"array","items":{"type":["string","null"]}}""", ["[\"a\",null]"], [("[1]", "$.v[0]")]),
        ("ReadOnlyList", """{"type":"array","items":{"type":"number"}}""", ["[1.5]"], [("[true]", "$.v[0]")]),
        ("Set", """{"type":"array","items":{"type":"integer"}}""", ["[1,2]"], [("[1.5]", "$.v[0]")]),
        ("Dictionary", """{"type":"object","additionalProperties":{"type":"integer"}}""", ["""{"a":1}"""], [("""{"a":"x","b c":null}""", "$.v.a|$.v['b c']"), ("[]", "$.v")]),
        ("Nested", """{"type":"object","additionalProperties":{"type":"array","items":{"type":"object","properties":{"city":{"type":"string","description":"The city's name."},"country":{"type":"string","maxLength":2,"minLength":2,"description":"Two letters.","default":"NZ"}},"required":["city"],"additionalProperties":false,"description":"A place on the map."}}}""", ["""{"a":[{"city":"b","country":"NZ"}]}"""], [("""{"a":[{"country":"NZ"},{"city":"b","country":"X"}]}""", "$.v.a[0].city|$.v.a[1].country")]),
        ("Tuple", """{"type":"object","properties":{"Item1":{"type":"integer"},"Item2":{"type":"string"}},"required":["Item1","Item2"],"additionalProperties":false}""", ["""{"Item1":1,"Item2":"a"}"""], [("""{"Item1":1}""", "$.v.Item2")]),
        ("Record", """{"type":"object","properties":{"city":{"type":"string","description":"The city's name."},"country":{"type":"string","maxLength":2,"minLength":2,"description":"Two letters.","default":"NZ"}},"required":["city"],"additionalProperties":false,"description":"A place on the map."}""", ["""{"city":"a","country":"NZ"}"""], [("""{"city":null}""", "$.v.city"), ("""{"city":"a","town":"b"}""", "$.v.town"), ("""{"City":"a"}""", "$.v.city|$.v.City")]),
        ("Struct", """{"type":"object","properties":{"x":{"type":"integer"},"y":{"type":"integer"}},"required":["x","y"],"additionalProperties":false}""", ["""{"x":1,"y":2}"""], [("""{"x":1}""", "$.v.y")]),
        ("Class", """{"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer","minimum":0,"maximum":150},"e-mail":{"type":["string","null"]}},"required":["name"],"additionalProperties":false}""", ["""{"age":1,"e-mail":"m","name":"a"}""", """{"age":30,"e-mail":null,"name":"a"}"""], [("""{"age":151}""", "$.v.name|$.v.age")]),
        ("Recursive", """{"$ref":"#/$defs/Node"}""", ["""{"value":1,"next":{"value":2,"next":null}}"""], [("""{"value":1,"next":{"value":"2"}}""", "$.v.next|$.v.next.value")]),
        ("Polymorphic", """{"anyOf":[{"type":"object","properties":{"$type":{"const":"circle"},"radius":{"type":"number"}},"required":["$type","radius"],"additionalProperties":false},{"type":"object","properties":{"$type":{"const":"square"},"side":{"type":"integer","minimum":0,"maximum":9}},"required":["$type","side"],"additionalProperties":false}]}""", ["""{"$type":"circle","radius":1.5}""", """{"$type":"square","side":9}"""], [("""{"$type":"square","side":10}""", "$.v|$.v.side"), ("""{"$type":"line"}""", "*")]),
        ("Json", "{}", ["1", "{\"a\":[null]}", "null"], []),
        ("Range", """{"type":"integer","minimum":1,"maximum":5}""", ["1", "5"], [("0", "$.v"), ("6", "$.v")]),
        ("Exclusive", """{"type":"number","exclusiveMinimum":0,"exclusiveMaximum":1}""", ["0.5"], [("0", "$.v"), ("1", "$.v")]),
        ("Length", """{"type":"string","maxLength":3,"minLength":2}""", ["\"ab\"", "\"abc\""], [("\"a\"", "$.v"), ("\"abcd\"", "$.v")]),
        ("Items", """{"type":"array","items":{"type":"integer"},"minItems":1,"maxItems":2}""", ["[1]", "[1,2]"], [("[]", "$.v"), ("[1,2,3]", "$.v")]),
        ("Pattern", """{"type":"string","pattern":"^(?:[a-c]+)$"}""", ["\"abc\""], [("\"abcd\"", "$.v"), ("\"abc\\n\"", "$.v"), ("\"\"", "$.v")]),
        ("Allowed", """{"type":"string","enum":["a","b"]}""", ["\"a\""], [("\"c\"", "$.v")]),
        ("Denied", """{"type":"string","not":{"enum":["x"]}}""", ["\"a\""], [("\"x\"", "$.v")]),
        ("Required", """{"type":"string","minLength":1}""", ["\"a\""], [("null", "$.v"), ("\"\"", "$.v")]),
        ("Email", """{"type":"string","format":"email"}""", ["\"a@b\""], [("\"a\"", "$.v"), ("\"@b\"", "$.v")]),
    ];

    public static TheoryData<string> Types() => [.. ConformanceTable.Tools.Select(static tool => tool.Name)];

    [Theory]
    [MemberData(nameof(Types))]
    public async Task A_type_has_a_schema_comes_back_as_it_went_in_and_is_refused_where_it_is_wrong(string type)
    {
        var tool = ConformanceTable.Tools.Single(tool => tool.Name == type);
        var (_, schema, valid, invalid) = Table.Single(row => row.Tool == type);
        Assert.Equal(schema, tool.JsonSchema.GetProperty("properties").GetProperty("v").GetRawText());
        foreach (var json in valid)
        {
            var result = await ToolTests.CallAsync(tool, $"{{\"v\":{json}}}");
            Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(json).RootElement, AsJson(result)), $"{json} came back as {result}");
        }

        foreach (var (json, path) in invalid.Append((Json: "", Path: "$.v")).Append((Json: "", Path: "$.other")))
        {
            if (json.Length == 0 && path == "$.v" && type == "Json" && invalid.Length > 0)
            {
                continue;
            }

            var arguments = path == "$.other" ? $$"""{"v":{{valid[0]}},"other":1}""" : json.Length == 0 ? "{}" : $$"""{"v":{{json}}}""";
            var e = await Assert.ThrowsAsync<InvalidToolArgumentsException>(() => ToolTests.CallAsync(tool, arguments));
            if (path != "*")
            {
                Assert.Equal(path.Split('|'), e.Problems.Select(static problem => problem.Path));
            }
        }
    }

    [Fact]
    public void Every_row_has_a_tool_and_every_tool_a_row() =>
        Assert.Equal(ConformanceTable.Tools.Select(static tool => tool.Name).Order(), Table.Select(static row => row.Tool).Order());

    private static JsonElement AsJson(object? result) => result switch
    {
        JsonElement json => json,
        string text => JsonSerializer.SerializeToElement(text),
        _ => JsonDocument.Parse("null").RootElement,
    };
}
