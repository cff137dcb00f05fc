using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using AgentFlow.Generators.Graph;
using AgentFlow.Generators.Model;
using AgentFlow.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentFlow.Generators.Analyzers;

/// <summary>
/// Which agents every run of an agent runs. Bodies of other agents are read only when an action runs an agent at all,
/// and once a compilation.
/// </summary>
internal sealed class AgentRuns(Compilation compilation)
{
    /// <summary>How many helpers deep a run is looked for.</summary>
    private const int MaxHelpers = 3;

    private readonly ConcurrentDictionary<INamedTypeSymbol, ImmutableArray<INamedTypeSymbol>> _started = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<INamedTypeSymbol, ImmutableHashSet<string>> _always = new(SymbolEqualityComparer.Default);

    /// <summary>The runs of agents that a body starts whenever it is entered, be it by a helper: then its call is told.</summary>
    public IEnumerable<(INamedTypeSymbol Agent, IInvocationOperation Call)> Unconditional(ImmutableArray<IOperation> blocks, CancellationToken ct) =>
        Unconditional(blocks, MaxHelpers, ct);

    private IEnumerable<(INamedTypeSymbol Agent, IInvocationOperation Call)> Unconditional(
        ImmutableArray<IOperation> blocks, int depth, CancellationToken ct)
    {
        foreach (var block in blocks.Where(static block => block.Kind == OperationKind.Block))
        {
            foreach (var call in block.Descendants().OfType<IInvocationOperation>().Where(call => Entry.IsCertain(call, block)))
            {
                if (RunBy(call) is { } agent)
                {
                    yield return (agent, call);
                }
                else if (depth > 0 && IsHelper(call.TargetMethod))
                {
                    foreach (var (behind, _) in Unconditional(BlocksOf(call.TargetMethod, ct), depth - 1, ct))
                    {
                        yield return (behind, call);
                    }
                }
            }
        }
    }

    /// <summary>Whether it is certain what the call enters.</summary>
    private static bool IsHelper(IMethodSymbol method) =>
        method is { MethodKind: MethodKind.Ordinary, IsAbstract: false }
        && (!method.IsVirtual || method.IsSealed)
        && (!method.IsOverride || method.IsSealed || method.ContainingType.IsSealed)
        && !ActionBodies.IsAction(method);

    private ImmutableArray<IOperation> BlocksOf(IMethodSymbol method, CancellationToken ct)
    {
        var blocks = ImmutableArray.CreateBuilder<IOperation>();
        foreach (var reference in method.OriginalDefinition.DeclaringSyntaxReferences.Where(r => compilation.ContainsSyntaxTree(r.SyntaxTree)))
        {
            var operation = compilation.GetSemanticModel(reference.SyntaxTree).GetOperation(reference.GetSyntax(ct), ct);

            // An iterator runs when somebody goes through it.
            if (operation is IMethodBodyOperation body
                && !body.Descendants().Any(static part => part.Kind is OperationKind.YieldReturn or OperationKind.YieldBreak))
            {
                blocks.AddRange(new IOperation?[] { body.BlockBody, body.ExpressionBody }.OfType<IOperation>());
            }
        }

        return blocks.ToImmutable();
    }

    private static INamedTypeSymbol? RunBy(IInvocationOperation call) =>
        AgentCalls.AgentOf(call) is INamedTypeSymbol agent && KnownSymbols.IsAgent(agent) ? agent : null;

    /// <summary>Whether a run of the one agent always leads to a run of the other.</summary>
    public bool Reaches(INamedTypeSymbol from, INamedTypeSymbol to, CancellationToken ct)
    {
        var seen = new HashSet<INamedTypeSymbol>(SymbolEqualityComparer.Default);
        var pending = new Stack<INamedTypeSymbol>();
        pending.Push(from);
        while (pending.Count > 0)
        {
            var agent = pending.Pop();
            if (SymbolEqualityComparer.Default.Equals(agent, to))
            {
                return true;
            }

            if (seen.Add(agent))
            {
                foreach (var next in StartedBy(agent, ct))
                {
                    pending.Push(next);
                }
            }
        }

        return false;
    }

    /// <summary>Whether no run of the agent leaves the action out: nothing skips it, and it is not called for each of what may be nothing.</summary>
    public bool AlwaysRuns(IMethodSymbol action, CancellationToken ct)
    {
        // An abstract class that lends the action has no graph of its own.
        return KnownSymbols.IsAgent(action.ContainingType) && Always(action.ContainingType, ct).Contains(action.Name);
    }

    private ImmutableArray<INamedTypeSymbol> StartedBy(INamedTypeSymbol agent, CancellationToken ct)
    {
        if (_started.TryGetValue(agent, out var known))
        {
            return known;
        }

        var started = ImmutableArray.CreateBuilder<INamedTypeSymbol>();
        foreach (var action in agent.GetMembers().OfType<IMethodSymbol>().Where(ActionBodies.IsAction))
        {
            if (AlwaysRuns(action, ct))
            {
                started.AddRange(Unconditional(BlocksOf(action, ct), ct).Select(static run => run.Agent));
            }
        }

        return _started[agent] = started.ToImmutable();
    }

    private ImmutableHashSet<string> Always(INamedTypeSymbol agent, CancellationToken ct)
    {
        if (_always.TryGetValue(agent, out var known))
        {
            return known;
        }

        var always = ImmutableHashSet<string>.Empty;
        if (AgentParser.Parse(agent, compilation, sink: null, ct) is { } model)
        {
            var predecessors = DependencyEdges.Predecessors(model.Actions);
            if (Cycles.TopologicalOrder(predecessors, DependencyEdges.Successors(predecessors)) is { } order)
            {
                var skips = new SkipAnalysis(model.Actions, order);
                always = [.. model.Actions.Where(action => IsBare(action) && !skips.MaySkip(action.Index)).Select(static action => action.Method.Name)];
            }
        }

        return _always[agent] = always;
    }

    /// <summary>A condition, a sequence that may be empty or a precondition may end the recursion; so may an upstream one, which is what skips are about.</summary>
    private static bool IsBare(ActionModel action) => action is { When: null, ForEach: null, Requires.Count: 0 };
}
