using System.ComponentModel;
using System.Text.Json;
using AgentFlow.AI;
using AgentFlow.Schemas;

namespace AgentFlow.CompilerServices;

/// <summary>What the generator knows of one tool, the same for all its instances. For generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ToolDefinition
{
    private readonly JsonSchema _schema;
    private readonly string[] _parameters;
    private readonly JsonSchema[] _schemas;

    /// <summary>Describes a tool.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="description">What it is for.</param>
    /// <param name="schema">The JSON schema of its arguments, as UTF-8.</param>
    /// <param name="resultSchema">The JSON schema of its result, as UTF-8; empty for none.</param>
    /// <param name="parameters">The names of its arguments, in the order of the method.</param>
    public ToolDefinition(string name, string description, ReadOnlySpan<byte> schema, ReadOnlySpan<byte> resultSchema, params string[] parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        Name = name;
        Description = description;
        Schema = Parse(schema);
        ResultSchema = resultSchema.IsEmpty ? null : Parse(resultSchema);
        _schema = JsonSchema.Parse(Schema, SchemaReading.DotNet);
        _parameters = parameters;
        _schemas = [.. parameters.Select(name => _schema.Property(name) ?? throw new ArgumentException($"The schema of '{Name}' has no property '{name}'.", nameof(parameters)))];
    }

    /// <summary>What models call it.</summary>
    public string Name { get; }

    /// <summary>What it is for.</summary>
    public string Description { get; }

    /// <summary>The JSON schema of its arguments.</summary>
    public JsonElement Schema { get; }

    /// <summary>The JSON schema of its result, if it has one.</summary>
    public JsonElement? ResultSchema { get; }

    /// <summary>What a call does to the world outside. Default: <see cref="Effect.AtLeastOnce"/>.</summary>
    public Effect Effect { get; init; }

    internal JsonSchema ArgumentsSchema => _schema;

    internal IReadOnlyList<string> Parameters => _parameters;

    internal string NameOf(int parameter) => _parameters[parameter];

    internal JsonSchema SchemaOf(int parameter) => _schemas[parameter];

    private static JsonElement Parse(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        return JsonElement.ParseValue(ref reader);
    }
}
