using System.Text;
using System.Text.Json;

namespace AgentFlow.Schemas;

/// <summary>
/// A JSON schema (draft 2020-12), read once and then asked often. Schemas and values may come from anywhere: no pair of them takes the stack, or more time than their sizes warrant; a
/// schema that uses what is not supported, or a check that goes beyond its budget, is answered by <see cref="SchemaVerdict.CannotBeChecked"/>, and never by a guess. Thread-safe.
/// </summary>
/// <remarks>
/// All assertions and applicators of the draft are supported but <c>unevaluatedItems</c>, <c>unevaluatedProperties</c> and <c>$dynamicRef</c>, references to other documents, and the
/// patterns that no linear time suffices for. Formats and contents are annotations.
/// </remarks>
public sealed partial class JsonSchema
{
    private readonly Dictionary<string, JsonSchema> _properties = new(StringComparer.Ordinal);
    private (Name Name, JsonSchema Schema)[] _known = [];
    private JsonTypes _types;

    // The kinds of values of which something is asked that cannot be checked.
    private JsonTypes _uncheckedTypes;
    private bool _isUnchecked;
    private bool _isNever;
    private Name[] _required = [];

    // A bit for each known property that is required; null if that does not say it all.
    private ulong? _requiredFlags;
    private Choice[]? _enum;
    private Choice[]? _const;
    private JsonSchema? _items;
    private JsonSchema[] _prefixItems = [];
    private JsonSchema? _contains;
    private int _minContains = 1;
    private int _maxContains = int.MaxValue;
    private bool _isUnique;
    private JsonSchema? _others;
    private bool _isClosed;
    private (SchemaPattern? Pattern, JsonSchema Schema)[] _patterns = [];
    private JsonSchema? _names;
    private (Name Name, Name[] Required)[] _dependentRequired = [];
    private (Name Name, JsonSchema Schema)[] _dependentSchemas = [];
    private JsonSchema[]? _allOf;
    private JsonSchema[]? _anyOf;
    private JsonSchema[]? _oneOf;
    private JsonSchema? _not;
    private JsonSchema? _if;
    private JsonSchema? _then;
    private JsonSchema? _else;
    private JsonSchema? _reference;
    private JsonElement? _minimum;
    private JsonElement? _maximum;
    private JsonElement? _above;
    private JsonElement? _below;
    private JsonElement? _step;
    private int _minLength;
    private int _maxLength = int.MaxValue;
    private int _minItems;
    private int _maxItems = int.MaxValue;
    private int _minProperties;
    private int _maxProperties = int.MaxValue;
    private SchemaPattern? _pattern;
    private string? _format;
    private bool _isConstrained;
    private bool _isCombined;
    private string? _unsupported;
    private string? _unknown;

    private JsonSchema()
    {
    }

    /// <summary>What the schema uses that cannot be checked, and where; <see langword="null"/> if all of it can.</summary>
    public string? Unsupported => _unsupported;

    /// <summary>The first keyword that JSON Schema does not have, and where; <see langword="null"/> if there is none.</summary>
    internal string? UnknownKeyword => _unknown;

    /// <summary>The types that are asked for, as they are written.</summary>
    public IEnumerable<string> TypeNames => Enum.GetValues<JsonTypes>().Where(type => type != JsonTypes.Any && (_types & type) != 0).Select(static type => type.ToString().ToLowerInvariant());

    /// <summary>The values that are allowed, if they are listed.</summary>
    public IEnumerable<JsonElement> Choices => (_enum ?? _const ?? []).Select(static choice => choice.Value);

    internal JsonElement? Minimum => _minimum;

    internal JsonElement? Maximum => _maximum;

    /// <summary>The names of the properties that the schema knows.</summary>
    public IReadOnlyCollection<string> PropertyNames => _properties.Keys;

    /// <summary>Reads a schema. It never throws for what the schema says: <see cref="Unsupported"/> tells what cannot be checked.</summary>
    /// <param name="schema">The schema.</param>
    /// <returns>The schema, ready for use.</returns>
    public static JsonSchema Parse(JsonElement schema) => Parse(schema, SchemaReading.Standard);

    /// <summary>Reads a schema.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="reading">How its keywords are understood.</param>
    /// <returns>The schema, ready for use.</returns>
    public static JsonSchema Parse(JsonElement schema, SchemaReading reading) => Reader.Read(schema, reading);

    /// <summary>Checks a value.</summary>
    /// <param name="value">The value.</param>
    /// <returns>Whether it fits.</returns>
    public SchemaVerdict Check(JsonElement value) => Check(value, findings: null);

    /// <summary>Checks a value and says what is wrong with it.</summary>
    /// <param name="value">The value.</param>
    /// <param name="problems">What is wrong with it, at most 32 places; empty unless it does not fit.</param>
    /// <returns>Whether it fits.</returns>
    public SchemaVerdict Check(JsonElement value, out IReadOnlyList<SchemaProblem> problems)
    {
        var findings = new SchemaFindings();
        var verdict = Check(value, findings);
        problems = verdict == SchemaVerdict.DoesNotFit ? findings.Problems : [];
        return verdict;
    }

    /// <summary>Gets the schema of a property; <see langword="null"/> if there is none of that name.</summary>
    /// <param name="name">The name.</param>
    public JsonSchema? Property(string name) => _properties.GetValueOrDefault(name);

    /// <summary>Follows references that nothing stands beside.</summary>
    private JsonSchema Target()
    {
        var at = this;
        for (var hops = 0; hops < 64 && at._reference is { } reference && at._types == JsonTypes.Any && !at._isConstrained; hops++)
        {
            at = reference;
        }

        return at;
    }

    private static ulong? FlagsOf(Name[] required, (Name Name, JsonSchema Schema)[] known)
    {
        if (known.Length > 64)
        {
            return null;
        }

        var flags = 0UL;
        foreach (var name in required)
        {
            var index = Array.FindIndex(known, one => one.Name.Text == name.Text);
            if (index < 0)
            {
                return null;
            }

            flags |= 1UL << index;
        }

        return flags;
    }

    /// <summary>The name of a property, once more as JSON has it, so that comparing makes no string.</summary>
    private sealed record Name(string Text)
    {
        public byte[] Utf8 { get; } = Encoding.UTF8.GetBytes(Text);
    }

    /// <summary>A value that is allowed; a text once more as JSON has it.</summary>
    private readonly record struct Choice(JsonElement Value, byte[]? Utf8)
    {
        public static Choice Of(JsonElement value) => new(value, value.ValueKind == JsonValueKind.String ? Encoding.UTF8.GetBytes(value.GetString()!) : null);
    }
}
