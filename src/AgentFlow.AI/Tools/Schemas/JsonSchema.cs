using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace AgentFlow.AI.Schemas;

/// <summary>
/// A JSON schema (draft 2020-12), read once and then asked often: the keywords that tools' schemas are written with, which are all that the generator
/// writes. Keywords beyond these say nothing here.
/// </summary>
internal sealed partial class JsonSchema
{
    /// <summary>A pattern is the tool author's, the text is the model's: matching is bounded in time.</summary>
    private static readonly TimeSpan PatternTimeout = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<string, JsonSchema> _properties = new(StringComparer.Ordinal);
    private readonly (Name Name, JsonSchema Schema)[] _known;
    private readonly JsonTypes _types;
    private readonly Name[] _required = [];

    // A bit for each known property that is required; null if that does not say it all.
    private readonly ulong? _requiredFlags;
    private readonly JsonElement[]? _allowed;
    private readonly JsonElement[]? _denied;
    private readonly JsonSchema? _items;
    private readonly JsonSchema? _others;
    private readonly bool _isClosed;
    private readonly JsonSchema[]? _anyOf;
    private readonly Lazy<JsonSchema>? _reference;
    private readonly Bound? _minimum;
    private readonly Bound? _maximum;
    private readonly int _minLength;
    private readonly int _maxLength = int.MaxValue;
    private readonly int _minItems;
    private readonly int _maxItems = int.MaxValue;
    private readonly string? _format;
    private readonly string? _pattern;
    private readonly Regex? _regex;
    private readonly bool _isConstrained;

    private JsonSchema(JsonElement schema, JsonElement root)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            // true: anything.
            _known = [];
            return;
        }

        foreach (var keyword in schema.EnumerateObject())
        {
            var value = keyword.Value;
            switch (keyword.Name)
            {
                case "type":
                    _types = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Aggregate(JsonTypes.Any, static (all, one) => all | TypeOf(one)) : TypeOf(value);
                    break;
                case "properties":
                    foreach (var property in value.EnumerateObject())
                    {
                        _properties[property.Name] = new(property.Value, root);
                    }

                    break;
                case "required":
                    _required = [.. value.EnumerateArray().Select(static name => new Name(name.GetString()!))];
                    break;
                case "additionalProperties":
                    _isClosed = value.ValueKind == JsonValueKind.False;
                    _others = value.ValueKind == JsonValueKind.Object ? new(value, root) : null;
                    break;
                case "items":
                    _items = new(value, root);
                    break;
                case "anyOf":
                    _anyOf = [.. value.EnumerateArray().Select(one => new JsonSchema(one, root))];
                    break;
                case "$ref":
                    var reference = value.GetString()!;
                    _reference = new(() => new JsonSchema(Resolve(reference, root), root));
                    break;
                case "enum":
                    _allowed = [.. value.EnumerateArray()];
                    break;
                case "const":
                    _allowed = [value];
                    break;
                case "not" when value.TryGetProperty("enum", out var denied):
                    _denied = [.. denied.EnumerateArray()];
                    break;
                case "minimum":
                    _minimum = new(value, IsExclusive: false);
                    break;
                case "maximum":
                    _maximum = new(value, IsExclusive: false);
                    break;
                case "exclusiveMinimum":
                    _minimum = new(value, IsExclusive: true);
                    break;
                case "exclusiveMaximum":
                    _maximum = new(value, IsExclusive: true);
                    break;
                case "minLength":
                    _minLength = value.GetInt32();
                    break;
                case "maxLength":
                    _maxLength = value.GetInt32();
                    break;
                case "minItems" or "minProperties":
                    _minItems = value.GetInt32();
                    break;
                case "maxItems" or "maxProperties":
                    _maxItems = value.GetInt32();
                    break;
                case "format":
                    _format = value.GetString();
                    break;
                case "contentEncoding":
                    _format = value.GetString();
                    break;
                case "pattern":
                    _pattern = value.GetString()!;
                    _regex = RegexOf(_pattern);
                    break;
            }
        }

        _known = [.. _properties.Select(static property => (new Name(property.Key), property.Value))];
        _requiredFlags = FlagsOf(_required, _known);
        _isConstrained = _allowed is not null || _denied is not null || _anyOf is not null || _reference is not null || _minimum is not null || _maximum is not null
            || _minLength > 0 || _maxLength < int.MaxValue || _format is not null || _regex is not null;
    }

    /// <summary>Whether <see langword="null"/> is a value.</summary>
    public bool AllowsNull => _reference is { } reference ? reference.Value.AllowsNull : _types == JsonTypes.Any || (_types & JsonTypes.Null) != 0;

    /// <summary>Reads a schema.</summary>
    /// <exception cref="JsonException">It uses a keyword in a way that has no meaning.</exception>
    public static JsonSchema Parse(JsonElement schema)
    {
        try
        {
            return new(schema, schema);
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or KeyNotFoundException or ArgumentException)
        {
            throw new JsonException("This is no JSON schema: " + e.Message, e);
        }
    }

    /// <summary>The schema of a property; <see langword="null"/> if there is none of that name.</summary>
    public JsonSchema? Property(string name) => _properties.GetValueOrDefault(name);

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

    private static JsonTypes TypeOf(JsonElement type) => type.GetString() switch
    {
        "null" => JsonTypes.Null,
        "boolean" => JsonTypes.Boolean,
        "integer" => JsonTypes.Integer,
        "number" => JsonTypes.Number,
        "string" => JsonTypes.String,
        "array" => JsonTypes.Array,
        "object" => JsonTypes.Object,
        var other => throw new FormatException($"'{other}' is no type."),
    };

    /// <summary>A reference within the schema: <c>#/$defs/Node</c>.</summary>
    private static JsonElement Resolve(string reference, JsonElement root)
    {
        var at = root;
        foreach (var part in reference.Split('/').Skip(1))
        {
            at = at.GetProperty(part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal));
        }

        return at;
    }

    /// <summary>In linear time where the pattern allows it.</summary>
    private static Regex RegexOf(string pattern)
    {
        try
        {
            return new(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, PatternTimeout);
        }
        catch (NotSupportedException)
        {
            return new(pattern, RegexOptions.CultureInvariant, PatternTimeout);
        }
    }

    /// <summary>The name of a property, once more as JSON has it, so that comparing makes no string.</summary>
    private sealed record Name(string Text)
    {
        public byte[] Utf8 { get; } = Encoding.UTF8.GetBytes(Text);
    }

    /// <summary>A bound of numbers, compared as decimals where they are some.</summary>
    private sealed record Bound(JsonElement Value, bool IsExclusive)
    {
        private readonly decimal? _exact = Value.TryGetDecimal(out var exact) ? exact : null;

        public bool IsAbove(JsonElement value) => Compare(value) is var order && (order < 0 || (IsExclusive && order == 0));

        public bool IsBelow(JsonElement value) => Compare(value) is var order && (order > 0 || (IsExclusive && order == 0));

        public override string ToString() => Value.GetRawText();

        private int Compare(JsonElement value) => _exact is { } exact && value.TryGetDecimal(out var number)
            ? number.CompareTo(exact)
            : value.GetDouble().CompareTo(Value.GetDouble());
    }
}
