using System.Globalization;
using System.Text.Json;
using AgentFlow.Schemas;

namespace AgentFlow.AI;

/// <summary>Collects what is wrong with the arguments of a call. Made when something is wrong: most calls need none.</summary>
internal sealed class ToolArgumentProblems
{
    private const int MaxProblems = 32;
    private const int MaxShown = 80;

    public List<ToolArgumentProblem> Problems { get; } = [];

    /// <summary>Reports a problem with an argument.</summary>
    public void Report(string argument, string message) => Add(PathOf(argument), message);

    /// <summary>Reports what a converter found, at a path of its own.</summary>
    public void Report(string argument, string? path, string message) => Add(PathOf(argument) + (path is ['$', ..] ? path[1..] : ""), message);

    /// <summary>Adds everything that a schema has against a value.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="value">The value.</param>
    /// <param name="argument">The argument that the value is of; <see langword="null"/>: it is the object of all.</param>
    public SchemaVerdict Check(JsonSchema schema, JsonElement value, string? argument = null)
    {
        var verdict = schema.Check(value, out var found);
        var start = argument is null ? "$" : PathOf(argument);
        foreach (var problem in found)
        {
            Add(start + problem.Path, problem.Keyword == "additionalProperties" ? "unknown" + NearestName.Suggest(problem.Name!, problem.Schema!.PropertyNames) : problem.Message);
        }

        return verdict;
    }

    private static string PathOf(string argument) => argument.Length is > 0 and <= MaxShown && argument.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_')
        ? "$." + argument
        : $"$['{(argument.Length <= MaxShown ? argument : argument[..MaxShown])}']";

    /// <summary>The value as a message may show it: short.</summary>
    public static string Show(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => $"an array of {value.GetArrayLength().ToString(CultureInfo.InvariantCulture)}",
        _ => WholeText.Shorten(ReadableJson.Of(value.GetRawText()), MaxShown),
    };

    private void Add(string path, string message)
    {
        if (Problems.Count < MaxProblems)
        {
            Problems.Add(new(path, message));
        }
    }
}
