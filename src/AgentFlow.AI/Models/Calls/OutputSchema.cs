using System.ComponentModel;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using AgentFlow.Schemas;

namespace AgentFlow.AI;

/// <summary>
/// The schema of a type in the strict form that providers enforce: an object at the root (other values are wrapped in one), every property
/// required, no other allowed; what is optional is nullable. Made once for each contract.
/// </summary>
internal sealed class OutputSchema
{
    private const string WrapperProperty = "value";
    private static readonly ConditionalWeakTable<JsonTypeInfo, OutputSchema> Made = [];
    private static readonly JsonSchemaExporterOptions Exporter = new() { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = MakeStrict };
    private readonly bool _isWrapped;
    private readonly JsonSchema _schema;

    private OutputSchema(JsonTypeInfo type)
    {
        var schema = type.GetJsonSchemaAsNode(Exporter);
        _isWrapped = schema is not JsonObject root || !IsType(root, "object") || root["properties"] is not JsonObject;
        if (_isWrapped)
        {
            // References in the schema are paths from the root, which lies deeper now.
            schema = new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject { [WrapperProperty] = Rebased(schema) },
                ["required"] = new JsonArray((JsonNode)WrapperProperty),
                ["additionalProperties"] = false,
            };
        }

        Json = JsonElement.Parse(schema.ToJsonString());
        _schema = JsonSchema.Parse(Json, SchemaReading.DotNet);
        Name = string.Concat(type.Type.Name.Select(static c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
        Description = DescriptionOf(type.Type);
    }

    public JsonElement Json { get; }

    public string Name { get; }

    public string? Description { get; }

    public static OutputSchema Of(JsonTypeInfo type) => Made.GetValue(type, static t => new(t));

    public IReadOnlyList<string> Validate(JsonElement reply) => SchemaValidation.Validate(reply, _schema);

    public JsonElement Unwrap(JsonElement reply) => _isWrapped ? reply.GetProperty(WrapperProperty) : reply;

    private static JsonNode MakeStrict(JsonSchemaExporterContext context, JsonNode schema)
    {
        if (schema is not JsonObject node)
        {
            return schema;
        }

        if (IsType(node, "object") && node["additionalProperties"] is null && node["properties"] is JsonObject properties)
        {
            node["required"] = new JsonArray([.. properties.Select(static p => (JsonNode)p.Key)]);
            node["additionalProperties"] = false;
        }

        var description = DescriptionOf(context.PropertyInfo?.AttributeProvider) ?? DescriptionOf(context.PropertyInfo?.AssociatedParameter?.AttributeProvider) ?? DescriptionOf(context.TypeInfo.Type);
        if (description is not null && node["description"] is null)
        {
            node["description"] = description;
        }

        return node;
    }

    private static string? DescriptionOf(ICustomAttributeProvider? provider) =>
        provider?.GetCustomAttributes(typeof(DescriptionAttribute), inherit: true).OfType<DescriptionAttribute>().FirstOrDefault()?.Description;

    private static bool IsType(JsonObject node, string type) => node["type"] switch
    {
        JsonValue one => one.GetValue<string>() == type,
        JsonArray several => several.Any(t => t?.GetValue<string>() == type),
        _ => false,
    };

    private static JsonNode? Rebased(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                var copy = new JsonObject();
                foreach (var (name, value) in members)
                {
                    copy[name] = name == "$ref" && value is JsonValue path ? $"#/properties/{WrapperProperty}{path.GetValue<string>().TrimStart('#')}" : Rebased(value);
                }

                return copy;
            case JsonArray items:
                return new JsonArray([.. items.Select(Rebased)]);
            default:
                return node?.DeepClone();
        }
    }
}
