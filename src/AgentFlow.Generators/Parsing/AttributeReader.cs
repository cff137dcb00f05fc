using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators.Parsing;

/// <summary>Reads the arguments of attributes that may be half written.</summary>
internal static class AttributeReader
{
    /// <summary>Whether the argument was written at all.</summary>
    public static bool IsWritten(this AttributeData attribute, string name) =>
        attribute.NamedArguments.Any(argument => argument.Key == name);

    /// <summary>A named argument, or the default if it was not written or does not compile.</summary>
    public static T Named<T>(this AttributeData attribute, string name, T otherwise)
    {
        foreach (var argument in attribute.NamedArguments)
        {
            if (argument.Key == name && argument.Value is { Kind: TypedConstantKind.Primitive or TypedConstantKind.Enum, Value: T value })
            {
                return value;
            }
        }

        return otherwise;
    }

    /// <summary>The member name of a named argument of an enumeration type.</summary>
    public static string EnumName(this AttributeData attribute, string name, string otherwise)
    {
        foreach (var argument in attribute.NamedArguments)
        {
            if (argument.Key == name && argument.Value is { Kind: TypedConstantKind.Enum, Type: { } type, Value: { } value })
            {
                return type.GetMembers().OfType<IFieldSymbol>().FirstOrDefault(field => value.Equals(field.ConstantValue))?.Name ?? otherwise;
            }
        }

        return otherwise;
    }

    /// <summary>The first positional argument; null if it was left out or does not compile.</summary>
    public static string? Text(this AttributeData attribute) =>
        attribute.ConstructorArguments.FirstOrDefault() is { Kind: TypedConstantKind.Primitive, Value: string text } ? text : null;

    /// <summary>The first positional argument as the names it lists; null stands for one that does not compile.</summary>
    public static IReadOnlyList<string?> Names(this AttributeData attribute) =>
        attribute.ConstructorArguments.FirstOrDefault() switch
        {
            { Kind: TypedConstantKind.Array, IsNull: false } array => [.. array.Values.Select(static value => value.Kind == TypedConstantKind.Primitive ? value.Value as string : null)],
            { Kind: TypedConstantKind.Primitive, Value: string one } => [one],
            _ => [],
        };
}
