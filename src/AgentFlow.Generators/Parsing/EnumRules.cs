using System.Linq;
using AgentFlow.Generators.Diagnostics;
using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators.Parsing;

/// <summary>A number that is cast to an enumeration, and is none of its values, would be taken for the default.</summary>
internal static class EnumRules
{
    /// <summary>Checks the attributes of an agent and of its members.</summary>
    public static void Check(INamedTypeSymbol agent, Reporter report)
    {
        var attributes = agent.GetAttributes().Concat(agent.GetMembers().SelectMany(static member => member.GetAttributes()));
        foreach (var attribute in attributes.Where(KnownSymbols.IsAgentFlow))
        {
            foreach (var argument in attribute.NamedArguments.Where(static argument => IsUnknown(argument.Value)))
            {
                report.Report(Descriptors.OptionOutOfRange, Place.Of(attribute, argument.Key), argument.Key, Remedy(argument.Value));
            }

            for (var i = 0; i < attribute.ConstructorArguments.Length; i++)
            {
                if (IsUnknown(attribute.ConstructorArguments[i]))
                {
                    var name = attribute.AttributeConstructor!.Parameters[i].Name;
                    report.Report(Descriptors.OptionOutOfRange, Place.Of(attribute, i), name, Remedy(attribute.ConstructorArguments[i]));
                }
            }
        }
    }

    private static bool IsUnknown(TypedConstant argument) =>
        argument is { Kind: TypedConstantKind.Enum, Type: { } type, Value: { } value }
        && !type.GetMembers().OfType<IFieldSymbol>().Any(field => value.Equals(field.ConstantValue));

    private static string Remedy(TypedConstant argument) =>
        "write one of " + string.Join(", ", argument.Type!.GetMembers().OfType<IFieldSymbol>().Where(static f => f.HasConstantValue).Select(static f => f.Name));
}
