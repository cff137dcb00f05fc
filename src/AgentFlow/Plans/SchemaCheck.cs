using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace AgentFlow;

/// <summary>
/// Checks JSON against the part of JSON Schema 2020-12 that tools use: types, enums, constants, objects, arrays, bounds, patterns, combinations and local
/// references. A schema that needs more is refused when it is added, not overlooked.
/// </summary>
internal static class SchemaCheck
{
    private const int MaxDepth = 64;

    private static readonly HashSet<string> s_annotations = new(StringComparer.Ordinal)
    {
        "title", "description", "default", "examples", "format", "$schema", "$id", "$defs", "definitions", "$comment", "deprecated", "readOnly", "writeOnly", "strict",
        "contentEncoding", "contentMediaType",
    };

    private static readonly HashSet<string> s_schemas = new(StringComparer.Ordinal) { "items", "additionalProperties", "not" };

    private static readonly HashSet<string> s_schemaLists = new(StringComparer.Ordinal) { "anyOf", "oneOf", "allOf" };

    private static readonly Dictionary<string, Func<JsonElement, bool>> s_checked = new(StringComparer.Ordinal)
    {
        ["type"] = static v => IsText(v) || (v.ValueKind == JsonValueKind.Array && v.EnumerateArray().All(IsText)),
        ["enum"] = static v => v.ValueKind == JsonValueKind.Array,
        ["const"] = static _ => true,
        ["required"] = static v => v.ValueKind == JsonValueKind.Array && v.EnumerateArray().All(IsText),
        ["minimum"] = IsNumber,
        ["maximum"] = IsNumber,
        ["exclusiveMinimum"] = IsNumber,
        ["exclusiveMaximum"] = IsNumber,
        ["multipleOf"] = IsNumber,
        ["minLength"] = IsCount,
        ["maxLength"] = IsCount,
        ["minItems"] = IsCount,
        ["maxItems"] = IsCount,
        ["minProperties"] = IsCount,
        ["maxProperties"] = IsCount,
        ["uniqueItems"] = static v => v.ValueKind is JsonValueKind.True or JsonValueKind.False,
    };

    /// <summary>What a schema says that could not be checked; null if all of it can.</summary>
    public static string? FindUnsupported(JsonElement schema) => FindUnsupported(schema, schema, "$", 0);

    /// <summary>Checks a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="schema">The schema.</param>
    /// <param name="path">What the value is called.</param>
    /// <param name="report">Is told where something is wrong, and what was expected.</param>
    /// <param name="isOpen">Says of a value that it is not known yet, and so fits; null: all are known.</param>
    public static void Check(JsonElement value, JsonElement schema, string path, Action<string, string> report, Func<JsonElement, bool>? isOpen = null) =>
        new Visit(schema, report, isOpen).Value(value, schema, path, 0);

    /// <summary>The schema of a member of what another schema describes; null if nothing is known of it.</summary>
    public static JsonElement? Member(JsonElement root, IReadOnlyList<string> path)
    {
        JsonElement? at = root;
        foreach (var step in path)
        {
            if (at is not { } schema || Resolve(schema, root) is not { ValueKind: JsonValueKind.Object } resolved)
            {
                return null;
            }

            at = resolved.TryGetProperty("properties", out var properties) && properties.TryGetProperty(step, out var property) ? property
                : int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out _) && resolved.TryGetProperty("items", out var items) ? items
                : null;
        }

        return at is { } found ? Resolve(found, root) : null;
    }

    /// <summary>Whether a value of one schema may fit another: false only if no type of the one is a type of the other.</summary>
    public static bool MayFit(JsonElement produced, JsonElement expected) =>
        TypesOf(produced) is not { } given || TypesOf(expected) is not { } taken || given.Any(g => taken.Any(t => t == g || (t, g) is ("number", "integer") or ("integer", "number")));

    public static string[]? TypesOf(JsonElement schema) => schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("type", out var type)
        ? type.ValueKind switch
        {
            JsonValueKind.String => [type.GetString()!],
            JsonValueKind.Array => [.. type.EnumerateArray().Where(static t => t.ValueKind == JsonValueKind.String).Select(static t => t.GetString()!)],
            _ => null,
        }
        : null;

    private static string? FindUnsupported(JsonElement schema, JsonElement root, string path, int depth)
    {
        if (schema.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return null;
        }

        if (schema.ValueKind != JsonValueKind.Object || depth > MaxDepth)
        {
            return $"{path} is no schema.";
        }

        foreach (var property in schema.EnumerateObject())
        {
            var at = $"{path}.{property.Name}";
            var error = property.Name switch
            {
                "$ref" => property.Value.ValueKind == JsonValueKind.String && Find(root, property.Value.GetString()!) is not null ? null : $"{at} refers to nothing within the schema.",
                "pattern" => IsPattern(property.Value) ? null : $"{at} is no pattern that can be matched in linear time.",
                "properties" => property.Value.ValueKind != JsonValueKind.Object ? $"{at} is no object."
                    : property.Value.EnumerateObject().Select(p => FindUnsupported(p.Value, root, $"{at}.{p.Name}", depth + 1)).FirstOrDefault(static e => e is not null),
                var name when s_schemas.Contains(name) => FindUnsupported(property.Value, root, at, depth + 1),
                var name when s_schemaLists.Contains(name) => property.Value.ValueKind != JsonValueKind.Array ? $"{at} is no array."
                    : property.Value.EnumerateArray().Select((s, i) => FindUnsupported(s, root, $"{at}[{i}]", depth + 1)).FirstOrDefault(static e => e is not null),
                var name when s_annotations.Contains(name) => null,
                var name when s_checked.TryGetValue(name, out var isFit) => isFit(property.Value) ? null : $"{at} is not what it has to be.",
                _ => $"{at} is not supported.",
            };
            if (error is not null)
            {
                return error;
            }
        }

        return null;
    }

    private static bool IsText(JsonElement value) => value.ValueKind == JsonValueKind.String;

    private static bool IsNumber(JsonElement value) => value.ValueKind == JsonValueKind.Number;

    private static bool IsCount(JsonElement value) => IsNumber(value) && value.TryGetInt64(out var count) && count >= 0;

    private static bool IsPattern(JsonElement pattern)
    {
        try
        {
            return pattern.ValueKind == JsonValueKind.String && Pattern(pattern.GetString()!) is not null;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return false;
        }
    }

    /// <summary>Matched in time linear in the text, whatever the pattern: a model writes the text.</summary>
    private static Regex Pattern(string pattern) => new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    private static JsonElement? Resolve(JsonElement schema, JsonElement root)
    {
        for (var hops = 0; hops < MaxDepth; hops++)
        {
            if (schema.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("$ref", out var reference))
            {
                return schema;
            }

            if (Find(root, reference.GetString()!) is not { } found)
            {
                return null;
            }

            schema = found;
        }

        return null;
    }

    /// <summary>Follows a JSON pointer (RFC 6901) within the schema.</summary>
    private static JsonElement? Find(JsonElement root, string reference)
    {
        if (!reference.StartsWith('#'))
        {
            return null;
        }

        var at = root;
        foreach (var step in reference[1..].Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var name = step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (at.ValueKind == JsonValueKind.Object && at.TryGetProperty(name, out var next))
            {
                at = next;
            }
            else if (at.ValueKind == JsonValueKind.Array && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < at.GetArrayLength())
            {
                at = at[index];
            }
            else
            {
                return null;
            }
        }

        return at;
    }

    private sealed class Visit(JsonElement root, Action<string, string> report, Func<JsonElement, bool>? isOpen)
    {
        public void Value(JsonElement value, JsonElement schema, string path, int depth)
        {
            if (isOpen?.Invoke(value) == true || schema.ValueKind == JsonValueKind.True)
            {
                return;
            }

            if (schema.ValueKind == JsonValueKind.False || depth > MaxDepth)
            {
                report(path, "is not allowed here");
                return;
            }

            if (schema.TryGetProperty("$ref", out _) && Resolve(schema, root) is { } referred)
            {
                Value(value, referred, path, depth + 1);
            }

            if (TypesOf(schema) is { } types && !types.Any(type => IsOf(value, type)))
            {
                report(path, $"expected {string.Join(" or ", types)}, found {Kind(value)}");
                return;
            }

            Constants(value, schema, path);
            Combinations(value, schema, path, depth);
            switch (value.ValueKind)
            {
                case JsonValueKind.Object:
                    Object(value, schema, path, depth);
                    break;
                case JsonValueKind.Array:
                    Array(value, schema, path, depth);
                    break;
                case JsonValueKind.String:
                    Text(value.GetString()!, schema, path);
                    break;
                case JsonValueKind.Number:
                    Number(value.GetDouble(), schema, path);
                    break;
            }
        }

        private void Constants(JsonElement value, JsonElement schema, string path)
        {
            if (schema.TryGetProperty("enum", out var choices) && !choices.EnumerateArray().Any(choice => JsonElement.DeepEquals(choice, value)))
            {
                report(path, $"expected one of {Shown(choices)}");
            }

            if (schema.TryGetProperty("const", out var constant) && !JsonElement.DeepEquals(constant, value))
            {
                report(path, $"expected {Shown(constant)}");
            }
        }

        private void Combinations(JsonElement value, JsonElement schema, string path, int depth)
        {
            if (schema.TryGetProperty("allOf", out var all))
            {
                foreach (var part in all.EnumerateArray())
                {
                    Value(value, part, path, depth + 1);
                }
            }

            if (schema.TryGetProperty("anyOf", out var any) && any.EnumerateArray().All(part => Count(value, part, path, depth) > 0))
            {
                report(path, "fits none of the alternatives of its schema");
            }

            if (schema.TryGetProperty("oneOf", out var one) && one.EnumerateArray().Count(part => Count(value, part, path, depth) == 0) is var fits && fits != 1 && (fits == 0 || isOpen is null))
            {
                report(path, $"fits {fits} of the alternatives of its schema, and has to fit one");
            }

            if (isOpen is null && schema.TryGetProperty("not", out var not) && Count(value, not, path, depth) == 0)
            {
                report(path, "is just what its schema excludes");
            }
        }

        private int Count(JsonElement value, JsonElement schema, string path, int depth)
        {
            var count = 0;
            new Visit(root, (_, _) => count++, isOpen).Value(value, schema, path, depth + 1);
            return count;
        }

        private void Object(JsonElement value, JsonElement schema, string path, int depth)
        {
            var hasProperties = schema.TryGetProperty("properties", out var properties);
            var hasAdditional = schema.TryGetProperty("additionalProperties", out var additional);
            if (schema.TryGetProperty("required", out var required))
            {
                foreach (var name in required.EnumerateArray().Select(static n => n.GetString()!))
                {
                    if (!value.TryGetProperty(name, out _))
                    {
                        report($"{path}.{name}", "is missing");
                    }
                }
            }

            Bound(value.EnumerateObject().Count(), schema, "minProperties", "maxProperties", "properties", path);
            foreach (var property in value.EnumerateObject())
            {
                if (hasProperties && properties.TryGetProperty(property.Name, out var known))
                {
                    Value(property.Value, known, $"{path}.{property.Name}", depth + 1);
                }
                else if (hasAdditional && additional.ValueKind == JsonValueKind.False)
                {
                    var names = hasProperties ? properties.EnumerateObject().Select(static p => p.Name).ToList() : [];
                    var nearest = Generators.Parsing.NearestName.Find(property.Name, names);
                    report($"{path}.{property.Name}", nearest is not null ? $"is not known; did you mean '{nearest}'?" : $"is not known; known are {string.Join(", ", names)}");
                }
                else if (hasAdditional)
                {
                    Value(property.Value, additional, $"{path}.{property.Name}", depth + 1);
                }
            }
        }

        private void Array(JsonElement value, JsonElement schema, string path, int depth)
        {
            Bound(value.GetArrayLength(), schema, "minItems", "maxItems", "elements", path);
            if (schema.TryGetProperty("items", out var items))
            {
                var index = 0;
                foreach (var item in value.EnumerateArray())
                {
                    Value(item, items, $"{path}[{index++}]", depth + 1);
                }
            }

            if (isOpen is null && schema.TryGetProperty("uniqueItems", out var unique) && unique.ValueKind == JsonValueKind.True)
            {
                var seen = new HashSet<string>(StringComparer.Ordinal);
                if (!value.EnumerateArray().All(item => seen.Add(PlanJson.Canonical(item))))
                {
                    report(path, "has an element twice");
                }
            }
        }

        private void Text(string text, JsonElement schema, string path)
        {
            Bound(text.EnumerateRunes().Count(), schema, "minLength", "maxLength", "characters", path);
            if (schema.TryGetProperty("pattern", out var pattern) && !Pattern(pattern.GetString()!).IsMatch(text))
            {
                report(path, $"does not match {pattern.GetString()}");
            }
        }

        private void Number(double number, JsonElement schema, string path)
        {
            if (schema.TryGetProperty("minimum", out var minimum) && number < minimum.GetDouble())
            {
                report(path, $"is less than {minimum}");
            }

            if (schema.TryGetProperty("maximum", out var maximum) && number > maximum.GetDouble())
            {
                report(path, $"is more than {maximum}");
            }

            if (schema.TryGetProperty("exclusiveMinimum", out var above) && number <= above.GetDouble())
            {
                report(path, $"is not more than {above}");
            }

            if (schema.TryGetProperty("exclusiveMaximum", out var below) && number >= below.GetDouble())
            {
                report(path, $"is not less than {below}");
            }

            if (schema.TryGetProperty("multipleOf", out var step) && step.GetDouble() > 0 && Math.Abs(Math.IEEERemainder(number, step.GetDouble())) > 1e-9 * step.GetDouble())
            {
                report(path, $"is no multiple of {step}");
            }
        }

        private void Bound(int count, JsonElement schema, string least, string most, string what, string path)
        {
            if (schema.TryGetProperty(least, out var minimum) && count < minimum.GetInt64())
            {
                report(path, $"has {count} {what}, and needs at least {minimum}");
            }

            if (schema.TryGetProperty(most, out var maximum) && count > maximum.GetInt64())
            {
                report(path, $"has {count} {what}, and may have at most {maximum}");
            }
        }

        private static bool IsOf(JsonElement value, string type) => type switch
        {
            "string" => value.ValueKind == JsonValueKind.String,
            "number" => value.ValueKind == JsonValueKind.Number,
            "integer" => value.ValueKind == JsonValueKind.Number && (value.TryGetInt64(out _) || (value.TryGetDouble(out var number) && Math.Truncate(number) == number)),
            "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            "null" => value.ValueKind == JsonValueKind.Null,
            "object" => value.ValueKind == JsonValueKind.Object,
            "array" => value.ValueKind == JsonValueKind.Array,
            _ => false,
        };

        private static string Kind(JsonElement value) => value.ValueKind switch
        {
            JsonValueKind.True or JsonValueKind.False => "boolean",
            JsonValueKind.Undefined => "nothing",
            var kind => kind.ToString().ToLowerInvariant(),
        };

        private static string Shown(JsonElement value) => value.GetRawText() is var text && text.Length > 200 ? text[..200] + "…" : text;
    }
}
