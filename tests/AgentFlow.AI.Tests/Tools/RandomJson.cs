using System.Globalization;
using System.Text;
using System.Text.Json;

namespace AgentFlow.AI.Tests.Tools;

/// <summary>Writes JSON at random that mostly fits a schema, and now and then does not.</summary>
/// <param name="random">Where chance comes from.</param>
/// <param name="root">The whole schema.</param>
/// <param name="spoil">How probable it is that a value is not what it should be.</param>
/// <param name="wild">How probable it is that a value is of the kind that is right, but one that few have thought of.</param>
internal sealed class RandomJson(Random random, JsonElement root, double spoil, double wild)
{
    private static readonly string[] Anything = ["null", "true", "false", "0", "1", "-1", "1.0", "1e2", "-0", "1.5", "300", "2147483648", "-9223372036854775809", "1e400", "\"\"", "\"a\"", "\"1\"", "\"NaN\"", "\"\\ud800\"", "[]", "[null]", "{}", "{\"a\":1}", "{\"\\ud800\":1}"];
    private static readonly string[] Texts = ["a", "", "ab", "no", "é😀", "\\u0061\\n", "\\ud83d\\ude00", "\\\"\\\\\\/", "<&>'+", "NZ", "$id"];
    private static readonly string[] Integers = ["0", "1", "2", "-1", "5", "127", "255", "-128", "32767", "65535", "2147483647", "-2147483648", "4294967295", "9223372036854775807", "18446744073709551615", "-0", "1.0", "1e2"];
    private static readonly string[] Numbers = ["0", "-0", "1", "0.1", "-2.5", "1E+30", "1e-7", "1e400", "79228162514264337593543950335", "123456789.123456789", "0.5"];

    private static readonly Dictionary<string, string[]> Formats = new()
    {
        ["uuid"] = ["7d444840-9dc0-11d1-b245-5ffdce74fad2", "7D444840-9DC0-11D1-B245-5FFDCE74FAD2", "{7d444840-9dc0-11d1-b245-5ffdce74fad2}", "7d4448409dc011d1b2455ffdce74fad2"],
        ["date-time"] = ["2025-03-01T12:30:00Z", "2025-03-01T12:30:00.1234567+13:00", "2025-03-01", "2025-03-01T12:30", "0001-01-01T00:00:00+14:00", "2025-03-01t12:30:00z", "2025-03-01T24:00:00Z", "\\u0032025-03-01T12:30:00Z"],
        ["date"] = ["2025-03-01", "2024-02-29", "2025-02-29", "2025-3-1", " 2025-03-01", "0001-01-01", "٢٠٢٥-03-01", "\\u0032025-03-01"],
        ["time"] = ["12:30:00", "12:30", "23:59:59.9999999"],
        ["email"] = ["a@b", "a@b@c", "@"],
        ["uri-reference"] = ["https://example.org/a", "a/b", "", "http://[", "mailto:a@b", "https://example.org/é?q=%20"],
    };

    public string Of(JsonElement schema)
    {
        if (random.NextDouble() < spoil || schema.ValueKind != JsonValueKind.Object)
        {
            return Pick(Anything);
        }

        if (schema.TryGetProperty("$ref", out var reference))
        {
            return random.Next(3) == 0 ? "null" : Of(reference.GetString()!.Split('/').Skip(1).Aggregate(root, static (at, name) => at.GetProperty(name)));
        }

        if (schema.TryGetProperty("anyOf", out var variants))
        {
            return Of(variants[random.Next(variants.GetArrayLength())]);
        }

        if (schema.TryGetProperty("const", out var only))
        {
            return only.GetRawText();
        }

        if (schema.TryGetProperty("enum", out var values))
        {
            return values[random.Next(values.GetArrayLength())].GetRawText();
        }

        if (!schema.TryGetProperty("type", out var type))
        {
            return Pick(Anything);
        }

        return (type.ValueKind == JsonValueKind.Array ? type[random.Next(type.GetArrayLength())] : type).GetString() switch
        {
            "null" => "null",
            "boolean" => random.Next(2) == 0 ? "true" : "false",
            "integer" => random.NextDouble() < wild ? Pick(Integers) : random.Next(1, 6).ToString(CultureInfo.InvariantCulture),
            "number" => random.NextDouble() < wild ? Pick(Numbers) : "0.5",
            "string" => $"\"{Text(schema)}\"",
            "array" => $"[{string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => Of(schema.GetProperty("items"))))}]",
            _ => Object(schema),
        };
    }

    private string Text(JsonElement schema)
    {
        if (schema.TryGetProperty("contentEncoding", out _))
        {
            return Pick(["AQI=", "", "AQI", "AQI= ", "\\u0041QI="]);
        }

        if (schema.TryGetProperty("format", out var format) && Formats.TryGetValue(format.GetString()!, out var known))
        {
            return random.NextDouble() < wild ? Pick(known) : known[0];
        }

        if (schema.TryGetProperty("pattern", out _))
        {
            return Pick(["Mon", "Mon, Tue", "01:30:00", "1.2.3", "abc"]);
        }

        // As long as it has to be.
        return random.NextDouble() < wild ? Pick(Texts) : new string('a', schema.TryGetProperty("minLength", out var least) ? least.GetInt32() : random.Next(3));
    }

    private string Object(JsonElement schema)
    {
        var members = new List<string>();
        if (schema.TryGetProperty("properties", out var properties))
        {
            var required = schema.TryGetProperty("required", out var names) ? names.EnumerateArray().Select(static name => name.GetString()!).ToHashSet() : [];
            foreach (var property in properties.EnumerateObject())
            {
                if (random.NextDouble() >= (required.Contains(property.Name) ? spoil : 0.3))
                {
                    members.Add($"{Name(property.Name)}:{Of(property.Value)}");
                }

                if (random.NextDouble() < spoil / 4)
                {
                    // Once more: the last counts.
                    members.Add($"{Name(property.Name)}:{Of(property.Value)}");
                }
            }
        }
        else
        {
            members.AddRange(Enumerable.Range(0, random.Next(4)).Select(_ => $"\"{Pick(["a", "b", "b", "$id", "$type", "é", "\\u0061"])}\":{Of(schema.GetProperty("additionalProperties"))}"));
        }

        if (random.NextDouble() < spoil / 4)
        {
            members.Add("\"more\":1");
        }

        if (random.Next(3) == 0)
        {
            random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(members));
        }

        return $"{{{string.Join(',', members)}}}";
    }

    private string Name(string name)
    {
        if (random.NextDouble() < spoil / 8)
        {
            name = name.ToUpperInvariant();
        }

        if (random.Next(10) != 0)
        {
            return JsonSerializer.Serialize(name);
        }

        // The same name, with each letter escaped.
        var escaped = new StringBuilder("\"");
        foreach (var c in name)
        {
            escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        }

        return escaped.Append('"').ToString();
    }

    private string Pick(string[] values) => values[random.Next(values.Length)];
}
