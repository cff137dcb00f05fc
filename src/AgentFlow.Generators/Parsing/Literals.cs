using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AgentFlow.Generators.Parsing;

/// <summary>Default values of parameters, written as C# expressions.</summary>
internal static class Literals
{
    /// <summary>The expression of the parameter's default, or null if it has none.</summary>
    public static string? Default(IParameterSymbol parameter)
    {
        if (!parameter.HasExplicitDefaultValue)
        {
            return null;
        }

        var type = parameter.Type;
        if (parameter.ExplicitDefaultValue is not { } value)
        {
            // What may be any type has no null of its own, not even as T?.
            return type is ITypeParameterSymbol { IsReferenceType: false } ? "default"
                : TypeRefs.IsNullable(type) ? "null"
                : type.IsReferenceType ? "null!"
                : "default";
        }

        var underlying = type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable ? nullable.TypeArguments[0] : type;
        return underlying.TypeKind == TypeKind.Enum
            ? $"({TypeRefs.Name(underlying)})({System.Convert.ToString(value, CultureInfo.InvariantCulture)})"
            : Of(value, underlying.SpecialType);
    }

    /// <summary>Whether a default is what a variable holds that nobody has set.</summary>
    public static bool IsNothing(string? @default) => @default is null or "null" or "null!" or "default";

    /// <summary>Whether a default may stand behind a parameter.</summary>
    public static bool IsConstant(string? @default) => @default?.StartsWith("new ", System.StringComparison.Ordinal) != true;

    /// <summary>The value in its own type: a default may be taken as an object, where no conversion helps.</summary>
    private static string Of(object value, SpecialType type) => type switch
    {
        SpecialType.System_SByte => $"(sbyte)({Number(value)})",
        SpecialType.System_Byte => $"(byte){Number(value)}",
        SpecialType.System_Int16 => $"(short)({Number(value)})",
        SpecialType.System_UInt16 => $"(ushort){Number(value)}",
        SpecialType.System_IntPtr => $"(nint)({Number(value)})",
        SpecialType.System_UIntPtr => $"(nuint){Number(value)}",
        _ => Of(value),
    };

    private static string Number(object value) => System.Convert.ToString(value, CultureInfo.InvariantCulture)!;

    private static string Of(object value) => value switch
    {
        string text => SymbolDisplay.FormatLiteral(text, quote: true),
        char character => SymbolDisplay.FormatLiteral(character, quote: true),
        bool truth => truth ? "true" : "false",
        double.NaN => "double.NaN",
        double.PositiveInfinity => "double.PositiveInfinity",
        double.NegativeInfinity => "double.NegativeInfinity",
        float.NaN => "float.NaN",
        float.PositiveInfinity => "float.PositiveInfinity",
        float.NegativeInfinity => "float.NegativeInfinity",
        double number when number == 0 && 1 / number < 0 => "-0D",
        float number when number == 0 && 1 / number < 0 => "-0F",
        double number => number.ToString("R", CultureInfo.InvariantCulture) + "D",
        float number => number.ToString("R", CultureInfo.InvariantCulture) + "F",
        decimal number => number.ToString(CultureInfo.InvariantCulture) + "M",
        long number => number.ToString(CultureInfo.InvariantCulture) + "L",
        ulong number => number.ToString(CultureInfo.InvariantCulture) + "UL",
        uint number => number.ToString(CultureInfo.InvariantCulture) + "U",
        System.DateTime time => $"new global::System.DateTime({time.Ticks.ToString(CultureInfo.InvariantCulture)}L)",
        _ => Number(value),
    };
}
