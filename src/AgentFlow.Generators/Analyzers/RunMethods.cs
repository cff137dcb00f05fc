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
                [.. SharedStateAnalyzer.WrittenBy(context, agent)],
                [
                    .. context.Operations()
                        .Select(static o => (Method: Called(o), IsLocked: Locks.Hold(o)))
                        .Where(static c => c.Method is not null),
                ]);
        }
    }

    /// <summary>Reports what those write that the runs call. What is only called under a lock may rely on it.</summary>
    public void Report(SymbolAnalysisContext context, DiagnosticDescriptor descriptor)
    {
        var free = Reach(roots, followsLocked: false);
        var all = Reach(roots, followsLocked: true);
        foreach (var method in all)
        {
            foreach (var write in _bodies.TryGetValue(method, out var body) ? body.Writes : [])
            {
                if (!write.IsOfContent || free.Contains(method))
                {
                    context.ReportDiagnostic(Diagnostic.Create(descriptor, write.Location, method.Name, write.Member));
                }
            }
        }
    }

    /// <summary>The methods that some lead to.</summary>
    private HashSet<IMethodSymbol> Reach(ImmutableArray<IMethodSymbol> first, bool followsLocked)
    {
        var reached = new HashSet<IMethodSymbol>(first.Select(Implementation), SymbolEqualityComparer.Default);
        for (var open = new Queue<IMethodSymbol>(reached); open.Count > 0;)
        {
            foreach (var (called, isLocked) in _bodies.TryGetValue(open.Dequeue(), out var body) ? body.Calls : [])
            {
                if ((followsLocked || !isLocked) && reached.Add(Implementation(called!)))
                {
                    open.Enqueue(Implementation(called!));
                }
            }
        }

        return reached;
    }

    private static IEnumerable<string> NamesIn(AttributeData attribute) =>
        attribute.ConstructorArguments.Concat(attribute.NamedArguments.Select(static argument => argument.Value)).SelectMany(NamesIn);

    private static IEnumerable<string> NamesIn(TypedConstant argument) => argument switch
    {
        { Kind: TypedConstantKind.Array, IsNull: false } => argument.Values.SelectMany(NamesIn),
        { Value: string name } => [name],
        _ => [],
    };

    /// <summary>The method of the own instance, or a static one, that is called or handed on.</summary>
    private static IMethodSymbol? Called(IOperation operation) => operation switch
    {
        IInvocationOperation { Instance: null or IInstanceReferenceOperation } call => call.TargetMethod.OriginalDefinition,
        IMethodReferenceOperation { Instance: null or IInstanceReferenceOperation } reference => reference.Method.OriginalDefinition,
        _ => null,
    };

    private static IMethodSymbol Implementation(IMethodSymbol method) => method.PartialImplementationPart ?? method;

    private sealed class Body(ImmutableArray<SharedWrite> writes, ImmutableArray<(IMethodSymbol? Method, bool IsLocked)> calls)
    {
        public ImmutableArray<SharedWrite> Writes => writes;

        public ImmutableArray<(IMethodSymbol? Method, bool IsLocked)> Calls => calls;
    }
}
