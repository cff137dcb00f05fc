using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators.Parsing;

/// <summary>Types that System.Text.Json has a converter for.</summary>
internal static class JsonValues
{
    public static (string Converter, string Contract)? Of(ITypeSymbol type)
    {
        var name = type.SpecialType switch
        {
            SpecialType.System_Boolean => "Boolean",
            SpecialType.System_Byte => "Byte",
            SpecialType.System_SByte => "SByte",
            SpecialType.System_Int16 => "Int16",
            SpecialType.System_UInt16 => "UInt16",
            SpecialType.System_Int32 => "Int32",
            SpecialType.System_UInt32 => "UInt32",
            SpecialType.System_Int64 => "Int64",
            SpecialType.System_UInt64 => "UInt64",
            SpecialType.System_Single => "Single",
            SpecialType.System_Double => "Double",
            SpecialType.System_Decimal => "Decimal",
            SpecialType.System_Char => "Char",
            SpecialType.System_String => "String",
            SpecialType.System_DateTime => "DateTime",
            _ => null,
        };
        if (name is not null)
        {
            return (name + "Converter", name.ToLowerInvariant());
        }

        return type switch
        {
            IArrayTypeSymbol { Rank: 1, ElementType.SpecialType: SpecialType.System_Byte } => ("ByteArrayConverter", "bytes"),
            _ when IsIn(type, ["DateTimeOffset", "Guid", "TimeSpan", "Uri", "Version", "DateOnly", "TimeOnly", "Half", "Int128", "UInt128"], "System") => (type.Name + "Converter", type.Name.ToLowerInvariant()),
            _ when IsIn(type, ["JsonElement", "JsonDocument"], "System", "Text", "Json") => (type.Name + "Converter", "any"),
            _ when IsIn(type, ["JsonNode", "JsonObject", "JsonArray", "JsonValue"], "System", "Text", "Json", "Nodes") => (type.Name + "Converter", "any"),
            _ => null,
        };
    }

    public static bool CanBeKey(ITypeSymbol type) =>
        type.TypeKind == TypeKind.Enum || (Of(type) is { Contract: not ("any" or "bytes") } && type is not IArrayTypeSymbol);

    private static bool IsIn(ITypeSymbol type, string[] names, params string[] path)
    {
        foreach (var name in names)
        {
            if (KnownSymbols.Is(type, name, path))
            {
                return true;
            }
        }

        return false;
    }
}
