using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace AgentFlow.AI.Schemas;

/// <summary>How values are held against a schema.</summary>
internal sealed partial class JsonSchema
{
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
    public bool Fits(JsonElement value)
    {
        try
        {
            return FitsAtOnce(value) || Fits(value, 0, null);
        }
        catch (InvalidOperationException)
        {
            // JSON may have escapes that are no Unicode; whoever reads them throws this.
            return false;
        }
    }

    /// <summary>Says everything that is wrong with a value.</summary>
    public void Check(JsonElement value, SchemaCheck check)
    {
        var depth = check.Depth;
        try
        {
            Fits(value, depth, check);
        }
        catch (InvalidOperationException)
        {
            while (check.Depth > depth)
            {
                check.Pop();
            }

            check.Report("has text that is no Unicode: half of a surrogate pair");
        }
    }

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
        // To look for each is only needed to say what is missing: else those that come are counted.
        var isCounted = check is null && _requiredFlags is not null;
        var fits = HasCount(value, check) & (isCounted || HasRequired(value, check));
        var (next, seen) = (0, 0UL);
        foreach (var property in value.EnumerateObject())
        {
            if (!fits && check is null)
            {
                return false;
            }

            var schema = Find(property, ref next);
            seen |= schema is null ? 0 : 1UL << (next - 1);
            schema ??= _others;
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

        return fits && (!isCounted || (seen & _requiredFlags) == _requiredFlags);
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
}
