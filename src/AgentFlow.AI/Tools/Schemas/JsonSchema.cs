using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace AgentFlow.AI.Schemas;

/// <summary>
/// A JSON schema (draft 2020-12), read once and then asked often: the keywords that tools' schemas are written with, which are all that the generator
/// writes. Keywords beyond these say nothing here.
/// </summary>
internal sealed class JsonSchema
{
    /// <summary>A pattern is the tool author's, the text is the model's: matching is bounded in time.</summary>
    private static readonly TimeSpan PatternTimeout = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<string, JsonSchema> _properties = new(StringComparer.Ordinal);
    private readonly (Name Name, JsonSchema Schema)[] _known;
    private readonly JsonTypes _types;
    private readonly Name[] _required = [];
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

    /// <summary>Whether a value fits without a closer look: it is of a plain type that nothing constrains.</summary>
    private bool FitsAtOnce(JsonElement value) => !_isConstrained && value.ValueKind switch
    {
        JsonValueKind.String => _types == JsonTypes.Any || (_types & JsonTypes.String) != 0,
        JsonValueKind.True or JsonValueKind.False => _types == JsonTypes.Any || (_types & JsonTypes.Boolean) != 0,
        JsonValueKind.Number => _types == JsonTypes.Any || (_types & JsonTypes.Number) != 0,
        JsonValueKind.Null => _types == JsonTypes.Any || (_types & JsonTypes.Null) != 0,
        _ => _types == JsonTypes.Any,
    };

    /// <summary>Whether a value fits. Nothing is allocated.</summary>
    public bool Fits(JsonElement value) => FitsAtOnce(value) || Fits(value, 0, null);

    /// <summary>Says everything that is wrong with a value.</summary>
    public void Check(JsonElement value, SchemaCheck check) => Fits(value, check.Depth, check);

    /// <summary>Whether a value fits.</summary>
    /// <param name="value">The value.</param>
    /// <param name="depth">How deep it is.</param>
    /// <param name="check">Is told everything that is wrong; null: the first thing that is wrong ends the check.</param>
    private bool Fits(JsonElement value, int depth, SchemaCheck? check)
    {
        if (depth > SchemaCheck.MaxDepth)
        {
            check?.Report("nested too deep");
            return false;
        }

        if (_reference is { } reference)
        {
            return reference.Value.Fits(value, depth, check);
        }

        if (_anyOf is not null)
        {
            return FitsAnyOf(value, depth, check);
        }

        if ((_types != JsonTypes.Any && !IsOfType(value)) || (_allowed is not null && !Contains(_allowed, value)) || (_denied is not null && Contains(_denied, value)))
        {
            return RefuseValue(value, check);
        }

        return value.ValueKind switch
        {
            JsonValueKind.Number when _minimum?.IsAbove(value) == true || _maximum?.IsBelow(value) == true => RefuseValue(value, check),
            JsonValueKind.String when !FitsText(value) => RefuseValue(value, check),
            JsonValueKind.Array => FitsItems(value, depth, check),
            JsonValueKind.Object => FitsProperties(value, depth, check),
            _ => true,
        };
    }

    /// <summary>What the schema asks for, in words.</summary>
    public string Describe()
    {
        if (_reference is { } reference)
        {
            return reference.Value.Describe();
        }

        if (_allowed is not null)
        {
            var shown = string.Join(", ", _allowed.Take(20).Select(static value => value.GetRawText())) + (_allowed.Length > 20 ? ", …" : "");
            return _allowed.Length == 1 ? shown : "one of " + shown;
        }

        if (_anyOf is not null)
        {
            return string.Join(", or ", _anyOf.Take(8).Select(static one => one.Describe()));
        }

        var what = (_types & ~JsonTypes.Null) switch
        {
            JsonTypes.Any => "any value",
            JsonTypes.Boolean => "true or false",
            JsonTypes.Integer => "an integer",
            JsonTypes.Number => "a number",
            JsonTypes.String => _format is null ? "a string" : JsonStringFormat.Describe(_format),
            JsonTypes.Array => _items is null ? "an array" : $"an array, each element {_items.Describe()}",
            JsonTypes.Object => _properties.Count == 0 ? "an object" : $"an object with {string.Join(", ", _properties.Keys.Take(20).Select(static name => $"\"{name}\""))}",
            _ => (_types & ~JsonTypes.Null).ToString().ToLowerInvariant().Replace(", ", " or ", StringComparison.Ordinal),
        };
        return what + Bounds() + (_pattern is null ? "" : $" that matches /{_pattern}/") + (_denied is null ? "" : $" other than {string.Join(", ", _denied.Take(20).Select(static value => value.GetRawText()))}")
            + ((_types & JsonTypes.Null) != 0 ? ", or null" : "");
    }

    private string Bounds()
    {
        var bounds = "";
        if (_minimum is not null)
        {
            bounds += _minimum.IsExclusive ? $" above {_minimum}" : $" of at least {_minimum}";
        }

        if (_maximum is not null)
        {
            bounds += (_minimum is null ? "" : " and") + (_maximum.IsExclusive ? $" below {_maximum}" : _minimum is null ? $" of at most {_maximum}" : $" at most {_maximum}");
        }

        return bounds + Count(_minLength, _maxLength, "character") + Count(_minItems, _maxItems, (_types & JsonTypes.Object) != 0 ? "entry" : "element");
    }

    private static string Count(int least, int most, string unit) => (least, most) switch
    {
        (0, int.MaxValue) => "",
        (_, int.MaxValue) => string.Create(CultureInfo.InvariantCulture, $" of at least {least} {unit}(s)"),
        (0, _) => string.Create(CultureInfo.InvariantCulture, $" of at most {most} {unit}(s)"),
        _ when least == most => string.Create(CultureInfo.InvariantCulture, $" of exactly {most} {unit}(s)"),
        _ => string.Create(CultureInfo.InvariantCulture, $" of {least} to {most} {unit}(s)"),
    };

    private bool IsOfType(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => (_types & JsonTypes.Null) != 0,
        JsonValueKind.True or JsonValueKind.False => (_types & JsonTypes.Boolean) != 0,
        JsonValueKind.String => (_types & JsonTypes.String) != 0,
        JsonValueKind.Array => (_types & JsonTypes.Array) != 0,
        JsonValueKind.Object => (_types & JsonTypes.Object) != 0,
        JsonValueKind.Number => (_types & JsonTypes.Number) != 0 || ((_types & JsonTypes.Integer) != 0 && IsInteger(value)),
        _ => false,
    };

    /// <summary>Without a fraction and an exponent: what System.Text.Json reads as an integer.</summary>
    private static bool IsInteger(JsonElement value) => value.TryGetInt64(out _) || value.GetRawText().AsSpan().IndexOfAnyExceptInRange('0', '9') is -1 or 0 && !value.GetRawText().AsSpan().ContainsAny('.', 'e', 'E');

    private static bool Contains(JsonElement[] values, JsonElement value)
    {
        foreach (var one in values)
        {
            if (JsonElement.DeepEquals(one, value))
            {
                return true;
            }
        }

        return false;
    }

    private bool FitsText(JsonElement value)
    {
        if (_minLength > 0 || _maxLength < int.MaxValue || _regex is not null)
        {
            var text = value.GetString()!;
            if (text.Length < _minLength || text.Length > _maxLength || !Matches(text))
            {
                return false;
            }
        }

        return JsonStringFormat.Holds(_format, value);
    }

    private bool Matches(string text)
    {
        try
        {
            return _regex?.IsMatch(text) ?? true;
        }
        catch (RegexMatchTimeoutException)
        {
            // Whoever needs that long to be matched does not match.
            return false;
        }
    }

    private bool RefuseValue(JsonElement value, SchemaCheck? check)
    {
        check?.Report($"expected {Describe()}, got {SchemaCheck.Show(value)}");
        return false;
    }

    private bool FitsItems(JsonElement array, int depth, SchemaCheck? check)
    {
        var fits = (array.GetArrayLength() is var length && length >= _minItems && length <= _maxItems) || RefuseValue(array, check);
        if (_items is null)
        {
            return fits;
        }

        var index = 0;
        foreach (var item in array.EnumerateArray())
        {
            if (!_items.FitsAtOnce(item))
            {
                check?.Push(index);
                fits &= _items.Fits(item, depth + 1, check);
                check?.Pop();
                if (!fits && check is null)
                {
                    return false;
                }
            }

            index++;
        }

        return fits;
    }

    private bool FitsProperties(JsonElement value, int depth, SchemaCheck? check)
    {
        var fits = HasCount(value, check) & HasRequired(value, check);
        var next = 0;
        foreach (var property in value.EnumerateObject())
        {
            if (!fits && check is null)
            {
                return false;
            }

            var schema = Find(property, ref next) ?? _others;
            if (schema is null ? !_isClosed : schema.FitsAtOnce(property.Value))
            {
                continue;
            }

            check?.Push(property.Name);
            if (schema is null)
            {
                check?.Report("unknown" + NearestName.Suggest(property.Name, _properties.Keys));
            }

            fits &= schema?.Fits(property.Value, depth + 1, check) ?? false;
            check?.Pop();
        }

        return fits;
    }

    private bool HasCount(JsonElement value, SchemaCheck? check)
    {
        if ((_minItems == 0 && _maxItems == int.MaxValue) || (value.GetPropertyCount() is var count && count >= _minItems && count <= _maxItems))
        {
            return true;
        }

        check?.Report($"expected {Describe()}, got {value.GetPropertyCount().ToString(CultureInfo.InvariantCulture)}");
        return false;
    }

    private bool HasRequired(JsonElement value, SchemaCheck? check)
    {
        var hasAll = true;
        foreach (var name in _required)
        {
            if (!value.TryGetProperty(name.Utf8, out _))
            {
                hasAll = false;
                check?.Push(name.Text);
                check?.Report($"missing; expected {_properties.GetValueOrDefault(name.Text)?.Describe() ?? "a value"}");
                check?.Pop();
            }
        }

        return hasAll;
    }

    /// <summary>The schema of a property. They mostly come in the order of the schema, so that the first look is a hit; the name is not made a string.</summary>
    private JsonSchema? Find(JsonProperty property, ref int next)
    {
        for (var i = 0; i < _known.Length; i++)
        {
            var at = next + i < _known.Length ? next + i : next + i - _known.Length;
            if (property.NameEquals(_known[at].Name.Utf8))
            {
                next = at + 1;
                return _known[at].Schema;
            }
        }

        return null;
    }

    /// <summary>One of them has to fit. If none does, the one that comes nearest says why: usually all but one fail at what tells them apart.</summary>
    private bool FitsAnyOf(JsonElement value, int depth, SchemaCheck? check)
    {
        foreach (var one in _anyOf!)
        {
            if (one.Fits(value, depth, null))
            {
                return true;
            }
        }

        if (check is null)
        {
            return false;
        }

        SchemaCheck? nearest = null;
        foreach (var one in _anyOf)
        {
            var attempt = new SchemaCheck();
            one.Fits(value, depth, attempt);
            if (nearest is null || attempt.Problems.Count < nearest.Problems.Count)
            {
                nearest = attempt;
            }
        }

        check.Report($"expected {Describe()}, got {SchemaCheck.Show(value)}");
        foreach (var problem in nearest?.Problems ?? [])
        {
            check.Report(problem.Path, problem.Message);
        }

        return false;
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
        public bool IsAbove(JsonElement value) => Compare(value) is var order && (order < 0 || (IsExclusive && order == 0));

        public bool IsBelow(JsonElement value) => Compare(value) is var order && (order > 0 || (IsExclusive && order == 0));

        public override string ToString() => Value.GetRawText();

        private int Compare(JsonElement value) => value.TryGetDecimal(out var left) && Value.TryGetDecimal(out var right)
            ? left.CompareTo(right)
            : value.GetDouble().CompareTo(Value.GetDouble());
    }
}
