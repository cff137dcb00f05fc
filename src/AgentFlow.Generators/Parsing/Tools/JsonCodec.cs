using System;
using System.Collections.Generic;
using System.Linq;
using AgentFlow.Generators.Model;

namespace AgentFlow.Generators.Parsing;

/// <summary>How generated code reads and writes a type itself, as C#.</summary>
internal sealed class JsonCodec
{
    /// <summary>The class that holds what is generated.</summary>
    public const string Class = "JsonCodecs";

    private const string Reader = "global::AgentFlow.CompilerServices.ToolJsonReader.";

    private JsonCodec(string? readMethod, string? writeMethod, Func<string, string> reading, Func<string, string> writing)
    {
        Reading = reading;
        Writing = writing;
        ReadDelegate = readMethod ?? $"static (global::System.Text.Json.JsonElement json, ref bool fits) => {reading("json")}";
        WriteDelegate = writeMethod ?? $"static (writer, value) => {writing("value")}";
    }

    /// <summary>The expression that reads one of a JSON value; <c>fits</c> says whether it did.</summary>
    public Func<string, string> Reading { get; }

    /// <summary>The call of <c>writer</c> that writes a value.</summary>
    public Func<string, string> Writing { get; }

    /// <summary>The same, to be passed on.</summary>
    public string ReadDelegate { get; }

    /// <summary>The same, to be passed on.</summary>
    public string WriteDelegate { get; }

    /// <summary>Whether attributes within it ask for more than its types do.</summary>
    public bool IsConstrained { get; init; }

    /// <summary>What has to be generated for it.</summary>
    public IReadOnlyList<JsonCodecModel> Models { get; init; } = [];

    /// <summary>How many arrays and objects lie within each other.</summary>
    public int Depth { get; init; }

    /// <summary>A type that the run time reads and writes.</summary>
    public static JsonCodec Value(string name) => new(
        $"{Reader}Read{name}", null,
        json => $"{Reader}Read{name}({json}, ref fits)",
        value => $"writer.Write{name}({value})");

    /// <summary>A type that has methods of its own.</summary>
    /// <param name="model">The type.</param>
    /// <param name="codecs">Its members.</param>
    /// <param name="isConstrained">Whether attributes of its members ask for more than their types do.</param>
    public static JsonCodec Generated(JsonCodecModel model, IReadOnlyList<JsonCodec> codecs, bool isConstrained) => new(
        $"{Class}.Read_{model.Name}", $"{Class}.Write_{model.Name}",
        json => $"{Class}.Read_{model.Name}({json}, ref fits)",
        value => $"{Class}.Write_{model.Name}(writer, {value})")
    {
        Depth = model.IsEnum ? 0 : 1 + codecs.Max(static codec => codec.Depth),
        IsConstrained = isConstrained || codecs.Any(static codec => codec.IsConstrained),
        Models = [.. codecs.SelectMany(static codec => codec.Models).Append(model).Distinct()],
    };

    /// <summary>A struct that may be null.</summary>
    public JsonCodec Nullable(string type) => Around($"ReadNullable<{type}>", value => $"writer.WriteNullable<{type}>({value}, {WriteDelegate})", deeper: 0);

    /// <summary>An object that may be null. Whatever writes an object writes null as well.</summary>
    public JsonCodec OrNull(string type) => Around($"ReadOrNull<{type}>", Writing, deeper: 0);

    /// <summary>An array, list or dictionary.</summary>
    /// <param name="item">The type of its elements or values.</param>
    /// <param name="kind">The run time's name of what is made.</param>
    public JsonCodec Collection(string item, string kind) =>
        Around($"Read{kind}<{item}>", value => $"writer.{(kind == "Dictionary" ? "WriteDictionary" : "WriteItems")}<{item}>({value}, {WriteDelegate})", deeper: 1);

    private JsonCodec Around(string method, Func<string, string> writing, int deeper) => new(null, null, json => $"{Reader}{method}({json}, {ReadDelegate}, ref fits)", writing)
    {
        Depth = Depth + deeper,
        IsConstrained = IsConstrained,
        Models = Models,
    };
}
