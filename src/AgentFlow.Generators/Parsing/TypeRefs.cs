using System.Linq;
using AgentFlow.Generators.Model;
using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators.Parsing;

/// <summary>Reduces Roslyn's types to what emission needs.</summary>
internal static class TypeRefs
{
    private static readonly SymbolDisplayFormat Format = SymbolDisplayFormat.FullyQualifiedFormat
        .AddMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    private static readonly SymbolDisplayFormat Minimal = SymbolDisplayFormat.MinimallyQualifiedFormat
        .AddMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    /// <summary>As a person would write it, for messages.</summary>
    public static string ToMinimalName(this ITypeSymbol type) => type.ToDisplayString(Minimal);

    public static TypeRef Of(ITypeSymbol type) =>
        new(Name(type), type.IsValueType, IsNullable(type), VisibilityOf(type));

    /// <summary>The name in generated code, where <c>dynamic</c> is the object that it is: nothing is to be called on it there.</summary>
    public static string Name(ITypeSymbol type) => HasDynamic(type)
        ? string.Concat(type.ToDisplayParts(Format).Select(static part => part.Kind == SymbolDisplayPartKind.Keyword && part.ToString() == "dynamic" ? "object" : part.ToString()))
        : type.ToDisplayString(Format);

    /// <summary>The name in a declaration that repeats the user's: with extern aliases, which no other generated name has.</summary>
    public static string Declared(ITypeSymbol type, Compilation compilation)
    {
        if (!ExternAliases.Hide(compilation, type))
        {
            return type.ToDisplayString(Format);
        }

        var parts = type.ToDisplayParts(Format);
        return string.Concat(parts.Select((part, i) =>
            part.Kind == SymbolDisplayPartKind.Keyword && part.ToString() == "global"
            && parts.Skip(i).Select(static later => later.Symbol).OfType<INamedTypeSymbol>().FirstOrDefault() is { } named
                ? ExternAliases.NameOf(compilation, named.ContainingAssembly)
                : part.ToString()));
    }

    private static bool HasDynamic(ITypeSymbol type)
    {
        switch (type)
        {
            case IDynamicTypeSymbol:
                return true;
            case IArrayTypeSymbol array:
                return HasDynamic(array.ElementType);
            case INamedTypeSymbol { IsGenericType: true } or INamedTypeSymbol { ContainingType.IsGenericType: true }:
                for (var level = (INamedTypeSymbol)type; level is not null; level = level.ContainingType)
                {
                    foreach (var argument in level.TypeArguments)
                    {
                        if (HasDynamic(argument))
                        {
                            return true;
                        }
                    }
                }

                return false;
            default:
                return false;
        }
    }

    public static bool IsNullable(ITypeSymbol type) =>
        type.NullableAnnotation == NullableAnnotation.Annotated || type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T;

    /// <summary>The narrowest of the type, its hosts and its arguments.</summary>
    public static Visibility VisibilityOf(ITypeSymbol type)
    {
        switch (type)
        {
            case IArrayTypeSymbol array:
                return VisibilityOf(array.ElementType);
            case INamedTypeSymbol named:
                var visibility = OwnVisibility(named);
                foreach (var argument in named.TypeArguments)
                {
                    visibility = Narrower(visibility, VisibilityOf(argument));
                }

                return named.ContainingType is { } host ? Narrower(visibility, VisibilityOf(host)) : visibility;
            default:
                return Visibility.Public;
        }
    }

    private static Visibility OwnVisibility(INamedTypeSymbol type) => type.DeclaredAccessibility switch
    {
        _ when type.IsTupleType || type.TypeKind == TypeKind.Error => Visibility.Public,
        _ when type.IsFileLocal => Visibility.Private,
        Accessibility.Public => Visibility.Public,
        Accessibility.Internal or Accessibility.ProtectedOrInternal => Visibility.Internal,
        _ => Visibility.Private,
    };

    private static Visibility Narrower(Visibility left, Visibility right) => left < right ? left : right;
}
