using System.Globalization;
using System.Text.Json;

namespace AgentFlow.Schemas;

/// <summary>How values are checked. Verdicts are of three values: what cannot be checked leaves open what nothing else decides.</summary>
public sealed partial class JsonSchema
{
    /// <summary>Whether a value fits without a closer look: it is of a plain type that nothing constrains.</summary>
    private bool FitsAtOnce(JsonElement value) => !_isConstrained && value.ValueKind switch
    {
        JsonValueKind.String => _types == JsonTypes.Any || (_types & JsonTypes.String) != 0,
        JsonValueKind.True or JsonValueKind.False => _types == JsonTypes.Any || (_types & JsonTypes.Boolean) != 0,
        JsonValueKind.Number => _types == JsonTypes.Any || (_types & JsonTypes.Number) != 0,
        JsonValueKind.Null => _types == JsonTypes.Any || (_types & JsonTypes.Null) != 0,
        _ => false,
    };

    /// <summary>Checks a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="findings">Takes everything that is wrong; <see langword="null"/>: the first thing that is wrong ends the check, and nothing is allocated.</param>
    /// <param name="isOpen">Says of a value that it is not known yet; <see langword="null"/>: all are known.</param>
    internal SchemaVerdict Check(JsonElement value, SchemaFindings? findings, Func<JsonElement, bool>? isOpen = null)
    {
        if (isOpen is null && FitsAtOnce(value))
        {
            return SchemaVerdict.Fits;
        }

        var depth = findings?.Depth ?? 0;
        var visit = new SchemaVisit(value) { Findings = findings, IsOpen = isOpen };
        try
        {
            return Check(value, ref visit);
        }
        catch (InvalidOperationException)
        {
            // JSON may have escapes that are no Unicode; reading them throws this.
            findings?.PopTo(depth);
            findings?.Report(SchemaProblem.NotUnicode, this, value);
            return SchemaVerdict.DoesNotFit;
        }
    }

    private SchemaVerdict Check(JsonElement value, ref SchemaVisit visit)
    {
        if (_isUnchecked || visit.IsOpen?.Invoke(value) == true || !visit.TryEnter())
        {
            return SchemaVerdict.CannotBeChecked;
        }

        var verdict = CheckEntered(value, ref visit);
        visit.Exit();
        return verdict;
    }

    private SchemaVerdict CheckEntered(JsonElement value, ref SchemaVisit visit)
    {
        if (_isNever)
        {
            return Refuse("false", value, ref visit);
        }

        if (_types != JsonTypes.Any && !IsOfType(value))
        {
            return Refuse("type", value, ref visit);
        }

        var verdict = (_uncheckedTypes & KindOf(value)) != 0 ? SchemaVerdict.CannotBeChecked : SchemaVerdict.Fits;
        if (_reference is { } reference && !Continue(ref verdict, reference.Check(value, ref visit), ref visit))
        {
            return verdict;
        }

        if (_enum is not null && !Continue(ref verdict, CheckChoice(_enum, "enum", value, ref visit), ref visit))
        {
            return verdict;
        }

        if (_const is not null && !Continue(ref verdict, CheckChoice(_const, "const", value, ref visit), ref visit))
        {
            return verdict;
        }

        if (_isCombined && !Continue(ref verdict, CheckCombinations(value, ref visit), ref visit))
        {
            return verdict;
        }

        var content = value.ValueKind switch
        {
            JsonValueKind.Number => CheckNumber(value, ref visit),
            JsonValueKind.String => CheckText(value, ref visit),
            JsonValueKind.Array => CheckArray(value, ref visit),
            JsonValueKind.Object => CheckObject(value, ref visit),
            _ => SchemaVerdict.Fits,
        };
        return Least(verdict, content);
    }

    private static SchemaVerdict Least(SchemaVerdict left, SchemaVerdict right) => left < right ? left : right;

    /// <summary>Adds a condition's verdict to that of all.</summary>
    /// <returns>Whether the others matter still.</returns>
    private static bool Continue(ref SchemaVerdict all, SchemaVerdict one, ref SchemaVisit visit)
    {
        all = Least(all, one);
        return (all != SchemaVerdict.DoesNotFit || visit.Findings is not null) && !visit.IsExhausted;
    }

    private SchemaVerdict Refuse(string keyword, JsonElement value, ref SchemaVisit visit, string? name = null)
    {
        visit.Findings?.Report(keyword, this, value, name);
        return SchemaVerdict.DoesNotFit;
    }

    private static JsonTypes KindOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => JsonTypes.Null,
        JsonValueKind.True or JsonValueKind.False => JsonTypes.Boolean,
        JsonValueKind.String => JsonTypes.String,
        JsonValueKind.Array => JsonTypes.Array,
        JsonValueKind.Object => JsonTypes.Object,
        JsonValueKind.Number => JsonTypes.Number | JsonTypes.Integer,
        _ => JsonTypes.Any,
    };

    private bool IsOfType(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => (_types & JsonTypes.Number) != 0 || ((_types & JsonTypes.Integer) != 0 && JsonNumber.IsInteger(value)),
        _ => (_types & KindOf(value)) != 0,
    };

    private SchemaVerdict CheckChoice(Choice[] choices, string keyword, JsonElement value, ref SchemaVisit visit)
    {
        var verdict = SchemaVerdict.DoesNotFit;
        foreach (var choice in choices)
        {
            if (!visit.TrySpend(1))
            {
                return SchemaVerdict.CannotBeChecked;
            }

            if (choice.Value.ValueKind != value.ValueKind)
            {
                continue;
            }

            switch (choice.Utf8 is not null ? value.ValueEquals(choice.Utf8) : SchemaEquality.AreEqual(choice.Value, value, ref visit))
            {
                case true:
                    return SchemaVerdict.Fits;
                case null:
                    verdict = SchemaVerdict.CannotBeChecked;
                    break;
            }
        }

        // What is not known yet within a value may make it one of the choices.
        return verdict == SchemaVerdict.CannotBeChecked || (visit.IsOpen is not null && value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
            ? SchemaVerdict.CannotBeChecked
            : Refuse(keyword, value, ref visit);
    }

    private SchemaVerdict CheckNumber(JsonElement value, ref SchemaVisit visit)
    {
        var keyword = _minimum is { } minimum && JsonNumber.Compare(value, minimum) < 0 ? "minimum"
            : _maximum is { } maximum && JsonNumber.Compare(value, maximum) > 0 ? "maximum"
            : _above is { } above && JsonNumber.Compare(value, above) <= 0 ? "exclusiveMinimum"
            : _below is { } below && JsonNumber.Compare(value, below) >= 0 ? "exclusiveMaximum"
            : null;
        if (keyword is not null)
        {
            return Refuse(keyword, value, ref visit);
        }

        return _step is not { } step ? SchemaVerdict.Fits : JsonNumber.IsMultiple(value, step) switch
        {
            true => SchemaVerdict.Fits,
            false => Refuse("multipleOf", value, ref visit),
            null => SchemaVerdict.CannotBeChecked,
        };
    }

    private SchemaVerdict CheckText(JsonElement value, ref SchemaVisit visit)
    {
        if ((_minLength > 0 || _maxLength < int.MaxValue) && JsonTextLength.Of(value) is var length && (length < _minLength || length > _maxLength))
        {
            return Refuse(length < _minLength ? "minLength" : "maxLength", value, ref visit);
        }

        if (!JsonStringFormat.Holds(_format, value))
        {
            return Refuse("format", value, ref visit);
        }

        return _pattern is null ? SchemaVerdict.Fits : visit.IsMatch(_pattern, value.GetString()!) switch
        {
            true => SchemaVerdict.Fits,
            false => Refuse("pattern", value, ref visit),
            null => SchemaVerdict.CannotBeChecked,
        };
    }

    private SchemaVerdict CheckArray(JsonElement array, ref SchemaVisit visit)
    {
        var verdict = SchemaVerdict.Fits;
        var length = array.GetArrayLength();
        if ((length < _minItems || length > _maxItems) && !Continue(ref verdict, Refuse(length < _minItems ? "minItems" : "maxItems", array, ref visit), ref visit))
        {
            return verdict;
        }

        if (_items is not null || _prefixItems.Length > 0)
        {
            var index = 0;
            foreach (var item in array.EnumerateArray())
            {
                var schema = index < _prefixItems.Length ? _prefixItems[index] : _items;
                if (schema is null)
                {
                    break;
                }

                if ((visit.IsOpen is not null || !schema.FitsAtOnce(item)) && !CheckWithin(schema, item, index, ref verdict, ref visit))
                {
                    return verdict;
                }

                index++;
            }
        }

        if (_contains is not null && !Continue(ref verdict, CheckContains(array, ref visit), ref visit))
        {
            return verdict;
        }

        return _isUnique ? Least(verdict, CheckUnique(array, ref visit)) : verdict;
    }

    private static bool CheckWithin(JsonSchema schema, JsonElement item, int index, ref SchemaVerdict verdict, ref SchemaVisit visit)
    {
        visit.Findings?.Push(index);
        var continues = Continue(ref verdict, schema.Check(item, ref visit), ref visit);
        visit.Findings?.Pop();
        return continues;
    }

    private SchemaVerdict CheckContains(JsonElement array, ref SchemaVisit visit)
    {
        var (fitting, open) = (0, 0);
        foreach (var item in array.EnumerateArray())
        {
            var one = Quietly(_contains!, item, ref visit);
            fitting += one == SchemaVerdict.Fits ? 1 : 0;
            open += one == SchemaVerdict.CannotBeChecked ? 1 : 0;
            if (visit.IsExhausted)
            {
                return SchemaVerdict.CannotBeChecked;
            }
        }

        if (fitting > _maxContains || fitting + open < _minContains)
        {
            return Refuse("contains", array, ref visit);
        }

        return fitting >= _minContains && fitting + open <= _maxContains ? SchemaVerdict.Fits : SchemaVerdict.CannotBeChecked;
    }

    private SchemaVerdict CheckUnique(JsonElement array, ref SchemaVisit visit)
    {
        if (array.GetArrayLength() < 2)
        {
            return SchemaVerdict.Fits;
        }

        var isOpen = visit.IsOpen is not null;
        var seen = new Dictionary<int, List<JsonElement>>();
        foreach (var item in array.EnumerateArray())
        {
            if (SchemaEquality.Hash(item, ref visit) is not { } hash)
            {
                return SchemaVerdict.CannotBeChecked;
            }

            if (!seen.TryGetValue(hash, out var alike))
            {
                seen.Add(hash, alike = []);
            }

            foreach (var other in alike)
            {
                if (SchemaEquality.AreEqual(item, other, ref visit) is not false and var areEqual)
                {
                    return areEqual == true && !isOpen ? Refuse("uniqueItems", array, ref visit) : SchemaVerdict.CannotBeChecked;
                }
            }

            alike.Add(item);
        }

        return isOpen ? SchemaVerdict.CannotBeChecked : SchemaVerdict.Fits;
    }

    /// <summary>Checks what is asked of a value only in a combination: what is wrong there is nobody's problem yet.</summary>
    private static SchemaVerdict Quietly(JsonSchema schema, JsonElement value, ref SchemaVisit visit)
    {
        var findings = visit.Findings;
        visit.Findings = null;
        var verdict = schema.Check(value, ref visit);
        visit.Findings = findings;
        return verdict;
    }
}
