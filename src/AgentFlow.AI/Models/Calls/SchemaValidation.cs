using System.Text.Json;
using System.Text.RegularExpressions;

namespace AgentFlow.AI;

/// <summary>Checks JSON against the part of JSON Schema that <see cref="System.Text.Json.Schema.JsonSchemaExporter"/> writes, and says where and what is wrong in words that a model can mend it by.</summary>
internal static class SchemaValidation
{
    private const int MaxErrors = 10;
    private const int MaxShown = 60;
    private static readonly TimeSpan PatternTimeout = TimeSpan.FromSeconds(1);

    public static IReadOnlyList<string> Validate(JsonElement value, JsonElement schema)
    {
        var errors = new List<string>();
        Check(value, schema, schema, "$", errors);
        return errors;
    }

    private static void Check(JsonElement value, JsonElement schema, JsonElement root, string path, List<string> errors)
    {
        if (errors.Count >= MaxErrors || schema.ValueKind != JsonValueKind.Object)
        {
            return; // A schema of true allows everything.
        }

        if (schema.TryGetProperty("$ref", out var reference))
        {
            Check(value, Resolve(root, reference.GetString()!), root, path, errors);
            return;
        }

        if (schema.TryGetProperty("anyOf", out var choices) && !choices.EnumerateArray().Any(c => Fits(value, c, root)))
        {
            errors.Add($"{path}: expected one of the alternatives of the schema, found {Show(value)}.");
            return;
        }

        if (schema.TryGetProperty("type", out var type) && !IsOfType(value, type))
        {
            errors.Add($"{path}: expected {Show(type)}, found {Show(value)}.");
            return;
        }

        if (schema.TryGetProperty("enum", out var allowed) && !allowed.EnumerateArray().Any(a => JsonElement.DeepEquals(a, value)))
        {
            errors.Add($"{path}: expected one of {string.Join(", ", allowed.EnumerateArray())}, found {Show(value)}.");
            return;
        }

        if (schema.TryGetProperty("const", out var constant) && !JsonElement.DeepEquals(constant, value))
        {
            errors.Add($"{path}: expected {Show(constant)}, found {Show(value)}.");
            return;
        }

        if (value.ValueKind == JsonValueKind.String && schema.TryGetProperty("pattern", out var pattern) && !Regex.IsMatch(value.GetString()!, pattern.GetString()!, RegexOptions.None, PatternTimeout))
        {
            errors.Add($"{path}: expected a string that matches {pattern.GetString()}, found {Show(value)}.");
        }

        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                CheckObject(value, schema, root, path, errors);
                break;
            case JsonValueKind.Array:
                CheckArray(value, schema, root, path, errors);
                break;
        }
    }

    private static void CheckObject(JsonElement value, JsonElement schema, JsonElement root, string path, List<string> errors)
    {
        var hasProperties = schema.TryGetProperty("properties", out var properties);
        if (schema.TryGetProperty("required", out var required))
        {
            foreach (var name in required.EnumerateArray().Where(n => !value.TryGetProperty(n.GetString()!, out _)))
            {
                errors.Add($"{path}.{name.GetString()}: is missing.");
            }
        }

        var hasRest = schema.TryGetProperty("additionalProperties", out var rest);
        foreach (var member in value.EnumerateObject())
        {
            if (hasProperties && properties.TryGetProperty(member.Name, out var property))
            {
                Check(member.Value, property, root, $"{path}.{member.Name}", errors);
            }
            else if (hasRest && rest.ValueKind == JsonValueKind.False)
            {
                errors.Add($"{path}.{Cut(member.Name)}: is not part of the schema.");
            }
            else if (hasRest)
            {
                Check(member.Value, rest, root, $"{path}.{Cut(member.Name)}", errors);
            }
        }
    }

    private static void CheckArray(JsonElement value, JsonElement schema, JsonElement root, string path, List<string> errors)
    {
        if (!schema.TryGetProperty("items", out var items))
        {
            return;
        }

        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            Check(item, items, root, $"{path}[{index++}]", errors);
        }
    }

    private static bool Fits(JsonElement value, JsonElement schema, JsonElement root)
    {
        var errors = new List<string>();
        Check(value, schema, root, "$", errors);
        return errors.Count == 0;
    }

    private static bool IsOfType(JsonElement value, JsonElement type) =>
        type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Any(t => IsOfType(value, t)) : (type.GetString(), value.ValueKind) switch
        {
            ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) or ("string", JsonValueKind.String) or ("null", JsonValueKind.Null) or ("number", JsonValueKind.Number) => true,
            ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
            ("integer", JsonValueKind.Number) => value.TryGetInt64(out _) || value.TryGetUInt64(out _),
            _ => false,
        };

    /// <summary>A JSON pointer (RFC 6901) as a fragment; only our own schemas are resolved, so it leads somewhere.</summary>
    private static JsonElement Resolve(JsonElement root, string reference)
    {
        var at = root;
        foreach (var part in reference.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var name = part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            at = at.ValueKind == JsonValueKind.Array ? at[int.Parse(name, System.Globalization.CultureInfo.InvariantCulture)] : at.GetProperty(name);
        }

        return at;
    }

    private static string Show(JsonElement value) => Cut(value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array when value.EnumerateArray().All(static v => v.ValueKind == JsonValueKind.String) && value.GetArrayLength() is > 0 and < 4 => string.Join(" or ", value.EnumerateArray()),
        JsonValueKind.Array => "an array",
        _ => value.GetRawText(),
    });

    private static string Cut(string text) => text.Length <= MaxShown ? text : text[..MaxShown] + "…";
}
