using System.Text;
using System.Text.Json;

namespace AgentFlow.Schemas;

/// <summary>How objects are checked.</summary>
public sealed partial class JsonSchema
{
    private SchemaVerdict CheckObject(JsonElement value, ref SchemaVisit visit)
    {
        var verdict = SchemaVerdict.Fits;

        // To look for each is only needed to say what is missing: else those that come are counted.
        var isCounted = visit.Findings is null && _requiredFlags is not null;
        if (!Continue(ref verdict, CheckCount(value, ref visit), ref visit) || (!isCounted && !Continue(ref verdict, CheckRequired(_required, value, ref visit), ref visit)))
        {
            return verdict;
        }

        if (_dependentRequired.Length + _dependentSchemas.Length > 0 && !Continue(ref verdict, CheckDependent(value, ref visit), ref visit))
        {
            return verdict;
        }

        var (next, seen) = (0, 0UL);
        foreach (var property in value.EnumerateObject())
        {
            var schema = Find(property, ref next, ref visit);
            seen |= schema is null || next > 64 ? 0 : 1UL << (next - 1);
            if (_patterns.Length > 0 || _names is not null)
            {
                if (!CheckNamed(property, schema, ref verdict, ref visit))
                {
                    return verdict;
                }

                continue;
            }

            schema ??= _others;
            if (schema is null || (visit.IsOpen is null && schema.FitsAtOnce(property.Value)))
            {
                continue;
            }

            if (!CheckWithin(schema, property, ref verdict, ref visit))
            {
                return verdict;
            }
        }

        return isCounted && (seen & _requiredFlags) != _requiredFlags ? SchemaVerdict.DoesNotFit : visit.IsExhausted ? Least(verdict, SchemaVerdict.CannotBeChecked) : verdict;
    }

    private bool CheckWithin(JsonSchema schema, JsonProperty property, ref SchemaVerdict verdict, ref SchemaVisit visit)
    {
        visit.Findings?.Push(property.Name);
        var one = schema == _others && _isClosed ? Refuse("additionalProperties", property.Value, ref visit, property.Name) : schema.Check(property.Value, ref visit);
        var continues = Continue(ref verdict, one, ref visit);
        visit.Findings?.Pop();
        return continues;
    }

    /// <summary>Checks a property where names are asked about: by patterns, or by a schema of their own.</summary>
    private bool CheckNamed(JsonProperty property, JsonSchema? schema, ref SchemaVerdict verdict, ref SchemaVisit visit)
    {
        var name = property.Name;
        if (_names is not null)
        {
            var json = JsonElement.Parse($"\"{JsonEncodedText.Encode(name)}\"");
            if (!Continue(ref verdict, Quietly(_names, json, ref visit) == SchemaVerdict.DoesNotFit ? Refuse("propertyNames", json, ref visit, name) : Quietly(_names, json, ref visit), ref visit))
            {
                return false;
            }
        }

        var isKnown = schema is not null;
        var isOpen = false;
        if (schema is not null && !CheckWithin(schema, property, ref verdict, ref visit))
        {
            return false;
        }

        foreach (var (pattern, one) in _patterns)
        {
            var isMatch = pattern is null ? null : visit.IsMatch(pattern, name);
            isKnown |= isMatch == true;
            isOpen |= isMatch is null;
            if (isMatch == true && !CheckWithin(one, property, ref verdict, ref visit))
            {
                return false;
            }

            // Whether the schema applies is not known: only one that everything fits leaves nothing open.
            if (isMatch is null && Quietly(one, property.Value, ref visit) != SchemaVerdict.Fits && !Continue(ref verdict, SchemaVerdict.CannotBeChecked, ref visit))
            {
                return false;
            }
        }

        if (isKnown || _others is null)
        {
            return !visit.IsExhausted;
        }

        return !isOpen ? CheckWithin(_others, property, ref verdict, ref visit)
            : Quietly(_others, property.Value, ref visit) == SchemaVerdict.Fits || Continue(ref verdict, SchemaVerdict.CannotBeChecked, ref visit);
    }

    private SchemaVerdict CheckCount(JsonElement value, ref SchemaVisit visit)
    {
        if (_minProperties == 0 && _maxProperties == int.MaxValue)
        {
            return SchemaVerdict.Fits;
        }

        // Of several values of one name the last counts.
        var count = value.GetPropertyCount();
        return count < _minProperties ? Refuse("minProperties", value, ref visit) : count > _maxProperties ? Refuse("maxProperties", value, ref visit) : SchemaVerdict.Fits;
    }

    private SchemaVerdict CheckRequired(Name[] required, JsonElement value, ref SchemaVisit visit)
    {
        var verdict = SchemaVerdict.Fits;
        var cost = required.Length == 0 ? 0 : 1 + (value.GetPropertyCount() / 8);
        foreach (var name in required)
        {
            if (!visit.TrySpend(cost))
            {
                return Least(verdict, SchemaVerdict.CannotBeChecked);
            }

            if (value.TryGetProperty(name.Utf8, out _))
            {
                continue;
            }

            verdict = SchemaVerdict.DoesNotFit;
            if (visit.Findings is not { } findings)
            {
                break;
            }

            findings.Push(name.Text);
            findings.Report("required", _properties.GetValueOrDefault(name.Text), default, name.Text);
            findings.Pop();
        }

        return verdict;
    }

    private SchemaVerdict CheckDependent(JsonElement value, ref SchemaVisit visit)
    {
        var verdict = SchemaVerdict.Fits;
        var cost = 1 + (value.GetPropertyCount() / 8);
        foreach (var (name, required) in _dependentRequired)
        {
            if (!visit.TrySpend(cost) || (value.TryGetProperty(name.Utf8, out _) && !Continue(ref verdict, CheckRequired(required, value, ref visit), ref visit)))
            {
                return visit.IsExhausted ? Least(verdict, SchemaVerdict.CannotBeChecked) : verdict;
            }
        }

        foreach (var (name, schema) in _dependentSchemas)
        {
            if (!visit.TrySpend(cost) || (value.TryGetProperty(name.Utf8, out _) && !Continue(ref verdict, schema.Check(value, ref visit), ref visit)))
            {
                return visit.IsExhausted ? Least(verdict, SchemaVerdict.CannotBeChecked) : verdict;
            }
        }

        return verdict;
    }

    /// <summary>The schema of a property. They mostly come in the order of the schema, so that the first look is a hit; the name is not made a string.</summary>
    private JsonSchema? Find(JsonProperty property, ref int next, ref SchemaVisit visit)
    {
        if (_known.Length > MaxCompared)
        {
            // A look at each would take the square of them.
            visit.TrySpend(1);
            next = int.MaxValue;
            return _properties.GetValueOrDefault(property.Name);
        }

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

    private const int MaxCompared = 64;
}
