using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using AgentFlow.Generators.Diagnostics;
using AgentFlow.Generators.Emission;
using AgentFlow.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentFlow.Generators.Parsing;

/// <summary>The agent as a declaration: whether it can be continued in another file, and how.</summary>
internal static class AgentShape
{
    private static readonly string[] GeneratedMembers = ["RunAsync", "StreamAsync", "Graph"];

    private static readonly string[] WithSignals = [.. GeneratedMembers, "Signals"];

    private static readonly string[] WithInterface = ["Shape", "Rent"];

    /// <summary>Whether a class of this kind can be an agent at all; what is wrong is reported.</summary>
    public static bool IsPossible(INamedTypeSymbol agent, Reporter report)
    {
        // On anything but a class the compiler rejects the attribute itself.
        if (agent.TypeKind != TypeKind.Class)
        {
            return false;
        }

        var flaw = agent.IsStatic ? "static"
            : agent.Arity > 0 ? "generic"
            : SignatureRules.IsLocalToFile(agent) ? "local to its file, or inside a type that is"
            : agent.Name.Length > SignatureRules.LongestName ? "called by a name of more than 900 characters"
            : null;
        if (flaw is not null)
        {
            report.Report(Descriptors.AgentShape, Place.Of(agent), agent.Name, flaw);

            // Stubs of a generic class can be written, and its signals want them.
            return agent is { Arity: > 0, IsStatic: false } && !SignatureRules.IsLocalToFile(agent);
        }

        if (HiddenParameter(agent) is { } hidden)
        {
            report.Report(Descriptors.AgentShape, Place.Of(agent), agent.Name, $"where the type parameter '{hidden.Name}' of '{hidden.ContainingType.Name}' means something else, since generated code has to name it");
            return false;
        }

        if (agent.IsAbstract)
        {
            report.Report(Descriptors.AgentShape, Place.Of(agent), agent.Name, "abstract");
        }

        return true;
    }

    /// <summary>The type parameter of a host that something closer to the class, or in generated code, has taken the name of.</summary>
    public static ITypeParameterSymbol? HiddenParameter(INamedTypeSymbol agent)
    {
        for (var host = agent.ContainingType; host is not null; host = host.ContainingType)
        {
            foreach (var parameter in host.TypeParameters)
            {
                if (ReservedNames.IsOfType(parameter.Name))
                {
                    return parameter;
                }

                for (var inner = agent; !SymbolEqualityComparer.Default.Equals(inner, host); inner = inner.ContainingType!)
                {
                    if (inner.TypeParameters.Any(other => other.Name == parameter.Name) || ActionCollector.Lineage(inner).Any(level => !level.GetTypeMembers(parameter.Name, 0).IsEmpty))
                    {
                        return parameter;
                    }
                }
            }
        }

        return null;
    }

    /// <summary>Whether the agent and all that encloses it are partial; what is not is reported.</summary>
    public static bool CanBeContinued(INamedTypeSymbol agent, Reporter report, CancellationToken ct)
    {
        var can = IsPartial(agent, ct);
        if (!can)
        {
            report.Report(Descriptors.AgentNotPartial, Place.Of(agent), agent.Name);
        }

        for (var host = agent.ContainingType; host is not null; host = host.ContainingType)
        {
            if (!IsPartial(host, ct))
            {
                report.Report(Descriptors.HostNotPartial, Place.Of(host), host.Name, agent.Name);
                can = false;
            }
        }

        return can;
    }

    /// <summary>The members that are generated for every agent, or for one with signals.</summary>
    public static string[] GeneratedFor(bool hasSignals) => hasSignals ? WithSignals : GeneratedMembers;

    /// <summary>What the interface asks for and cannot be implemented explicitly, because metadata has no room for the name that the compiler makes of its types.</summary>
    public static string[] GeneratedIfLong => WithInterface;

    /// <returns>The names that the agent itself takes up.</returns>
    public static IEnumerable<string> CheckMembers(INamedTypeSymbol agent, string[] names, Reporter report)
    {
        var taken = new List<string>();
        foreach (var name in names)
        {
            if (agent.Name == name)
            {
                report.Report(Descriptors.MemberClash, Place.Of(agent), name, agent.Name, "rename the class");
                taken.Add(name);
            }

            foreach (var member in agent.GetMembers(name))
            {
                if (!KnownSymbols.IsGenerated(member))
                {
                    report.Report(Descriptors.MemberClash, Place.Of(member), name, agent.Name, "rename this one");
                    taken.Add(name);
                }
            }
        }

        return taken;
    }

    /// <summary>
    /// Members of a base class that the generated ones would hide, which the compiler warns of where nobody can mend it.
    /// Those of a base agent are meant to be hidden; a method of another signature is an overload and stays callable.
    /// </summary>
    /// <returns>The name that a base class takes up.</returns>
    public static string? CheckInheritedMembers(INamedTypeSymbol agent, IReadOnlyCollection<ITypeSymbol> inputs, string[] names, Compilation compilation, Reporter report)
    {
        foreach (var type in ActionCollector.Lineage(agent).Where(type => !SymbolEqualityComparer.Default.Equals(type, agent)))
        {
            foreach (var name in names)
            {
                if (type.GetMembers(name).FirstOrDefault(member => IsHidden(member, agent, inputs, compilation)) is { } hidden)
                {
                    report.Report(Descriptors.MemberClash, Place.Of(agent), [Place.Of(hidden)], ImmutableDictionary<string, string?>.Empty, name, agent.Name, $"rename the one that it inherits from '{type.Name}', or call that class instead of deriving from it");
                    return name;
                }
            }
        }

        return null;
    }

    private static bool IsHidden(ISymbol member, INamedTypeSymbol agent, IReadOnlyCollection<ITypeSymbol> inputs, Compilation compilation)
    {
        if (KnownSymbols.IsGenerated(member) || !compilation.IsSymbolAccessibleWithin(member, agent))
        {
            return false;
        }

        return member switch
        {
            INamedTypeSymbol type => type.Arity == 0,
            IMethodSymbol method when member.Name is "RunAsync" or "StreamAsync" => method.Arity == 0 && HasGeneratedSignature(method, inputs),
            _ => true,
        };
    }

    /// <summary>The inputs, in one overload the options, the token.</summary>
    private static bool HasGeneratedSignature(IMethodSymbol method, IReadOnlyCollection<ITypeSymbol> inputs)
    {
        var types = method.Parameters.Select(static parameter => parameter.Type).ToList();
        if (types.Count == 0 || !KnownSymbols.IsCancellationToken(types[types.Count - 1]))
        {
            return false;
        }

        types.RemoveAt(types.Count - 1);
        if (types.Count == inputs.Count + 1 && KnownSymbols.Is(types[types.Count - 1], "RunOptions", "AgentFlow"))
        {
            types.RemoveAt(types.Count - 1);
        }

        return types.SequenceEqual(inputs, SymbolEqualityComparer.Default);
    }

    public static EquatableArray<ContainingType> Hosts(INamedTypeSymbol agent)
    {
        var hosts = new Stack<ContainingType>();
        for (var host = agent.ContainingType; host is not null; host = host.ContainingType)
        {
            hosts.Push(new ContainingType($"partial {Keyword(host)} {Escape(host.Name)}{TypeParameters(host)}"));
        }

        return hosts.ToEquatableArray();
    }

    public static string MetadataName(INamedTypeSymbol agent)
    {
        var name = agent.MetadataName;
        for (var host = agent.ContainingType; host is not null; host = host.ContainingType)
        {
            name = host.MetadataName + "+" + name;
        }

        return agent.ContainingNamespace.IsGlobalNamespace ? name : agent.ContainingNamespace.ToDisplayString() + "." + name;
    }

    public static string? Namespace(INamedTypeSymbol agent) =>
        agent.ContainingNamespace.IsGlobalNamespace ? null : agent.ContainingNamespace.ToDisplayString();

    /// <summary>The narrowest of the agent and what encloses it: how far RunAsync can be seen.</summary>
    public static Visibility VisibilityOf(INamedTypeSymbol agent) => TypeRefs.VisibilityOf(agent);

    /// <summary>Whether a public member of the agent may not show the type.</summary>
    public static bool Outshines(INamedTypeSymbol agent, ITypeSymbol type)
    {
        var visibility = TypeRefs.VisibilityOf(type);
        return visibility < VisibilityOf(agent) || (visibility == Visibility.Private && IsInside(type, agent));
    }

    private static bool IsInside(ITypeSymbol type, INamedTypeSymbol agent)
    {
        for (var host = type.ContainingType; host is not null; host = host.ContainingType)
        {
            if (SymbolEqualityComparer.Default.Equals(host, agent))
            {
                return true;
            }
        }

        return type switch
        {
            IArrayTypeSymbol array => IsInside(array.ElementType, agent),
            INamedTypeSymbol named => named.TypeArguments.Any(argument => IsInside(argument, agent)),
            _ => false,
        };
    }

    private static bool IsPartial(INamedTypeSymbol type, CancellationToken ct) =>
        type.DeclaringSyntaxReferences.Any(reference => reference.GetSyntax(ct) is TypeDeclarationSyntax declaration && declaration.Modifiers.Any(SyntaxKind.PartialKeyword));

    private static string Keyword(INamedTypeSymbol type) => type switch
    {
        { IsRecord: true, IsValueType: true } => "record struct",
        { IsRecord: true } => "record",
        { TypeKind: TypeKind.Struct } => "struct",
        { TypeKind: TypeKind.Interface } => "interface",
        _ => "class",
    };

    public static string TypeParameters(INamedTypeSymbol type) =>
        type.Arity == 0 ? "" : "<" + string.Join(", ", type.TypeParameters.Select(static parameter => Variance(parameter) + Escape(parameter.Name))) + ">";

    private static string Variance(ITypeParameterSymbol parameter) => parameter.Variance switch
    {
        VarianceKind.In => "in ",
        VarianceKind.Out => "out ",
        _ => "",
    };

    private static string Escape(string name) =>
        SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None || SyntaxFacts.GetContextualKeywordKind(name) != SyntaxKind.None ? "@" + name : name;
}
