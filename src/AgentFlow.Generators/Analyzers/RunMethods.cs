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
    private readonly ConcurrentDictionary<IMethodSymbol, RunMethodBody> _bodies = new(SymbolEqualityComparer.Default);

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
        if (context.OwningSymbol is IMethodSymbol { MethodKind: MethodKind.Ordinary or MethodKind.PropertyGet } method
            && SymbolEqualityComparer.Default.Equals(method.ContainingType, agent))
        {
            _bodies[method] = RunMethodBody.Of(method, agent, context.Operations());
        }
    }

    /// <summary>
    /// Reports what those write that the runs call. What is only called under a lock may rely on it. What a method does that does not stand in
    /// the agent is reported where the agent calls it: others may call it too.
    /// </summary>
    public void Report(SymbolAnalysisContext context, DiagnosticDescriptor descriptor)
    {
        var free = Reach(context, followsLocked: false);
        foreach (var reached in Reach(context, followsLocked: true))
        {
            var (method, calledAt) = (reached.Key, reached.Value);
            var body = BodyOf(method, context)!;
            var isFree = free.ContainsKey(method);
            var writes = body.Writes.Where(write => !write.IsOfContent || isFree)
                .Concat(body.Passes
                    .Where(pass => isFree && pass.Held is not null && Changes(pass, context, []))
                    .Select(static pass => pass.Held!));
            foreach (var write in calledAt is null ? writes : writes.Take(1))
            {
                var name = (method.AssociatedSymbol ?? method).Name;
                context.ReportDiagnostic(Diagnostic.Create(descriptor, calledAt ?? write.Location, name, write.Member));
            }
        }
    }

    /// <summary>The methods that the runs call, each with the place in the agent that leads out of it; null for the agent's own.</summary>
    private Dictionary<IMethodSymbol, Location?> Reach(SymbolAnalysisContext context, bool followsLocked)
    {
        var reached = new Dictionary<IMethodSymbol, Location?>(SymbolEqualityComparer.Default);
        var open = new Queue<IMethodSymbol>();
        foreach (var root in roots)
        {
            Visit(root, calledAt: null);
        }

        while (open.Count > 0)
        {
            var method = open.Dequeue();
            foreach (var call in BodyOf(method, context)!.Calls)
            {
                if (followsLocked || !call.IsLocked)
                {
                    Visit(call.Method, IsOwn(call.Method) ? null : reached[method] ?? call.Location);
                }
            }
        }

        return reached;

        void Visit(IMethodSymbol method, Location? calledAt)
        {
            // What a local function does is done by the method that it stands in.
            method = Implementation(method);
            if (method.MethodKind != MethodKind.LocalFunction
                && !reached.ContainsKey(method)
                && (IsOwn(method) || IsInherited(method) || IsGiven(method))
                && BodyOf(method, context) is not null)
            {
                reached.Add(method, calledAt);
                open.Enqueue(method);
            }
        }
    }

    /// <summary>Whether the method that is called changes the collection that it is given, by itself or by handing it on.</summary>
    private bool Changes(RunMethodBody.Pass pass, SymbolAnalysisContext context, HashSet<(IMethodSymbol, int)> seen)
    {
        var method = Implementation(pass.Method);
        return seen.Add((method, pass.Ordinal))
            && BodyOf(method, context) is { } body
            && (body.Changed.Contains(pass.Ordinal) || body.Passes.Any(next => next.From == pass.Ordinal && Changes(next, context, seen)));
    }

    private bool IsOwn(IMethodSymbol method) => SymbolEqualityComparer.Default.Equals(method.ContainingType, agent.OriginalDefinition);

    /// <summary>Whether the method is given the agent.</summary>
    private bool IsGiven(IMethodSymbol method) =>
        ExtensionBlocks.Extends(method) || method.Parameters.Any(parameter => SymbolEqualityComparer.Default.Equals(parameter.Type, agent));

    private bool IsInherited(IMethodSymbol method)
    {
        for (var type = agent.BaseType; type is not null; type = type.BaseType)
        {
            if (SymbolEqualityComparer.Default.Equals(type.OriginalDefinition, method.ContainingType))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What a method does; null if its source is not here.</summary>
    private RunMethodBody? BodyOf(IMethodSymbol method, SymbolAnalysisContext context)
    {
        if (_bodies.TryGetValue(method, out var known))
        {
            return known;
        }

        // What is generated of an agent is not looked at.
        if (IsOwn(method) && method.MethodKind != MethodKind.LocalFunction)
        {
            return null;
        }

        foreach (var reference in method.DeclaringSyntaxReferences.Where(r => context.Compilation.ContainsSyntaxTree(r.SyntaxTree)))
        {
            var declaration = reference.GetSyntax(context.CancellationToken);
            var semantics = context.Compilation.GetSemanticModel(reference.SyntaxTree);
            if (semantics.GetOperation(declaration, context.CancellationToken) is { } operation)
            {
                return _bodies[method] = RunMethodBody.Of(method, agent, operation.Descendants());
            }
        }

        return null;
    }

    private static IEnumerable<string> NamesIn(AttributeData attribute) =>
        attribute.ConstructorArguments.Concat(attribute.NamedArguments.Select(static argument => argument.Value)).SelectMany(NamesIn);

    private static IEnumerable<string> NamesIn(TypedConstant argument) => argument switch
    {
        { Kind: TypedConstantKind.Array } => argument.IsNull ? [] : argument.Values.SelectMany(NamesIn),
        { Value: string name } => [name],
        _ => [],
    };

    private static IMethodSymbol Implementation(IMethodSymbol method) => method.PartialImplementationPart ?? method;
}
