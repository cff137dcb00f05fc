using System.Globalization;

namespace AgentFlow.AI.Schemas;

/// <summary>What a schema asks for, in words that a model can correct a call from.</summary>
internal sealed partial class JsonSchema
{
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
}
