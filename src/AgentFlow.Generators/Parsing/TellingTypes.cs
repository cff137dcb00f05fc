using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators.Parsing;

/// <summary>Tells types that name what they hold from those that say nothing: a value is never bound by the latter alone.</summary>
internal static class TellingTypes
{
    public static bool SaysNothing(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => SaysNothing(array.ElementType),
        IDynamicTypeSymbol => true,
        INamedTypeSymbol { TypeKind: TypeKind.Enum } => false,
        INamedTypeSymbol { IsGenericType: true } named => IsContainer(named) && AllSayNothing(named),
        INamedTypeSymbol named => IsPlain(named),
        _ => false,
    };

    /// <summary>Nullables, tuples and what the framework has to hold many.</summary>
    private static bool IsContainer(INamedTypeSymbol type) =>
        type.IsTupleType
        || type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T
        || type.ContainingNamespace is { Name: "Generic" or "Immutable" or "Frozen" or "ObjectModel" or "Concurrent", ContainingNamespace: { Name: "Collections", ContainingNamespace.Name: "System" } }
        || KnownSymbols.Is(type, "Memory", "System")
        || KnownSymbols.Is(type, "ReadOnlyMemory", "System")
        || KnownSymbols.Is(type, "ArraySegment", "System")
        || KnownSymbols.Is(type, "KeyValuePair", "System", "Collections", "Generic");

    private static bool AllSayNothing(INamedTypeSymbol type)
    {
        foreach (var argument in type.TypeArguments)
        {
            if (!SaysNothing(argument))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsPlain(INamedTypeSymbol type)
    {
        if (type.SpecialType is SpecialType.System_Object or SpecialType.System_String or SpecialType.System_Boolean or SpecialType.System_Char
            or SpecialType.System_DateTime or SpecialType.System_IntPtr or SpecialType.System_UIntPtr or SpecialType.System_ValueType
            or SpecialType.System_Array or SpecialType.System_Collections_IEnumerable
            or (>= SpecialType.System_SByte and <= SpecialType.System_Double))
        {
            return true;
        }

        return type.Name switch
        {
            "Guid" or "DateTimeOffset" or "DateOnly" or "TimeOnly" or "TimeSpan" or "Uri" or "Half" or "Int128" or "UInt128" => KnownSymbols.Is(type, type.Name, "System"),
            "BigInteger" => KnownSymbols.Is(type, type.Name, "System", "Numerics"),
            "JsonElement" or "JsonDocument" => KnownSymbols.Is(type, type.Name, "System", "Text", "Json"),
            "JsonNode" or "JsonObject" or "JsonArray" or "JsonValue" => KnownSymbols.Is(type, type.Name, "System", "Text", "Json", "Nodes"),
            "ICollection" or "IList" => KnownSymbols.Is(type, type.Name, "System", "Collections"),
            _ => false,
        };
    }
}
