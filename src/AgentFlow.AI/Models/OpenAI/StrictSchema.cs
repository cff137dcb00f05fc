using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentFlow.AI;

/// <summary>
/// A schema in the form that a strict response format takes: objects closed and all of their properties required, no reference but <c>#</c> and <c>#/$defs/…</c> and nothing beside one, no
/// default. What the form cannot say makes the schema one that is not strict, rather than another one.
/// </summary>
internal sealed class StrictSchema
{
    private const int MaxDepth = 64;
    private const int MaxNodes = 5_000;

    private readonly JsonElement _root;
    private readonly JsonObject _definitions = [];
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly Queue<(string Name, JsonElement Schema)> _referred = [];
    private int _nodes;

    private StrictSchema(JsonElement root) => _root = root;

    /// <summary>The strict form.</summary>
    /// <param name="schema">The schema.</param>
    /// <returns><see langword="null"/> if there is none.</returns>
    public static JsonElement? Of(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("type", out var type) || type.ValueKind != JsonValueKind.String || !type.ValueEquals("object") || schema.TryGetProperty("anyOf", out _))
        {
            return null;
        }

        var strict = new StrictSchema(schema);
        if (strict.Write(schema, 0) is not { } root)
        {
            return null;
        }

        while (strict._referred.TryDequeue(out var referred))
        {
            if (strict.Write(referred.Schema, 0) is not { } definition)
            {
                return null;
            }

            strict._definitions[referred.Name] = definition;
        }

        if (strict._definitions.Count > 0)
        {
            root["$defs"] = strict._definitions;
        }

        return JsonElement.Parse(root.ToJsonString());
    }

    private JsonObject? Write(JsonElement schema, int depth)
    {
        if (schema.ValueKind != JsonValueKind.Object || depth > MaxDepth || ++_nodes > MaxNodes)
        {
            return null;
        }

        return schema.TryGetProperty("$ref", out var reference) ? WriteReference(schema, reference) : WriteKeywords(schema, depth);
    }

    private JsonObject? WriteReference(JsonElement schema, JsonElement reference)
    {
        if (reference.ValueKind != JsonValueKind.String || schema.EnumerateObject().Any(static p => p.Name is not ("$ref" or "$defs" or "definitions") && !IsRemark(p.Name)))
        {
            return null;
        }

        var pointer = reference.GetString()!;
        if (pointer == "#")
        {
            return new() { ["$ref"] = "#" };
        }

        if (!_names.TryGetValue(pointer, out var name))
        {
            if (!pointer.StartsWith("#/", StringComparison.Ordinal) || new SchemaPlaces(_root).Find(pointer) is not { } place)
            {
                return null;
            }

            name = NameOf(pointer);
            _names.Add(pointer, name);
            _referred.Enqueue((name, place));
        }

        return new() { ["$ref"] = "#/$defs/" + name };
    }

    private JsonObject? WriteKeywords(JsonElement schema, int depth)
    {
        var strict = new JsonObject();
        foreach (var keyword in schema.EnumerateObject())
        {
            switch (keyword.Name)
            {
                case "properties":
                    if (WriteProperties(keyword.Value, depth) is not { } properties)
                    {
                        return null;
                    }

                    strict["properties"] = properties;
                    break;
                case "items":
                    if (Write(keyword.Value, depth + 1) is not { } items)
                    {
                        return null;
                    }

                    strict["items"] = items;
                    break;
                case "anyOf":
                    if (WriteAlternatives(keyword.Value, depth) is not { } alternatives)
                    {
                        return null;
                    }

                    strict["anyOf"] = alternatives;
                    break;
                case "type" or "enum" or "const" or "required" or "additionalProperties" or "pattern" or "minimum" or "maximum" or "exclusiveMinimum" or "exclusiveMaximum" or "multipleOf"
                    or "minItems" or "maxItems" or "title" or "description":
                    strict[keyword.Name] = JsonNode.Parse(keyword.Value.GetRawText());
                    break;
                case "format":
                    if (keyword.Value.ValueKind == JsonValueKind.String && keyword.Value.GetString() is "date-time" or "time" or "date" or "duration" or "email" or "hostname" or "ipv4" or "ipv6" or "uuid")
                    {
                        strict["format"] = keyword.Value.GetString();
                    }

                    break;
                case "$defs" or "definitions":
                    break; // Those that are referred to are added.
                default:
                    if (!IsRemark(keyword.Name))
                    {
                        return null;
                    }

                    break;
            }
        }

        return Says(schema) && IsClosed(schema) ? strict : null;
    }

    private JsonObject? WriteProperties(JsonElement properties, int depth)
    {
        var strict = new JsonObject();
        foreach (var property in properties.ValueKind == JsonValueKind.Object ? properties.EnumerateObject() : default)
        {
            if (Write(property.Value, depth + 1) is not { } schema)
            {
                return null;
            }

            strict[property.Name] = schema;
        }

        return strict;
    }

    private JsonArray? WriteAlternatives(JsonElement alternatives, int depth)
    {
        var strict = new JsonArray();
        foreach (var one in alternatives.ValueKind == JsonValueKind.Array ? alternatives.EnumerateArray() : default)
        {
            if (Write(one, depth + 1) is not { } schema)
            {
                return null;
            }

            strict.Add((JsonNode)schema);
        }

        return strict.Count == 0 ? null : strict;
    }

    /// <summary>A schema that says nothing allows anything, which is not strict.</summary>
    private static bool Says(JsonElement schema) =>
        schema.TryGetProperty("type", out _) || schema.TryGetProperty("enum", out _) || schema.TryGetProperty("const", out _) || schema.TryGetProperty("anyOf", out _);

    private static bool IsClosed(JsonElement schema)
    {
        if (!schema.TryGetProperty("type", out var type) || !(type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Any(IsObject) : IsObject(type)))
        {
            return !schema.TryGetProperty("properties", out _);
        }

        if (!schema.TryGetProperty("additionalProperties", out var others) || others.ValueKind != JsonValueKind.False || !schema.TryGetProperty("properties", out var properties) || properties.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        var required = schema.TryGetProperty("required", out var names) && names.ValueKind == JsonValueKind.Array
            ? names.EnumerateArray().Where(static name => name.ValueKind == JsonValueKind.String).Select(static name => name.GetString()!).ToHashSet(StringComparer.Ordinal)
            : [];
        return properties.EnumerateObject().All(property => required.Contains(property.Name));
    }

    private static bool IsObject(JsonElement type) => type.ValueKind == JsonValueKind.String && type.ValueEquals("object");

    private static bool IsRemark(string name) => name is "title" or "description" or "default" or "examples" or "$comment" or "$schema" or "deprecated" or "readOnly" or "writeOnly" or "contentEncoding" or "contentMediaType";

    /// <summary>The name that a definition has, or one of its own.</summary>
    private string NameOf(string pointer)
    {
        const string Definitions = "#/$defs/";
        var name = pointer.StartsWith(Definitions, StringComparison.Ordinal) ? pointer[Definitions.Length..] : "";
        return name.Length is > 0 and <= 64 && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-') ? name : $"ref-{_names.Count + 1}";
    }
}
