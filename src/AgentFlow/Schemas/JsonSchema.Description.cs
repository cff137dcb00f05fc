using System.Globalization;
using System.Text.Json;

namespace AgentFlow.Schemas;

/// <summary>What a schema asks for, in words that a model can correct a call from.</summary>
public sealed partial class JsonSchema
{
    private const int MaxDescribed = 3;
    private const int MaxShown = 20;

    /// <summary>Says what the schema asks for, in words that a model can correct a call from.</summary>
    public string Describe() => Describe(0);

    private string Describe(int depth)
    {
        var target = Target();
        if (target != this)
        {
            return depth > MaxDescribed ? "a value" : target.Describe(depth + 1);
        }

        if ((_enum ?? _const) is { } choices)
        {
            return choices.Length == 1 ? SchemaWords.ShowWhole(choices[0].Value) : "one of " + Listed(choices);
        }

        if ((_anyOf ?? _oneOf) is { } alternatives)
        {
            return depth > MaxDescribed ? "one of several alternatives" : string.Join(", or ", alternatives.Take(8).Select(one => one.Describe(depth + 1)));
        }

        var what = (_types & ~JsonTypes.Null) switch
        {
            JsonTypes.Any => _isNever ? "no value" : "any value",
            JsonTypes.Boolean => "true or false",
            JsonTypes.Integer => "an integer",
            JsonTypes.Number => "a number",
            JsonTypes.String => _format is null ? "a string" : JsonStringFormat.Describe(_format),
            JsonTypes.Array => _items is null ? "an array" : depth > MaxDescribed ? "an array of such" : $"an array, each element {_items.Describe(depth + 1)}",
            JsonTypes.Object => _properties.Count == 0 ? "an object" : $"an object with {string.Join(", ", _properties.Keys.Take(MaxShown).Select(static name => $"\"{name}\""))}",
            _ => (_types & ~JsonTypes.Null).ToString().ToLowerInvariant().Replace(", ", " or ", StringComparison.Ordinal),
        };
        return what + Bounds() + (_pattern is null ? "" : $" that matches /{_pattern.Text}/") + (_not?._enum is { } denied ? " other than " + Listed(denied) : "")
            + (_step is { } step ? $" that is a multiple of {SchemaWords.Show(step)}" : "") + ((_types & JsonTypes.Null) != 0 ? ", or null" : "");
    }

    private static string Listed(Choice[] choices) =>
        string.Join(", ", choices.Take(MaxShown).Select(static choice => SchemaWords.ShowWhole(choice.Value))) + (choices.Length > MaxShown ? ", …" : "");

    private string Bounds()
    {
        var (least, most) = (_minimum ?? _above, _maximum ?? _below);
        var bounds = "";
        if (least is { } minimum)
        {
            bounds += (_minimum is null ? " above " : " of at least ") + SchemaWords.Show(minimum);
        }

        if (most is { } maximum)
        {
            bounds += (least is null ? "" : " and") + (_maximum is null ? " below " : least is null ? " of at most " : " at most ") + SchemaWords.Show(maximum);
        }

        return bounds + Count(_minLength, _maxLength, "character") + Count(_minItems, _maxItems, "element") + Count(_minProperties, _maxProperties, "entry")
            + (_isUnique ? " without repetitions" : "");
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
