using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using AgentFlow.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace AgentFlow.Generators.Analyzers;

/// <summary>
/// The methods of one agent that its runs call: its actions, what they name, and what these call of the agent, with what each writes.
/// </summary>
internal sealed class RunMethods(INamedTypeSymbol agent, ImmutableArray<IMethodSymbol> roots)
{
    private readonly ConcurrentDictionary<IMethodSymbol, Body> _bodies = new(SymbolEqualityComparer.Default);

    /// <summary>The actions of a type, and the methods that their attributes, or its own, name.</summary>
    public static ImmutableArray<IMethodSymbol> Of(INamedTypeSymbol type)
    {
        var methods = type.GetMembers().OfType<IMethodSymbol>().Where(static method => method.MethodKind == MethodKind.Ordinary).ToList();
        var marked = methods.Select(static method => (Method: method, Set: AttributeSet.Of(method)))
            .Where(static m => m.Set.Attributes.Count > 0)
            .ToList();
        if (!marked.Any(static m => m.Set.Step is not null))
        {
            return [];
        }

        var named = new HashSet<string>(
            marked.SelectMany(static m => m.Set.Attributes).Concat(AttributeSet.Of(type).Attributes).SelectMany(NamesIn),
            StringComparer.Ordinal);
        return
        [
            .. methods.Where(method =>
                marked.Exists(m => SymbolEqualityComparer.Default.Equals(m.Method, method)) || named.Contains(method.Name)),
        ];
    }

    /// <summary>Notes what a method writes and calls.</summary>
    public void Add(OperationBlockAnalysisContext context)
    {
        if (context.OwningSymbol is IMethodSymbol { MethodKind: MethodKind.Ordinary } method
            && SymbolEqualityComparer.Default.Equals(method.ContainingType, agent))
        {
            _bodies[method] = new(
                [.. SharedStateAnalyzer.WrittenBy(context, agent).Select(static w => (w.Target.Syntax.GetLocation(), w.Member.Name))],
                [.. context.Operations().Where(static operation => !IsLocked(operation)).Select(Called).OfType<IMethodSymbol>()]);
        }
    }

    /// <summary>Reports what those write that the runs call.</summary>
    public void Report(SymbolAnalysisContext context, DiagnosticDescriptor descriptor)
    {
        var seen = new HashSet<IMethodSymbol>(roots.Select(Implementation), SymbolEqualityComparer.Default);
        for (var open = new Queue<IMethodSymbol>(seen); open.Count > 0;)
        {
            var method = open.Dequeue();
            if (!_bodies.TryGetValue(method, out var body))
            {
                continue;
            }

            foreach (var (location, member) in body.Writes)
            {
                context.ReportDiagnostic(Diagnostic.Create(descriptor, location, method.Name, member));
            }

            foreach (var called in body.Calls.Select(Implementation).Where(seen.Add))
            {
                open.Enqueue(called);
            }
        }
    }

    private static IEnumerable<string> NamesIn(AttributeData attribute) =>
        attribute.ConstructorArguments.Concat(attribute.NamedArguments.Select(static argument => argument.Value)).SelectMany(NamesIn);

    private static IEnumerable<string> NamesIn(TypedConstant argument) => argument switch
    {
        { Kind: TypedConstantKind.Array, IsNull: false } => argument.Values.SelectMany(NamesIn),
        { Value: string name } => [name],
        _ => [],
    };

    /// <summary>What is called under a lock may rely on it.</summary>
    private static bool IsLocked(IOperation operation) => operation.Ancestors().Any(static ancestor => ancestor is ILockOperation);

    /// <summary>The method of the own instance, or a static one, that is called or handed on.</summary>
    private static IMethodSymbol? Called(IOperation operation) => operation switch
    {
        IInvocationOperation { Instance: null or IInstanceReferenceOperation } call => call.TargetMethod.OriginalDefinition,
        IMethodReferenceOperation { Instance: null or IInstanceReferenceOperation } reference => reference.Method.OriginalDefinition,
        _ => null,
    };

    private static IMethodSymbol Implementation(IMethodSymbol method) => method.PartialImplementationPart ?? method;

    private sealed class Body(ImmutableArray<(Location Location, string Member)> writes, ImmutableArray<IMethodSymbol> calls)
    {
        public ImmutableArray<(Location Location, string Member)> Writes => writes;

        public ImmutableArray<IMethodSymbol> Calls => calls;
    }
}
