using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AgentFlow.Generators.Parsing;

/// <summary>Whether a value may travel into a parameter.</summary>
internal static class Conversions
{
    public enum Fit
    {
        /// <summary>It cannot.</summary>
        No,

        /// <summary>Its type could, but it may be null and the parameter must not.</summary>
        MayBeNull,

        Yes,
    }

    /// <param name="compilation">Where the types live.</param>
    /// <param name="from">The type of the value.</param>
    /// <param name="to">The type of the parameter.</param>
    /// <param name="anyImplicit">Whether the source was named, so that every implicit conversion serves; else only identity, reference and nullable ones do.</param>
    public static Fit Judge(Compilation compilation, ITypeSymbol from, ITypeSymbol to, bool anyImplicit)
    {
        var conversion = ((CSharpCompilation)compilation).ClassifyConversion(from, to);
        var fits = conversion.IsImplicit && (anyImplicit || conversion.IsIdentity || conversion.IsReference || IsLift(from, to));
        return !fits ? Fit.No : LosesNull(from, to) ? Fit.MayBeNull : Fit.Yes;
    }

    /// <summary><c>T</c> to <c>T?</c> of the same value type.</summary>
    private static bool IsLift(ITypeSymbol from, ITypeSymbol to) =>
        to is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable
        && SymbolEqualityComparer.Default.Equals(nullable.TypeArguments[0], from);

    private static bool LosesNull(ITypeSymbol from, ITypeSymbol to) =>
        TypeRefs.IsNullable(from) && to is { IsReferenceType: true, NullableAnnotation: NullableAnnotation.NotAnnotated };
}
