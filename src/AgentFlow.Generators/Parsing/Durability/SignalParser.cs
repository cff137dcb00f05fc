using System.Collections.Generic;
using System.Linq;
using AgentFlow.Generators.Diagnostics;
using AgentFlow.Generators.Emission;
using AgentFlow.Generators.Model;
using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators.Parsing;

/// <summary>Reads signals: actions that the outside world completes.</summary>
internal static class SignalParser
{
    /// <summary>Policies that surround a body. A signal has none.</summary>
    private static readonly (string Attribute, string Name)[] OfBodies =
    [
        (KnownSymbols.Retry, "[Retry]"),
        (KnownSymbols.Timeout, "[Timeout]"),
        (KnownSymbols.Cache, "[Cache]"),
        (KnownSymbols.Delay, "[Delay]"),
        (KnownSymbols.ForEach, "[ForEach]"),
        (KnownSymbols.Requires, "[Requires]"),
        (KnownSymbols.Ensures, "[Ensures]"),
    ];

    public static SignalModel? Parse(ActionDraft action, AgentScope scope, PolicyParser policies)
    {
        if (!action.IsSignal)
        {
            return null;
        }

        var report = scope.Report;
        var method = action.Method;
        if (action.Attributes.Has(KnownSymbols.Action))
        {
            report.Report(Descriptors.OptionWithoutEffect, Place.Of(action.Attributes[KnownSymbols.Action]!), "[Action]", $"[Signal] makes '{method.Name}' an action; remove it");
        }

        foreach (var (attribute, name) in OfBodies)
        {
            if (action.Attributes[attribute] is { } written)
            {
                var remedy = attribute == KnownSymbols.Timeout ? "set Timeout of [Signal]" : "remove it, or put it on an action of its own";
                report.Report(Descriptors.OptionWithoutEffect, Place.Of(written), name, $"a signal has no body for it; {remedy}");
            }
        }

        if (Objection(action, scope) is { } objection)
        {
            report.Report(Descriptors.SignalShape, Place.Of(method), method.Name, objection);
        }

        var timeout = policies.SignalTimeout(action);
        if (timeout is null && !action.Action.IsWritten("Timeout"))
        {
            report.Report(Descriptors.SignalWithoutTimeout, Place.Of(method), method.Name);
        }

        if (timeout is null && action.Attributes[KnownSymbols.Fallback] is { } fallback)
        {
            report.Report(Descriptors.OptionWithoutEffect, Place.Of(fallback), "[Fallback]", "without a Timeout the signal cannot fail; set one");
        }

        var isOwn = SymbolEqualityComparer.Default.Equals(method.ContainingType, scope.Agent);
        return new SignalModel(timeout, isOwn && method.IsPartialDefinition ? Declaration(method, scope.Compilation) : null, HasExtension(scope.Agent, action.Output))
        {
            Externs = isOwn ? ExternAliases.Of(scope.Compilation, [method.ReturnType, .. method.Parameters.Select(static p => p.Type)]).ToEquatableArray() : [],
        };
    }

    /// <summary>The generated parts of an agent's own signals: they are needed even if the agent has errors.</summary>
    private static string? Objection(ActionDraft action, AgentScope scope)
    {
        var method = action.Method;
        if (!method.IsPartialDefinition || HasBody(method))
        {
            return "declare it as a partial method without a body; the outside world completes it";
        }

        if (action.Shape.Kind is ReturnKind.Void or ReturnKind.Value or ReturnKind.AsyncEnumerable)
        {
            return "it completes later, so return a Task, Task<T>, ValueTask or ValueTask<T>";
        }

        return scope.Agent.GetAttributes().First(static a => a.AttributeClass?.Name == KnownSymbols.Agent).Named("Durable", true)
            ? null
            : "the agent is not durable, and only a session can wait for it; remove Durable = false";
    }

    private static bool HasBody(IMethodSymbol method) => method.PartialImplementationPart is { } part && !KnownSymbols.IsGenerated(part);

    private static string Declaration(IMethodSymbol method, Compilation compilation)
    {
        var modifiers = new List<string> { Access(method.DeclaredAccessibility) };
        if (method.IsStatic)
        {
            modifiers.Add("static");
        }

        if (method.IsSealed)
        {
            modifiers.Add("sealed");
        }

        if (method.IsOverride)
        {
            modifiers.Add("override");
        }
        else if (method.IsVirtual)
        {
            modifiers.Add("virtual");
        }

        modifiers.Add("partial");
        var parameters = method.Parameters.Select(p => $"{TypeRefs.Declared(p.Type, compilation)} {Identifier.Escape(p.Name)}");
        return $"{string.Join(" ", modifiers)} {TypeRefs.Declared(method.ReturnType, compilation)} {Identifier.Escape(method.Name)}({string.Join(", ", parameters)})";
    }

    private static string Access(Accessibility accessibility) => accessibility switch
    {
        Accessibility.Public => "public",
        Accessibility.Internal => "internal",
        Accessibility.Protected => "protected",
        Accessibility.ProtectedOrInternal => "protected internal",
        Accessibility.ProtectedAndInternal => "private protected",
        _ => "private",
    };

    private static bool HasExtension(INamedTypeSymbol agent, ITypeSymbol? output)
    {
        for (var host = agent; host is not null; host = host.ContainingType)
        {
            if (host.Arity > 0)
            {
                return false;
            }
        }

        return TypeRefs.VisibilityOf(agent) > Visibility.Private && (output is null || TypeRefs.VisibilityOf(output) > Visibility.Private);
    }
}
