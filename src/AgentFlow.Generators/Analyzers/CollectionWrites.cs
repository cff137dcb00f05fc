using System;
using System.Collections.Generic;
using System.Linq;
using AgentFlow.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentFlow.Generators.Analyzers;

/// <summary>
/// What an operation changes of a collection that somebody else holds: <c>_seen.Add(x)</c>, <c>_counts[k] = 1</c>. Under a lock, and of collections that are made for several
/// threads, that may be meant; a field of any other is the commonest state that runs share by mistake.
/// </summary>
internal static class CollectionWrites
{
    private static readonly HashSet<string> Changing = new(StringComparer.Ordinal)
    {
        "Add", "AddRange", "AddFirst", "AddLast", "AddAfter", "AddBefore", "Clear", "Dequeue", "Enqueue", "EnqueueRange", "EnsureCapacity", "ExceptWith", "Insert", "InsertRange", "IntersectWith",
        "Pop", "Push", "Remove", "RemoveAll", "RemoveAt", "RemoveFirst", "RemoveLast", "RemoveRange", "RemoveWhere", "Reverse", "Sort", "SymmetricExceptWith", "TrimExcess", "TryAdd",
        "TryDequeue", "TryPop", "UnionWith",
    };

    /// <summary>The collection that is changed; nothing if none is.</summary>
    public static IEnumerable<IOperation> Of(IOperation operation)
    {
        var changed = operation switch
        {
            IInvocationOperation { Instance: { } instance } call when Changing.Contains(call.TargetMethod.Name) && IsUnguarded(instance.Type) => instance,
            IAssignmentOperation assignment => Element(assignment.Target),
            IIncrementOrDecrementOperation increment => Element(increment.Target),
            _ => null,
        };
        if (changed is IMemberReferenceOperation { Member: var member } && !IsHandedIn(member) && !operation.Ancestors().Any(static ancestor => ancestor is ILockOperation))
        {
            yield return changed;
        }
    }

    /// <summary>Whether the member holds what the primary constructor was given: that is shared on purpose, with whoever made it.</summary>
    private static bool IsHandedIn(ISymbol member) => member.DeclaringSyntaxReferences.Any(static reference =>
    {
        var value = reference.GetSyntax() switch
        {
            VariableDeclaratorSyntax field => field.Initializer?.Value,
            PropertyDeclarationSyntax property => property.Initializer?.Value,
            _ => null,
        };
        return value is IdentifierNameSyntax name
            && value.FirstAncestorOrSelf<TypeDeclarationSyntax>()?.ParameterList?.Parameters.Any(parameter => parameter.Identifier.ValueText == name.Identifier.ValueText) == true;
    });

    private static IOperation? Element(IOperation target) => target switch
    {
        IArrayElementReferenceOperation element => element.ArrayReference,
        IPropertyReferenceOperation { Property.IsIndexer: true, Instance: { } instance } when IsUnguarded(instance.Type) => instance,
        _ => null,
    };

    private static bool IsUnguarded(ITypeSymbol? type) =>
        type?.ContainingNamespace is { Name: "Generic" or "Collections" or "ObjectModel" or "Specialized" } space
        && (KnownSymbols.IsInCollections(space) || KnownSymbols.IsInCollections(space.ContainingNamespace));
}
