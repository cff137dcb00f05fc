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

    /// <summary>What holds the collection that is changed, as far as the expression tells; nothing if none is.</summary>
    public static IEnumerable<IOperation> Of(IOperation operation) =>
        operation is IDeconstructionAssignmentOperation { Target: var parts }
            ? parts.DescendantsAndSelf().OfType<ITupleOperation>()
                .SelectMany(static tuple => tuple.Elements)
                .SelectMany(static part => StandsFor.Of(Element(part)))
            : StandsFor.Of(Changed(operation));

    private static IOperation? Changed(IOperation operation) => operation switch
    {
        IInvocationOperation { Instance: { } instance } call when Changes(call.TargetMethod, instance) => instance,
        IInvocationOperation { TargetMethod: { IsStatic: true } method, Arguments: { IsEmpty: false } given } when ChangesFirst(method) => given[0].Value,
        IInvocationOperation { TargetMethod: { Name: "SetValue" or "Initialize", ContainingType.SpecialType: SpecialType.System_Array } } call =>
            call.Instance,
        IArgumentOperation { Parameter: { } parameter, Parent: IInvocationOperation { TargetMethod: var method } } given
            when IsFilled(parameter, method) => given.Value,
        IForEachLoopOperation { Locals: var locals, Collection: var elements }
            when locals.Any(static local => local.RefKind == RefKind.Ref) => elements,
        IMethodReferenceOperation { Instance: { } instance } reference when Changes(reference.Method, instance) => instance,
        IVariableDeclaratorOperation { Symbol.RefKind: RefKind.Ref } alias when alias.GetVariableInitializer() is { } initializer =>
            Element(initializer.Value),
        IAssignmentOperation assignment => Element(assignment.Target),
        IIncrementOrDecrementOperation increment => Element(increment.Target),
        IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out } argument when !Locks.IsAtomic(argument) => Element(argument.Value),
        _ => null,
    };

    private static bool Changes(IMethodSymbol method, IOperation instance) =>
        IsText(instance.Type) ? TextChanging.Contains(method.Name)
            : IsSpan(instance.Type) ? method.Name is "Clear" or "Fill"
            : Changing.Contains(method.Name) && (IsUnguarded(instance.Type) || IsBuilder(instance.Type));

    /// <summary>
    /// Whether a method of the framework writes into an argument: the target of a copy or a read, such as <c>_ranks</c> in
    /// <c>values.CopyTo(_ranks, 0)</c>, or a span that the method does not take as read-only.
    /// </summary>
    private static bool IsFilled(IParameterSymbol parameter, IMethodSymbol method) =>
        method.ContainingNamespace is { } space
        && IsSystem(space)
        && (IsSpan(parameter.OriginalDefinition.Type)
            ? method.ContainingType.Name is not ("MemoryExtensions" or "MemoryMarshal") || parameter.Name == "destination"
            : parameter.Type.TypeKind is TypeKind.Array or TypeKind.Class && IsTarget(parameter.Name, method.Name));

    private static bool IsTarget(string parameter, string method) => method switch
    {
        "CopyTo" or "TryCopyTo" or "Copy" or "ConstrainedCopy" or "BlockCopy" =>
            parameter is "array" or "destination" or "destinationArray" or "dst",
        "GetBytes" => parameter is "bytes" or "data",
        "GetChars" => parameter == "chars",
        "Shuffle" or "NextBytes" or "GetNonZeroBytes" or "Read" or "ReadAsync" or "ReadBlock" or "ReadBlockAsync" or "ReadExactly"
            or "ReadExactlyAsync" or "ReadAtLeast" or "ReadAtLeastAsync" or "Receive" or "ReceiveAsync" => parameter is "values" or "buffer" or "data",
        _ => false,
    };

    private static bool IsSystem(INamespaceSymbol space) =>
        space.Name == "System" ? space.ContainingNamespace.IsGlobalNamespace : space.ContainingNamespace is { } outer && IsSystem(outer);

    /// <summary>What changes its first argument: methods of arrays, extensions of collections, and what reaches into a list or a dictionary.</summary>
    private static bool ChangesFirst(IMethodSymbol method) => method.ContainingType switch
    {
        { SpecialType: SpecialType.System_Array } => method.Name is "Clear" or "Fill" or "Reverse" or "Sort",
        { Name: "CollectionsMarshal" } type when KnownSymbols.Is(type, type.Name, "System", "Runtime", "InteropServices") =>
            method.Name is "SetCount" or "GetValueRefOrAddDefault",
        { Name: "CollectionExtensions" } type when KnownSymbols.Is(type, type.Name, "System", "Collections", "Generic") => Changing.Contains(method.Name),
        { Name: "MemoryExtensions" } type when KnownSymbols.Is(type, type.Name, "System") => Changing.Contains(method.Name),
        _ => false,
    };

    /// <summary>
    /// Whether the member holds what is shared on purpose: what the agent was given by a constructor or by an object initializer, or what is made for
    /// several threads, if behind an interface.
    /// </summary>
    public static bool IsMeantToBeShared(ISymbol member) =>
        member is IPropertySymbol { IsRequired: true } or IFieldSymbol { IsRequired: true } || Initial(member).Any(IsShared);

    /// <summary>What the member begins with: by its initializer, or in a constructor, each with the parameters that are known there.</summary>
    private static IEnumerable<(ExpressionSyntax Value, ParameterListSyntax? Parameters)> Initial(ISymbol member)
    {
        foreach (var reference in member.DeclaringSyntaxReferences)
        {
            var value = reference.GetSyntax() switch
            {
                VariableDeclaratorSyntax field => field.Initializer?.Value,
                PropertyDeclarationSyntax property => property.Initializer?.Value,
                _ => null,
            };
            if (value is not null)
            {
                yield return (value, value.FirstAncestorOrSelf<TypeDeclarationSyntax>()?.ParameterList);
            }
        }

        foreach (var constructor in member.ContainingType.InstanceConstructors.SelectMany(static c => c.DeclaringSyntaxReferences)
            .Select(static reference => reference.GetSyntax())
            .OfType<ConstructorDeclarationSyntax>())
        {
            foreach (var (target, value) in constructor.DescendantNodes().OfType<AssignmentExpressionSyntax>().SelectMany(static a => Pairs(a.Left, a.Right)))
            {
                if (IsOf(target, member))
                {
                    yield return (value, constructor.ParameterList);
                }
            }
        }
    }

    /// <summary>What is assigned to what: <c>(_a, _b) = (a, b)</c> is two assignments.</summary>
    private static IEnumerable<(ExpressionSyntax Target, ExpressionSyntax Value)> Pairs(ExpressionSyntax target, ExpressionSyntax value) =>
        target is TupleExpressionSyntax { Arguments: var targets } && value is TupleExpressionSyntax { Arguments: var values } && targets.Count == values.Count
            ? targets.Zip(values, static (one, other) => Pairs(one.Expression, other.Expression)).SelectMany(static pairs => pairs)
            : [(target, value)];

    private static bool IsOf(ExpressionSyntax target, ISymbol member) =>
        (target is MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } access ? access.Name : target) is IdentifierNameSyntax name && name.Identifier.ValueText == member.Name;

    private static bool IsShared((ExpressionSyntax Value, ParameterListSyntax? Parameters) given) => given.Value switch
    {
        IdentifierNameSyntax name => given.Parameters?.Parameters.Any(parameter => parameter.Identifier.ValueText == name.Identifier.ValueText) == true,
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceExpression } coalesce => IsShared((coalesce.Left, given.Parameters)),
        ObjectCreationExpressionSyntax { Type: var type } => NameOf(type).StartsWith("Concurrent", StringComparison.Ordinal),
        _ => false,
    };

    private static string NameOf(TypeSyntax type) => type switch
    {
        QualifiedNameSyntax qualified => NameOf(qualified.Right),
        AliasQualifiedNameSyntax qualified => NameOf(qualified.Name),
        SimpleNameSyntax name => name.Identifier.ValueText,
        _ => "",
    };

    private static IOperation? Element(IOperation target) => target switch
    {
        IArrayElementReferenceOperation element => element.ArrayReference,
        IPropertyReferenceOperation { Property.IsIndexer: true, Instance: { Type: var type } instance } when HasElements(type) => instance,
        IPropertyReferenceOperation { Property.Name: "Length", Instance: { Type: var type } instance } when IsText(type) => instance,
        IImplicitIndexerReferenceOperation { Instance: { Type: var type } instance } when HasElements(type) => instance,
        _ => null,
    };

    private static bool IsUnguarded(ITypeSymbol? type) =>
        type?.ContainingNamespace is { Name: "Generic" or "Collections" or "ObjectModel" or "Specialized" } space
        && (KnownSymbols.IsInCollections(space) || KnownSymbols.IsInCollections(space.ContainingNamespace));

    private static bool HasElements(ITypeSymbol? type) => IsUnguarded(type) || IsSpan(type) || IsText(type);

    private static bool IsText(ITypeSymbol? type) => type is not null && KnownSymbols.Is(type, "StringBuilder", "System", "Text");

    private static bool IsSpan(ITypeSymbol? type) =>
        type is not null && (KnownSymbols.Is(type, "Span", "System") || KnownSymbols.Is(type, "Memory", "System"));

    /// <summary>What an immutable collection is made by: <c>ImmutableList&lt;T&gt;.Builder</c>.</summary>
    private static bool IsBuilder(ITypeSymbol? type) =>
        type is { Name: "Builder", ContainingType.ContainingNamespace: { Name: "Immutable" } space } && KnownSymbols.IsInCollections(space.ContainingNamespace);
}
