using System;
using System.Collections.Generic;
using System.Linq;
using AgentFlow.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentFlow.Generators.Analyzers;

/// <summary>
/// What an operation changes of a collection that somebody else holds: <c>_seen.Add(x)</c>, <c>_counts[k] = 1</c>. Collections that are made for
/// several threads are meant to be shared; a field of any other is the commonest state that runs share by mistake.
/// </summary>
internal static class CollectionWrites
{
    private static readonly HashSet<string> Changing = new(StringComparer.Ordinal)
    {
        "Add", "AddRange", "AddFirst", "AddLast", "AddAfter", "AddBefore", "Clear", "Dequeue", "Enqueue", "EnqueueRange", "EnsureCapacity", "ExceptWith", "Insert", "InsertRange", "IntersectWith",
        "Pop", "Push", "Remove", "RemoveAll", "RemoveAt", "RemoveFirst", "RemoveLast", "RemoveRange", "RemoveWhere", "Reverse", "Sort", "SymmetricExceptWith", "TrimExcess", "TryAdd",
        "TryDequeue", "TryPop", "UnionWith",
    };

    private static readonly HashSet<string> TextChanging = new(StringComparer.Ordinal) { "Append", "AppendFormat", "AppendJoin", "AppendLine", "Clear", "Insert", "Remove", "Replace" };

    /// <summary>The collection that is changed; nothing if none is.</summary>
    public static IEnumerable<IOperation> Of(IOperation operation)
    {
        var changed = Held(operation switch
        {
            IInvocationOperation { Instance: { } instance } call when Changes(call.TargetMethod, instance) => instance,
            IInvocationOperation { TargetMethod: { IsStatic: true } method, Arguments: { IsEmpty: false } arguments } when ChangesFirst(method) => arguments[0].Value,
            IAssignmentOperation assignment => Element(assignment.Target),
            IIncrementOrDecrementOperation increment => Element(increment.Target),
            _ => null,
        });
        if (changed is IMemberReferenceOperation { Member: var member } && !IsHandedIn(member))
        {
            yield return changed;
        }
    }

    private static bool Changes(IMethodSymbol method, IOperation instance) =>
        instance.Type is { Name: "StringBuilder" } text && KnownSymbols.Is(text, "StringBuilder", "System", "Text")
            ? TextChanging.Contains(method.Name)
            : Changing.Contains(method.Name) && (IsUnguarded(instance.Type) || IsBuilder(instance.Type));

    /// <summary>What changes its first argument: the arrays' own methods, and those that reach into a list or a dictionary.</summary>
    private static bool ChangesFirst(IMethodSymbol method) =>
        method.ContainingType.SpecialType == SpecialType.System_Array
            ? method.Name is "Clear" or "Fill" or "Reverse" or "Sort"
            : method.Name is "SetCount" or "GetValueRefOrAddDefault" && KnownSymbols.Is(method.ContainingType, "CollectionsMarshal", "System", "Runtime", "InteropServices");

    /// <summary>What the expression comes to: through conversions, <c>?.</c>, and a variable that stands for it.</summary>
    private static IOperation? Held(IOperation? expression) => expression switch
    {
        IConversionOperation conversion => Held(conversion.Operand),
        IConditionalAccessInstanceOperation instance => Held(instance.Ancestors().OfType<IConditionalAccessOperation>().FirstOrDefault(access => !access.Operation.Descendants().Contains(instance))?.Operation),
        ILocalReferenceOperation { Local: { RefKind: RefKind.None } local } mention => Held(ValueOf(local, mention)),
        _ => expression,
    };

    /// <summary>The value of a variable that is never given another.</summary>
    private static IOperation? ValueOf(ILocalSymbol local, IOperation mention)
    {
        var body = mention.Ancestors().Last();
        var isChanged = body.Descendants().Any(operation => operation switch
        {
            IAssignmentOperation assignment => IsLocal(assignment.Target),
            IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out } argument => IsLocal(argument.Value),
            _ => false,
        });
        return isChanged ? null : body.Descendants().OfType<IVariableDeclaratorOperation>().FirstOrDefault(declarator => SymbolEqualityComparer.Default.Equals(declarator.Symbol, local))?.GetVariableInitializer()?.Value;

        bool IsLocal(IOperation target) => target is ILocalReferenceOperation other && SymbolEqualityComparer.Default.Equals(other.Local, local);
    }

    /// <summary>
    /// Whether the member holds what the agent was given: by a constructor, or by an object initializer. That is shared on purpose.
    /// </summary>
    private static bool IsHandedIn(ISymbol member) =>
        member is IPropertySymbol { IsRequired: true } or IFieldSymbol { IsRequired: true }
        || member.DeclaringSyntaxReferences.Any(static reference =>
        {
            var value = reference.GetSyntax() switch
            {
                VariableDeclaratorSyntax field => field.Initializer?.Value,
                PropertyDeclarationSyntax property => property.Initializer?.Value,
                _ => null,
            };
            return value is IdentifierNameSyntax name
                && value.FirstAncestorOrSelf<TypeDeclarationSyntax>()?.ParameterList?.Parameters.Any(parameter => parameter.Identifier.ValueText == name.Identifier.ValueText) == true;
        })
        || member.ContainingType.InstanceConstructors.SelectMany(static constructor => constructor.DeclaringSyntaxReferences).Any(reference =>
            reference.GetSyntax() is ConstructorDeclarationSyntax constructor
            && constructor.DescendantNodes().OfType<AssignmentExpressionSyntax>().Any(assignment => IsOf(assignment.Left, member) && IsGiven(assignment.Right, constructor)));

    private static bool IsOf(ExpressionSyntax target, ISymbol member) =>
        (target is MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } access ? access.Name : target) is IdentifierNameSyntax name && name.Identifier.ValueText == member.Name;

    private static bool IsGiven(ExpressionSyntax value, ConstructorDeclarationSyntax constructor) => value switch
    {
        IdentifierNameSyntax name => constructor.ParameterList.Parameters.Any(parameter => parameter.Identifier.ValueText == name.Identifier.ValueText),
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceExpression } coalesce => IsGiven(coalesce.Left, constructor),
        _ => false,
    };

    private static IOperation? Element(IOperation target) => target switch
    {
        IArrayElementReferenceOperation element => element.ArrayReference,
        IPropertyReferenceOperation { Property.IsIndexer: true, Instance: { } instance } when IsUnguarded(instance.Type) => instance,
        _ => null,
    };

    private static bool IsUnguarded(ITypeSymbol? type) =>
        type?.ContainingNamespace is { Name: "Generic" or "Collections" or "ObjectModel" or "Specialized" } space
        && (KnownSymbols.IsInCollections(space) || KnownSymbols.IsInCollections(space.ContainingNamespace));

    /// <summary>What an immutable collection is made by: <c>ImmutableList&lt;T&gt;.Builder</c>.</summary>
    private static bool IsBuilder(ITypeSymbol? type) =>
        type is { Name: "Builder", ContainingType.ContainingNamespace: { Name: "Immutable" } space } && KnownSymbols.IsInCollections(space.ContainingNamespace);
}
