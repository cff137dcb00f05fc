using System.Text.Json;
using AgentFlow.Schemas;

namespace AgentFlow.AI;

/// <summary>Says where a reply breaks its schema, in words that a model can correct it by.</summary>
internal static class SchemaValidation
{
    private const int MaxErrors = 10;
    private const int MaxShown = 60;

    /// <summary>Checks a reply. What cannot be checked is left to its type, which reads the reply next.</summary>
    public static IReadOnlyList<string> Validate(JsonElement value, JsonSchema schema)
    {
        schema.Check(value, out var problems);
        return [.. problems.Take(MaxErrors).Select(static problem => $"${problem.Path}: {Worded(problem)}.")];
    }

    private static string Worded(SchemaProblem problem) => problem.Keyword switch
    {
        "required" => "is missing",
        "additionalProperties" => "is not part of the schema",
        "type" => $"expected {string.Join(" or ", problem.Schema!.TypeNames.Select(static type => $"\"{type}\""))}, found {Show(problem.Value)}",
        "enum" => $"expected one of {string.Join(", ", problem.Schema!.Choices.Take(MaxErrors * 2))}, found {Show(problem.Value)}",
        "anyOf" => $"expected one of the alternatives of the schema, found {Show(problem.Value)}",
        SchemaProblem.NotUnicode => problem.Message,
        _ => $"expected {problem.Schema!.Describe()}, found {Show(problem.Value)}",
    };

    private static string Show(JsonElement value) => WholeText.Shorten(value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        _ => ReadableJson.Of(value.GetRawText()),
    }, MaxShown);
}
