using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentFlow.Generators.Analyzers;

/// <summary>What one method does to what the runs of an agent share.</summary>
internal sealed class RunMethodBody
{
    /// <summary>What it writes that all runs share.</summary>
    public ImmutableArray<SharedWrite> Writes { get; private init; } = [];

    /// <summary>The methods and getters of the own instance, and static ones, that it calls or hands on.</summary>
    public ImmutableArray<Call> Calls { get; private init; } = [];

    /// <summary>What it gives to others that is shared, or that it was given itself.</summary>
    public ImmutableArray<Pass> Passes { get; private init; } = [];

    /// <summary>The ordinals of its parameters whose content it changes, of what it extends included.</summary>
    public ImmutableHashSet<int> Changed { get; private init; } = [];

    public static RunMethodBody Of(IMethodSymbol method, INamedTypeSymbol agent, IEnumerable<IOperation> operations)
    {
        var all = operations.ToList();
        return new()
        {
            Writes = [.. SharedStateAnalyzer.WrittenBy(all, agent)],
            Calls =
            [
                .. all.Select(static o => (Operation: o, Method: Called(o)))
                    .Where(static c => c.Method is not null)
                    .Select(static c => new Call(c.Method!, Locks.Hold(c.Operation), ActionBodies.NameOf(c.Operation.Syntax))),
            ],
            Passes =
            [
                .. all.Where(static operation => !Locks.Hold(operation))
                    .SelectMany(operation => Passed(operation, method, agent)),
            ],
            Changed =
            [
                .. all.SelectMany(CollectionWrites.Of)
                    .OfType<IParameterReferenceOperation>()
                    .Where(static mention => !Locks.Hold(mention))
                    .Select(mention => ExtensionBlocks.OrdinalIn(method, mention.Parameter))
                    .OfType<int>(),
            ],
        };
    }

    private static IEnumerable<Pass> Passed(IOperation operation, IMethodSymbol method, INamedTypeSymbol agent)
    {
        var (called, ordinal, value) = operation switch
        {
            IArgumentOperation { Parameter.Ordinal: var place, Parent: IInvocationOperation { TargetMethod: var target } } argument =>
                (target, place, argument.Value),
            IInvocationOperation { TargetMethod: var target, Instance: { } receiver } when ExtensionBlocks.Extends(target) =>
                (target, ExtensionBlocks.Receiver, receiver),
            IPropertyReferenceOperation { Property: { GetMethod: { } target } property, Instance: { } receiver }
                when ExtensionBlocks.Extends(property) => (target, ExtensionBlocks.Receiver, receiver),
            _ => (null, 0, null),
        };

        // Only what has its source here can be looked into.
        if (called?.OriginalDefinition is not { DeclaringSyntaxReferences.IsEmpty: false } known)
        {
            yield break;
        }

        foreach (var given in StandsFor.Of(value))
        {
            if (given is IParameterReferenceOperation mention && ExtensionBlocks.OrdinalIn(method, mention.Parameter) is { } from)
            {
                yield return new(known, ordinal, from, Held: null);
            }
            else if (SharedStateAnalyzer.HeldBy(given, agent) is { } member)
            {
                yield return new(known, ordinal, From: null, new(given.Syntax.GetLocation(), member.Name, IsOfContent: true));
            }
        }
    }

    private static IMethodSymbol? Called(IOperation operation) => operation switch
    {
        IInvocationOperation { Instance: null or IInstanceReferenceOperation } call => call.TargetMethod.OriginalDefinition,
        IMethodReferenceOperation { Instance: null or IInstanceReferenceOperation } reference => reference.Method.OriginalDefinition,
        IPropertyReferenceOperation { Instance: null or IInstanceReferenceOperation } read when !IsAssigned(read) => read.Property.OriginalDefinition.GetMethod,
        _ => null,
    };

    private static bool IsAssigned(IPropertyReferenceOperation property) =>
        property.Parent is ISimpleAssignmentOperation assignment && assignment.Target == property;

    /// <summary>A call of a method.</summary>
    /// <param name="Method">The method.</param>
    /// <param name="IsLocked">Whether the caller holds a lock.</param>
    /// <param name="Location">Where.</param>
    internal sealed record Call(IMethodSymbol Method, bool IsLocked, Location Location);

    /// <summary>A collection that is given to a method.</summary>
    /// <param name="Method">The method.</param>
    /// <param name="Ordinal">The ordinal of its parameter.</param>
    /// <param name="From">The ordinal of the caller's own parameter that is handed on; null if it is none.</param>
    /// <param name="Held">What is written if the method changes it; null if a parameter is handed on.</param>
    internal sealed record Pass(IMethodSymbol Method, int Ordinal, int? From, SharedWrite? Held);
}
