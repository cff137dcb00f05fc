using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AgentFlow.Generators.Parsing;

/// <summary>The attributes of <c>System.ComponentModel.DataAnnotations</c> as keywords of a JSON schema.</summary>
/// <param name="misfit">Told of an attribute that no schema can state, or that does not fit its type, and why.</param>
internal sealed class ToolConstraints(Action<AttributeData, string> misfit)
{
    private static readonly string[] s_sizes = ["Length", "Items", "Properties"];

    /// <summary>Adds what the attributes demand.</summary>
    /// <param name="schema">What is known of the value.</param>
    /// <param name="type">Its type.</param>
    /// <param name="attributes">All attributes.</param>
    /// <param name="otherwise">What counts if the value is left out, as JSON; null for nothing.</param>
    /// <returns>Whether the value has to be there, and may not be null.</returns>
    public bool Apply(JsonText schema, ITypeSymbol type, IReadOnlyCollection<AttributeData> attributes, string? otherwise)
    {
        var isRequired = false;
        List<string>? allowed = null;
        List<string>? denied = null;
        var kind = KindOf(schema);
        foreach (var attribute in attributes.Where(IsConstraint))
        {
            if (!KnownSymbols.IsValidation(attribute))
            {
                misfit(attribute, "only the attributes of System.ComponentModel.DataAnnotations itself have a meaning in a schema; check it in the tool");
                continue;
            }

            var name = attribute.AttributeClass!.Name.Replace("Attribute", "");
            if (name == "Required")
            {
                isRequired = true;
                if (kind == "string" && !attribute.Named("AllowEmptyStrings", false) && schema["minLength"] is null && schema["format"] is null && schema["enum"] is null)
                {
                    schema["minLength"] = "1";
                }
            }
            else if (!Apply(schema, type, attribute, name, kind))
            {
                misfit(attribute, Reason(name, type));
            }
            else
            {
                allowed = name == "AllowedValues" ? Values(type, attribute.ConstructorArguments) : allowed;
                denied = name == "DeniedValues" ? Values(type, attribute.ConstructorArguments) : denied;
                if (Flaw(schema, allowed, denied, otherwise) is { } flaw)
                {
                    misfit(attribute, flaw);
                    return isRequired;
                }
            }
        }

        return isRequired;
    }

    /// <summary>What is wrong with the attributes together; null for nothing.</summary>
    private static string? Flaw(JsonText schema, List<string>? allowed, List<string>? denied, string? otherwise) =>
        ExcludesAll(schema) ? "no value is within its bounds"
        : allowed is not null && denied is not null && allowed.All(denied.Contains) ? "every value that is allowed is denied as well"
        : otherwise is null or "null" ? null
        : IsOutside(schema, otherwise) || allowed?.Contains(otherwise) == false || denied?.Contains(otherwise) == true
            ? $"the default, {otherwise}, is not among the values that it allows"
            : null;

    /// <summary>Whether a constant is outside the bounds; patterns and formats are left to the call.</summary>
    private static bool IsOutside(JsonText schema, string constant)
    {
        if (constant[0] == '"')
        {
            var length = JsonText.LengthOf(constant);
            return length < ValueOf(schema, "minLength") || length > ValueOf(schema, "maxLength");
        }

        return double.TryParse(constant, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && (number < ValueOf(schema, "minimum")
                || number > ValueOf(schema, "maximum")
                || number <= ValueOf(schema, "exclusiveMinimum")
                || number >= ValueOf(schema, "exclusiveMaximum"));
    }

    private static double? ValueOf(JsonText schema, string keyword) =>
        double.TryParse(schema[keyword], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null;

    /// <summary>Whether an attribute asks for more than a type does.</summary>
    public static bool IsConstraint(AttributeData attribute)
    {
        for (var level = attribute.AttributeClass; level is not null; level = level.BaseType)
        {
            if (KnownSymbols.Is(level, "ValidationAttribute", "System", "ComponentModel", "DataAnnotations"))
            {
                return true;
            }
        }

        return false;
    }

    private static string Reason(string name, ITypeSymbol type) => name is "Range" or "StringLength" or "MinLength" or "MaxLength" or "Length" or "RegularExpression" or "AllowedValues" or "DeniedValues" or "EmailAddress" or "Url" or "Base64String"
        ? $"it does not fit a value of type '{type.ToMinimalName()}', or its arguments"
        : "no JSON schema can state it; check it in the tool";

    private static bool Apply(JsonText schema, ITypeSymbol type, AttributeData attribute, string name, string kind)
    {
        var arguments = attribute.ConstructorArguments;
        switch (name)
        {
            case "Range" when kind is "integer" or "number":
                return Bound(arguments, arguments.Length - 2, attribute.Named("MinimumIsExclusive", false) ? "exclusiveMinimum" : "minimum")
                    && Bound(arguments, arguments.Length - 1, attribute.Named("MaximumIsExclusive", false) ? "exclusiveMaximum" : "maximum");
            case "StringLength" when kind == "string":
                schema["maxLength"] = Int(arguments, 0);
                schema["minLength"] = attribute.Named("MinimumLength", 0) is > 0 and var least ? JsonText.Number(least) : null;
                return true;
            case "MinLength" or "MaxLength" when Suffix(kind) is { } suffix:
                schema[(name == "MinLength" ? "min" : "max") + suffix] = Int(arguments, 0);
                return Int(arguments, 0) is not null;
            case "Length" when Suffix(kind) is { } suffix:
                schema["min" + suffix] = Int(arguments, 0);
                schema["max" + suffix] = Int(arguments, 1);
                return true;
            case "RegularExpression" when kind == "string" && attribute.Text() is { } pattern && IsPattern(pattern):
                // The attribute wants the whole value to match.
                schema["pattern"] = JsonText.Quote($"^(?:{pattern})$");
                return true;
            case "AllowedValues" when Values(type, arguments) is { } values:
                schema["enum"] = JsonText.Array(values);
                return true;
            case "DeniedValues" when Values(type, arguments) is { } values:
                schema["not"] = $"{{\"enum\":{JsonText.Array(values)}}}";
                return true;
            case "EmailAddress" when kind == "string":
                schema["format"] = "\"email\"";
                return true;
            case "Url" when kind == "string":
                schema["format"] = "\"uri\"";
                return true;
            case "Base64String" when kind == "string":
                schema["contentEncoding"] = "\"base64\"";
                return true;
            default:
                return false;
        }

        bool Bound(IReadOnlyList<TypedConstant> values, int index, string keyword)
        {
            if (index < 0 || Number(values[index].Value) is not { } number)
            {
                return false;
            }

            schema[keyword] = number;
            return true;
        }
    }

    /// <summary>Whether the bounds leave no value: the lower one is above the upper one.</summary>
    private static bool ExcludesAll(JsonText schema)
    {
        var least = Bound("minimum", "exclusiveMinimum", Math.Max, out var isLeastOut);
        var most = Bound("maximum", "exclusiveMaximum", Math.Min, out var isMostOut);
        return least > most
            || (least == most && (isLeastOut || isMostOut))
            || s_sizes.Any(of => ValueOf(schema, "min" + of) > ValueOf(schema, "max" + of));

        double? Bound(string keyword, string exclusive, Func<double, double, double> stricter, out bool isOut)
        {
            var (bound, without) = (ValueOf(schema, keyword), ValueOf(schema, exclusive));
            isOut = without is not null && (bound is null || stricter(without.Value, bound.Value) == without);
            return isOut ? without : bound;
        }
    }

    private static string KindOf(JsonText schema)
    {
        foreach (var kind in (string[])["string", "integer", "number", "array", "object"])
        {
            if (schema["type"]?.Contains("\"" + kind + "\"") == true)
            {
                return kind;
            }
        }

        return "";
    }

    private static string? Suffix(string kind) => kind switch
    {
        "string" => "Length",
        "array" => "Items",
        "object" => "Properties",
        _ => null,
    };

    private static string? Int(IReadOnlyList<TypedConstant> arguments, int index) =>
        index < arguments.Count && arguments[index].Value is int and >= 0 and var number ? JsonText.Number(number) : null;

    /// <summary>A bound is a number, or text of one together with its type.</summary>
    private static string? Number(object? value) => value switch
    {
        int number => JsonText.Number(number),
        double number when !double.IsNaN(number) && !double.IsInfinity(number) => number.ToString("R", CultureInfo.InvariantCulture),
        string text when decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number.ToString(CultureInfo.InvariantCulture),
        _ => null,
    };

    private static bool IsPattern(string pattern)
    {
        try
        {
            _ = new System.Text.RegularExpressions.Regex(pattern);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static List<string>? Values(ITypeSymbol type, IReadOnlyList<TypedConstant> arguments)
    {
        var values = new List<string>();
        foreach (var value in arguments.Count == 1 && arguments[0] is { Kind: TypedConstantKind.Array, IsNull: false } list ? list.Values : [.. arguments])
        {
            if (JsonSchemas.Constant(value.Type ?? type, value.Value) is not { } json)
            {
                return null;
            }

            values.Add(json);
        }

        return values.Count == 0 ? null : values;
    }
}
