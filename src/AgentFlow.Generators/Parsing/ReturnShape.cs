using AgentFlow.Generators.Model;
using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators.Parsing;

/// <summary>What a method gives back, seen through its task.</summary>
/// <param name="Kind">How it is given back.</param>
/// <param name="Value">The value, or a stream's element; null if there is none.</param>
internal readonly record struct ReturnShape(ReturnKind Kind, ITypeSymbol? Value)
{
    public bool IsAsynchronous => Kind is not (ReturnKind.Void or ReturnKind.Value);

    public static ReturnShape Of(IMethodSymbol method)
    {
        if (method.ReturnsVoid)
        {
            return new(ReturnKind.Void, null);
        }

        var type = method.ReturnType;
        var shape = type is INamedTypeSymbol { Arity: <= 1 } named ? Of(named) : new(ReturnKind.Value, type);
        return shape is { Kind: ReturnKind.Value, Value: { IsReferenceType: true } value } && MayBeNull(method)
            ? new(ReturnKind.Value, value.WithNullableAnnotation(NullableAnnotation.Annotated))
            : shape;
    }

    /// <summary>Whether <c>[return: MaybeNull]</c> says what the type does not.</summary>
    private static bool MayBeNull(IMethodSymbol method)
    {
        foreach (var attribute in method.GetReturnTypeAttributes())
        {
            if (attribute.AttributeClass is { Name: "MaybeNullAttribute" })
            {
                return true;
            }
        }

        return false;
    }

    private static ReturnShape Of(INamedTypeSymbol type)
    {
        var argument = type.Arity == 1 ? type.TypeArguments[0] : null;
        return argument switch
        {
            null when KnownSymbols.IsTask(type) => new(ReturnKind.Task, null),
            null when KnownSymbols.IsValueTask(type) => new(ReturnKind.ValueTask, null),
            not null when KnownSymbols.IsTask(type) => new(ReturnKind.TaskOfValue, argument),
            not null when KnownSymbols.IsValueTask(type) => new(ReturnKind.ValueTaskOfValue, argument),
            not null when KnownSymbols.IsAsyncEnumerable(type) => new(ReturnKind.AsyncEnumerable, argument),
            _ => new(ReturnKind.Value, type),
        };
    }

    /// <summary>What is at hand when the method is done: a stream is collected.</summary>
    public ITypeSymbol? Collected(Compilation compilation) =>
        Kind == ReturnKind.AsyncEnumerable ? ArrayOf(Value!, compilation) : Value;

    public static IArrayTypeSymbol ArrayOf(ITypeSymbol element, Compilation compilation) =>
        (IArrayTypeSymbol)compilation.CreateArrayTypeSymbol(element, rank: 1, element.NullableAnnotation).WithNullableAnnotation(NullableAnnotation.NotAnnotated);
}
