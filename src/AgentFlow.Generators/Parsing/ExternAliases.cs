using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators.Parsing;

/// <summary>
/// What a project knows by an extern alias alone: names from <c>global::</c> on, which generated code is written with, do not lead there.
/// </summary>
internal static class ExternAliases
{
    private const string Global = "global";

    private static readonly ConditionalWeakTable<Compilation, HashSet<ISymbol>> Hidden = new();

    /// <summary>Whether the type, or one that it consists of, has no name from <c>global::</c> on.</summary>
    public static bool Hide(Compilation compilation, ITypeSymbol type)
    {
        var hidden = Hidden.GetValue(compilation, static compilation => Find(compilation));
        return hidden.Count > 0 && IsIn(hidden, type);
    }

    /// <summary>The aliases that the types cannot be named without.</summary>
    public static IEnumerable<string> Of(Compilation compilation, IEnumerable<ITypeSymbol> types)
    {
        var names = new SortedSet<string>(System.StringComparer.Ordinal);
        foreach (var type in types.Where(type => Hide(compilation, type)))
        {
            names.UnionWith(Hidden.GetValue(compilation, static compilation => Find(compilation))
                .Where(assembly => IsIn([assembly], type))
                .Select(assembly => NameOf(compilation, (IAssemblySymbol)assembly)));
        }

        return names;
    }

    /// <summary>What names of the assembly begin with.</summary>
    public static string NameOf(Compilation compilation, IAssemblySymbol assembly) =>
        compilation.GetMetadataReference(assembly) is { } reference && !IsGlobal(reference.Properties.Aliases) ? reference.Properties.Aliases[0] : Global;

    private static HashSet<ISymbol> Find(Compilation compilation)
    {
        var hidden = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        foreach (var reference in compilation.References)
        {
            if (!IsGlobal(reference.Properties.Aliases) && compilation.GetAssemblyOrModuleSymbol(reference) is IAssemblySymbol assembly)
            {
                hidden.Add(assembly);
            }
        }

        // An assembly may be referenced twice, and then it has the aliases of both.
        if (hidden.Count > 0)
        {
            hidden.ExceptWith(compilation.References
                .Where(static reference => IsGlobal(reference.Properties.Aliases))
                .Select(compilation.GetAssemblyOrModuleSymbol)
                .OfType<IAssemblySymbol>());
        }

        return hidden;
    }

    private static bool IsGlobal(ImmutableArray<string> aliases) => aliases.IsDefaultOrEmpty || aliases.Contains(Global);

    private static bool IsIn(HashSet<ISymbol> hidden, ITypeSymbol type)
    {
        switch (type)
        {
            case IArrayTypeSymbol array:
                return IsIn(hidden, array.ElementType);
            case INamedTypeSymbol named:
                for (var level = named; level is not null; level = level.ContainingType)
                {
                    if (hidden.Contains(level.ContainingAssembly) || level.TypeArguments.Any(argument => IsIn(hidden, argument)))
                    {
                        return true;
                    }
                }

                return false;
            default:
                return false;
        }
    }
}
