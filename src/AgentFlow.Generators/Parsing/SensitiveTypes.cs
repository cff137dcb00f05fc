using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators.Parsing;

/// <summary>Which types and members hold what <c>[Sensitive]</c> marks.</summary>
internal static class SensitiveTypes
{
    /// <summary>Whether a value of the type may hold something that is marked, however deep.</summary>
    public static bool Hold(ITypeSymbol? type) => type is not null && Hold(type, new HashSet<ITypeSymbol>(SymbolEqualityComparer.Default));

    /// <summary>Whether all of the type is marked.</summary>
    public static bool IsMarked(ITypeSymbol? type) => type is INamedTypeSymbol && Mark(type.GetAttributes()) is not null;

    /// <summary>Whether the property is marked, by itself or as a parameter of its record.</summary>
    public static bool IsMarked(IPropertySymbol property) =>
        Mark(property.GetAttributes()) is not null
        || (property.ContainingType.IsRecord && property.ContainingType.InstanceConstructors.Any(c => c.Parameters.Any(p => p.Name == property.Name && Mark(p.GetAttributes()) is not null)));

    public static AttributeData? Mark(IEnumerable<AttributeData> attributes) =>
        attributes.FirstOrDefault(static a => a.AttributeClass?.Name == KnownSymbols.Sensitive && KnownSymbols.IsAgentFlow(a));

    /// <summary>The mark on what a method returns, those on what it overrides included.</summary>
    public static AttributeData? MarkOfReturn(IMethodSymbol method)
    {
        for (var level = method; level is not null; level = level.OverriddenMethod)
        {
            if (Mark(level.GetReturnTypeAttributes()) is { } mark)
            {
                return mark;
            }
        }

        return null;
    }

    private static bool Hold(ITypeSymbol type, HashSet<ITypeSymbol> seen)
    {
        if (type is IArrayTypeSymbol array)
        {
            return Hold(array.ElementType, seen);
        }

        if (type is not INamedTypeSymbol named || !seen.Add(named))
        {
            return false;
        }

        if (IsMarked(named) || named.TypeArguments.Any(argument => Hold(argument, seen)))
        {
            return true;
        }

        if (named.SpecialType != SpecialType.None || IsSystem(named))
        {
            return false;
        }

        for (INamedTypeSymbol? level = named; level is { SpecialType: SpecialType.None }; level = level.BaseType)
        {
            foreach (var member in level.GetMembers())
            {
                if (member is IPropertySymbol { IsStatic: false } property ? IsMarked(property) || Hold(property.Type, seen) : member is IFieldSymbol { IsStatic: false, IsImplicitlyDeclared: false } field && Hold(field.Type, seen))
                {
                    return true;
                }
            }
        }

        // What may stand in for it.
        return named.GetAttributes().Any(a => KnownSymbols.IsJson(a, "JsonDerivedType") && a.ConstructorArguments.Length > 0 && a.ConstructorArguments[0].Value is ITypeSymbol listed && Hold(listed, seen));
    }

    private static bool IsSystem(INamedTypeSymbol type)
    {
        var space = type.ContainingNamespace;
        while (space is { ContainingNamespace.IsGlobalNamespace: false })
        {
            space = space.ContainingNamespace;
        }

        return space?.Name == "System";
    }
}
