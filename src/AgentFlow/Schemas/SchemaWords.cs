using System.Globalization;
using System.Text.Json;

namespace AgentFlow.Schemas;

/// <summary>What is wrong with a value, in words that a model can correct it by.</summary>
internal static class SchemaWords
{
    private const int ShownCharacters = 80;
    private const int MaxWhole = 200;

    /// <summary>A problem.</summary>
    public static string Of(SchemaProblem problem) => problem.Keyword switch
    {
        "required" => $"missing; expected {problem.Schema?.Describe() ?? "a value"}",
        "additionalProperties" => "unknown",
        SchemaProblem.NotUnicode => "has text that is no Unicode: half of a surrogate pair",
        _ => $"expected {problem.Schema!.Describe()}, got {Show(problem.Value)}",
    };

    /// <summary>The value as a message may show it: short.</summary>
    public static string Show(JsonElement value)
    {
        var text = value.ValueKind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => $"an array of {value.GetArrayLength().ToString(CultureInfo.InvariantCulture)}",
            JsonValueKind.Undefined => "nothing",
            _ => ReadableJson.Of(value.GetRawText()),
        };
        return WholeText.Shorten(text, ShownCharacters);
    }

    /// <summary>The value with what is in it.</summary>
    public static string ShowWhole(JsonElement value) => WholeText.Shorten(ReadableJson.Of(value.GetRawText()), MaxWhole);
}
