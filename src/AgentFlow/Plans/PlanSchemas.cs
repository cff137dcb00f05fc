using System.Globalization;
using System.Text.Json;
using AgentFlow.Generators.Parsing;
using AgentFlow.Schemas;

namespace AgentFlow;

/// <summary>What plans ask of JSON schemas: that all of one can be checked, values held against it, and what it says of members before a run.</summary>
internal static class PlanSchemas
{
    private const int MaxHops = 64;

    /// <summary>What a schema says that cannot be checked, or is no keyword; null if there is nothing. A plan relies on all that is written.</summary>
    public static string? FindUnsupported(JsonElement schema) => Read(schema).Error;

    /// <summary>Reads a schema.</summary>
    public static (JsonSchema Schema, string? Error) Read(JsonElement schema)
    {
        var read = JsonSchema.Parse(schema);
        return (read, read.Unsupported ?? (read.UnknownKeyword is { } unknown ? $"{unknown} is not supported." : null));
    }

    /// <summary>Checks a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="schema">The schema.</param>
    /// <param name="name">What the value is called.</param>
    /// <param name="report">Is told where something is wrong, and what was expected.</param>
    /// <param name="isOpen">Says of a value that it is not known yet; null: all are known, and a value that cannot be checked is refused.</param>
    public static void Check(JsonElement value, JsonSchema schema, string name, Action<string, string> report, Func<JsonElement, bool>? isOpen = null)
    {
        var verdict = schema.Check(value, findings: null, isOpen);
        if (verdict == SchemaVerdict.CannotBeChecked && isOpen is null)
        {
            report(name, "cannot be checked: that takes more steps, or a deeper nesting, than are allowed");
        }

        if (verdict != SchemaVerdict.DoesNotFit)
        {
            return;
        }

        var findings = new SchemaFindings();
        schema.Check(value, findings, isOpen);
        foreach (var problem in findings.Problems)
        {
            report(name + problem.Path, Worded(problem));
        }
    }

    /// <summary>The schema of a member of what another schema describes; null if nothing is known of it.</summary>
    public static JsonElement? Member(JsonElement root, IReadOnlyList<string> path)
    {
        JsonElement? at = root;
        var resources = new SchemaResources(root);
        foreach (var step in path)
        {
            if (at is not { } schema || Resolve(schema, resources) is not { ValueKind: JsonValueKind.Object } resolved)
            {
                return null;
            }

            at = resolved.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object && properties.TryGetProperty(step, out var property) ? property
                : int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out _) && !resolved.TryGetProperty("prefixItems", out _) && resolved.TryGetProperty("items", out var items) ? items
                : null;
            if (at is { ValueKind: JsonValueKind.Object } inner && inner.TryGetProperty("$id", out _))
            {
                // References within it mean places within it.
                resources = new(inner);
            }
        }

        return at is { } found ? Resolve(found, resources) : null;
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

    private static JsonElement? Resolve(JsonElement schema, SchemaResources resources)
    {
        for (var hops = 0; hops < MaxHops; hops++)
        {
            if (schema.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("$ref", out var reference))
            {
                return schema;
            }

            if (reference.ValueKind != JsonValueKind.String || resources.Find(reference.GetString()!, SchemaResources.Default) is not { Schema: null } found)
            {
                return null;
            }

            schema = found.Json;
        }

        return null;
    }

    private static string Worded(SchemaProblem problem)
    {
        switch (problem.Keyword)
        {
            case "required":
                return "is missing";
            case "type":
                return $"expected {string.Join(" or ", problem.Schema!.TypeNames)}, found {Kind(problem.Value)}";
            case "additionalProperties":
                var names = problem.Schema!.PropertyNames;
                var nearest = NearestName.Find(problem.Name!, names);
                return nearest is not null ? $"is not known; did you mean '{nearest}'?" : $"is not known; known are {string.Join(", ", names.Take(50))}";
            case "minimum":
                return $"is less than {SchemaWords.Show(problem.Schema!.Minimum!.Value)}";
            case "maximum":
                return $"is more than {SchemaWords.Show(problem.Schema!.Maximum!.Value)}";
            case "false":
                return "is not allowed here";
            case "oneOf":
                return "fits several of the alternatives of its schema, and has to fit one";
            case "not":
                return "is just what its schema excludes";
            case SchemaProblem.NotUnicode:
                return "has text that is no Unicode";
            default:
                return $"expected {problem.Schema!.Describe()}, found {SchemaWords.Show(problem.Value)} ({problem.Keyword})";
        }
    }

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Undefined => "nothing",
        var kind => kind.ToString().ToLowerInvariant(),
    };
}
