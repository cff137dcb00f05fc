using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace AgentFlow;

/// <summary>What references stand for in one run: inputs, outputs, and the element at hand.</summary>
/// <param name="run">The run.</param>
/// <param name="item">The element at hand.</param>
/// <param name="index">Its index.</param>
internal readonly struct PlanValues(PlanRun run, JsonElement item = default, int index = -1)
{
    /// <summary>The sources that are no action and no input.</summary>
    public const int Item = int.MaxValue;
    public const int Index = int.MaxValue - 1;

    private static readonly JsonSerializerOptions s_options = new() { TypeInfoResolver = new Resolver() };

    public static JsonElement Null { get; } = JsonElement.Parse("null");

    /// <summary>How every value of a plan is written as JSON: as it is.</summary>
    public static JsonTypeInfo<JsonElement> Contract { get; } = (JsonTypeInfo<JsonElement>)s_options.GetTypeInfo(typeof(JsonElement));

    /// <summary>How the results of a for-each are written as JSON.</summary>
    public static JsonTypeInfo<JsonElement[]> ArrayContract { get; } = (JsonTypeInfo<JsonElement[]>)s_options.GetTypeInfo(typeof(JsonElement[]));

    public bool TryGet(int source, out JsonElement value)
    {
        value = source switch
        {
            Item => item,
            Index => JsonElement.Parse(index.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            < 0 => run.Inputs[~source],
            _ when run.HasOutput(source) => run.Outputs[source],
            _ => default,
        };
        return value.ValueKind != JsonValueKind.Undefined;
    }

    private sealed class Resolver : IJsonTypeInfoResolver
    {
        public JsonTypeInfo? GetTypeInfo(Type type, JsonSerializerOptions options) =>
            type == typeof(JsonElement) ? JsonMetadataServices.CreateValueInfo<JsonElement>(options, JsonMetadataServices.JsonElementConverter)
            : type == typeof(JsonElement[]) ? JsonMetadataServices.CreateArrayInfo<JsonElement>(options, new JsonCollectionInfoValues<JsonElement[]> { ElementInfo = Contract })
            : null;
    }
}
