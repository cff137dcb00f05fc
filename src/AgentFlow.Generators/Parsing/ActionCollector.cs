using System;
using System.Collections.Generic;
using System.Linq;
using AgentFlow.Generators.Diagnostics;
using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators.Parsing;

/// <summary>Finds the actions of an agent: those of its base classes first, each class in the order of its source.</summary>
internal static class ActionCollector
{
    public static List<ActionDraft> Collect(INamedTypeSymbol agent, Compilation compilation, Reporter report)
    {
        var drafts = new List<ActionDraft>();
        var overrides = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default);
        var newest = Newest(agent);
        foreach (var type in Lineage(agent))
        {
            foreach (var method in InSourceOrder(type))
            {
                // An action has its place where it was first declared as one, and the body of its last override.
                if (AttributeSet.Of(method).Step is null || IsActionAbove(method) || !overrides.Add(method))
                {
                    continue;
                }

                var effective = newest.TryGetValue(Root(method), out var last) ? last : method;
                var isExplicit = effective.MethodKind == MethodKind.ExplicitInterfaceImplementation;
                if (isExplicit || !compilation.IsSymbolAccessibleWithin(effective, agent))
                {
                    report.Report(
                        Descriptors.InaccessibleAction,
                        Place.Of(agent),
                        [Place.Of(effective)],
                        System.Collections.Immutable.ImmutableDictionary<string, string?>.Empty,
                        agent.Name,
                        effective.Name,
                        effective.ContainingType.Name,
                        isExplicit
                            ? "it implements an interface explicitly; mark a method that calls it"
                            : "make it protected, internal or public");
                    continue;
                }

                drafts.Add(new ActionDraft(drafts.Count, effective, AttributeSet.Of(effective), compilation));
            }
        }

        return drafts;
    }

    /// <summary>The classes from the root of the hierarchy down to the agent.</summary>
    public static IEnumerable<INamedTypeSymbol> Lineage(INamedTypeSymbol agent)
    {
        var lineage = new Stack<INamedTypeSymbol>();
        for (INamedTypeSymbol? type = agent; type is { SpecialType: not SpecialType.System_Object }; type = type.BaseType)
        {
            lineage.Push(type);
        }

        return lineage;
    }

    /// <summary>
    /// Over the files of a partial class: by path, then as declared. Members come in the order of declaration, and the sort is stable, so that
    /// no position is asked for: positions change with every body, and an agent must not.
    /// </summary>
    public static IEnumerable<IMethodSymbol> InSourceOrder(INamedTypeSymbol type) =>
        type.GetMembers()
            .OfType<IMethodSymbol>()
            .Where(static method => method.MethodKind is MethodKind.Ordinary or MethodKind.ExplicitInterfaceImplementation)
            .OrderBy(static method => method.Locations[0].SourceTree?.FilePath ?? "", StringComparer.Ordinal);

    private static bool IsActionAbove(IMethodSymbol method) =>
        method.OverriddenMethod is { } above && AttributeSet.Of(above).Step is not null;

    private static Dictionary<IMethodSymbol, IMethodSymbol> Newest(INamedTypeSymbol agent)
    {
        var newest = new Dictionary<IMethodSymbol, IMethodSymbol>(SymbolEqualityComparer.Default);
        foreach (var type in Lineage(agent))
        {
            foreach (var method in type.GetMembers().OfType<IMethodSymbol>().Where(static method => method.IsOverride))
            {
                newest[Root(method)] = method;
            }
        }

        return newest;
    }

    private static IMethodSymbol Root(IMethodSymbol method)
    {
        while (method.OverriddenMethod is { } above)
        {
            method = above;
        }

        return method;
    }
}
