using System.Text.Json;

namespace AgentFlow.Schemas;

/// <summary>A place where a value breaks a schema.</summary>
/// <param name="Path">Where: <c>.a[0]</c>, from the root of the value; empty for the root.</param>
/// <param name="Keyword">The keyword that is broken.</param>
/// <param name="Schema">The schema that has the keyword, or what a missing value has to fit.</param>
/// <param name="Value">The value; of no kind if it is missing.</param>
/// <param name="Name">The name of the missing or unknown member.</param>
public readonly record struct SchemaProblem(string Path, string Keyword, JsonSchema? Schema, JsonElement Value, string? Name)
{
    /// <summary>The keyword of a problem that is no keyword's: text that is no Unicode.</summary>
    public const string NotUnicode = "";

    /// <summary>What is wrong, in words that a model can correct it by: <c>expected an integer, got "3"</c>.</summary>
    public string Message => SchemaWords.Of(this);

    /// <summary>The place and what is wrong there, with a dollar sign for the root.</summary>
    public override string ToString() => $"${Path}: {Message}";
}
