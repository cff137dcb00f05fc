using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators.Parsing;

/// <summary>
/// Which actions make something that converts to a type. Every output is filed once under all the types it converts to by identity,
/// to a base, an interface or its nullable, so that a parameter is one look-up; only types with variance are tried one by one.
/// </summary>
internal sealed class Producers
{
    private static readonly List<int> None = [];

    private readonly Dictionary<ITypeSymbol, List<int>> _byType = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<ITypeSymbol, List<int>> _byVariance = new(SymbolEqualityComparer.Default);
    private readonly List<ActionDraft> _producers;
    private readonly Compilation _compilation;

    public Producers(IEnumerable<ActionDraft> actions, Compilation compilation)
    {
        _compilation = compilation;
        _producers = [.. actions.Where(action => action.Output is not null && !SignatureRules.IsUnusable(compilation, action.Output))];
        foreach (var producer in _producers)
        {
            foreach (var type in Targets(producer.Output!))
            {
                if (!_byType.TryGetValue(type, out var filed))
                {
                    _byType.Add(type, filed = []);
                }

                filed.Add(producer.Index);
            }
        }
    }

    /// <summary>The indexes of the actions whose output converts to the type, ascending.</summary>
    public IReadOnlyList<int> Of(ITypeSymbol type)
    {
        if (!HasVariance(type))
        {
            return _byType.TryGetValue(type, out var filed) ? filed : None;
        }

        if (!_byVariance.TryGetValue(type, out var tried))
        {
            tried = [.. _producers
                .Where(producer => Conversions.Judge(_compilation, producer.Output!, type, anyImplicit: false) != Conversions.Fit.No)
                .Select(static producer => producer.Index)];
            _byVariance.Add(type, tried);
        }

        return tried;
    }

    private IEnumerable<ITypeSymbol> Targets(ITypeSymbol output)
    {
        yield return output;

        if (output.IsValueType)
        {
            if (output.OriginalDefinition.SpecialType != SpecialType.System_Nullable_T)
            {
                yield return _compilation.GetSpecialType(SpecialType.System_Nullable_T).Construct(output);
            }

            yield break;
        }

        for (var type = output.BaseType; type is not null; type = type.BaseType)
        {
            yield return type;
        }

        foreach (var type in output.AllInterfaces)
        {
            yield return type;
        }

        if (output is { TypeKind: TypeKind.Interface })
        {
            yield return _compilation.GetSpecialType(SpecialType.System_Object);
        }
    }

    private static bool HasVariance(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol { ElementType.IsReferenceType: true } => true,
        INamedTypeSymbol { IsGenericType: true, TypeKind: TypeKind.Interface or TypeKind.Delegate } named =>
            named.TypeParameters.Any(static parameter => parameter.Variance != VarianceKind.None),
        ITypeParameterSymbol => true,
        _ => false,
    };
}
