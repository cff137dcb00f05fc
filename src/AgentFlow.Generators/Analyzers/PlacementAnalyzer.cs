using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using AgentFlow.Generators.Diagnostics;
using AgentFlow.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace AgentFlow.Generators.Analyzers;

/// <summary>Finds the language's attributes where nothing reads them: no attribute is ever inert.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class PlacementAnalyzer : DiagnosticAnalyzer
{
    // Attributes of the language that say something about an action, and nothing about any other method.
    private static readonly ImmutableHashSet<string> OfActions = ImmutableHashSet.Create(
        KnownSymbols.Result, KnownSymbols.DependsOn, KnownSymbols.When, KnownSymbols.ForEach, KnownSymbols.Retry, KnownSymbols.Timeout,
        KnownSymbols.Fallback, KnownSymbols.Compensate, KnownSymbols.Requires, KnownSymbols.Ensures, KnownSymbols.Cache, KnownSymbols.Delay,
        KnownSymbols.Optional);

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Descriptors.InertAttribute, Descriptors.NotInAgent];

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterSymbolAction(Analyze, SymbolKind.NamedType);
        context.RegisterOperationAction(AnalyzeFunction, OperationKind.LocalFunction, OperationKind.AnonymousFunction);
    }

    /// <summary>An agent is made of the methods of its class: nothing looks at functions within them.</summary>
    private static void AnalyzeFunction(OperationAnalysisContext context)
    {
        var function = context.Operation is ILocalFunctionOperation local
            ? local.Symbol
            : ((IAnonymousFunctionOperation)context.Operation).Symbol;
        foreach (var attribute in function.GetAttributes()
            .Concat(function.GetReturnTypeAttributes())
            .Concat(function.Parameters.SelectMany(static parameter => parameter.GetAttributes()))
            .Where(KnownSymbols.IsAgentFlow))
        {
            context.ReportDiagnostic(Diagnostic.Create(
                Descriptors.InertAttribute,
                Place.Of(attribute).Locate(context.CancellationToken) ?? context.Operation.Syntax.GetLocation(),
                Short(attribute),
                "an agent knows the methods of its class, no function within one; make it a method, or remove the attribute"));
        }
    }

    private static void Analyze(SymbolAnalysisContext context)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        var isAgent = KnownSymbols.IsAgent(type);
        if (!isAgent)
        {
            CheckClass(context, type);
        }

        CheckMarks(context, type, isAgent);
        CheckTool(context, type, isAgent);
        HashSet<string>? named = null;
        foreach (var method in type.GetMembers().OfType<IMethodSymbol>())
        {
            if (!HasAny(method))
            {
                continue;
            }

            var attributes = AttributeSet.Of(method);
            if (attributes.Step is not null || attributes[KnownSymbols.Until] is not null)
            {
                CheckStep(context, method, attributes, isAgent);
                continue;
            }

            CheckPolicies(context, method, attributes);
            if (MayBeNamedElsewhere(type, method))
            {
                continue;
            }

            named ??= NamedMethods(type, context);
            if (!named.Contains(method.Name))
            {
                CheckParameters(context, method);
            }
        }
    }

    /// <summary>What only agents have.</summary>
    private static void CheckClass(SymbolAnalysisContext context, INamedTypeSymbol type)
    {
        foreach (var attribute in type.GetAttributes())
        {
            if (KnownSymbols.IsAgentFlow(attribute) && attribute.AttributeClass!.Name is KnownSymbols.Timeout or KnownSymbols.Budget)
            {
                Inert(context, attribute, $"'{type.Name}' is no agent; mark it with [Agent], or remove the attribute");
            }
        }
    }

    /// <summary>A class as a whole is a tool only as an agent.</summary>
    private static void CheckTool(SymbolAnalysisContext context, INamedTypeSymbol type, bool isAgent)
    {
        if (!isAgent && KnownSymbols.ToolMark(type) is { } mark)
        {
            Inert(context, mark, $"'{type.Name}' is no agent; mark its methods, or make it one with [Agent]");
        }
    }

    /// <summary>What is sensitive is a value: an agent is none, and nobody passes on what a static property holds.</summary>
    private static void CheckMarks(SymbolAnalysisContext context, INamedTypeSymbol type, bool isAgent)
    {
        if (isAgent && SensitiveTypes.Mark(type.GetAttributes()) is { } onAgent)
        {
            Inert(context, onAgent, "an agent is not passed on; mark inputs, return values or the types of values");
        }

        foreach (var member in type.GetMembers())
        {
            switch (member)
            {
                case IPropertySymbol property when (isAgent || property.IsStatic) && SensitiveTypes.Mark(property.GetAttributes()) is { } mark:
                    Inert(context, mark, $"'{property.Name}' is no part of a value that is passed on; remove it");
                    break;
                case IMethodSymbol method:
                    CheckMarks(context, type, method, isAgent);
                    break;
            }
        }
    }

    private static void CheckMarks(SymbolAnalysisContext context, INamedTypeSymbol type, IMethodSymbol method, bool isAgent)
    {
        if (KnownSymbols.ToolMark(method) is not null && AttributeSet.Of(method).Step is null)
        {
            // AF0609 says that nothing sensitive may pass through a tool.
            return;
        }

        var isStep = AttributeSet.Of(method).Step is not null;
        if (!isAgent && !MayBeBase(type) && method.GetAttributes().FirstOrDefault(static a => KnownSymbols.IsAgentFlow(a) && a.AttributeClass!.Name == KnownSymbols.Upcast) is { } upcast)
        {
            Inert(context, upcast, $"'{type.Name}' is no agent and records nothing; move '{method.Name}' to the agent");
        }

        if (!isStep && !IsVirtual(method) && SensitiveTypes.Mark(method.GetReturnTypeAttributes()) is { } onReturn)
        {
            Inert(context, onReturn, $"'{method.Name}' is no action; mark the action's return value, or the type");
        }

        if (method.MethodKind == MethodKind.Constructor && type.IsRecord && !isAgent)
        {
            return;
        }

        foreach (var parameter in method.Parameters)
        {
            if (SensitiveTypes.Mark(parameter.GetAttributes()) is { } mark && !parameter.GetAttributes().Any(static a => KnownSymbols.IsAgentFlow(a) && a.AttributeClass!.Name == KnownSymbols.Input))
            {
                Inert(context, mark, $"'{parameter.Name}' is no input; mark the input, the return value of the action that makes it, or the type");
            }
        }
    }

    private static void CheckStep(SymbolAnalysisContext context, IMethodSymbol method, AttributeSet attributes, bool isAgent)
    {
        var step = (attributes.Step ?? attributes[KnownSymbols.Until])!;
        if (!isAgent && !MayBeBase(method.ContainingType) && IsOn(step, method))
        {
            context.ReportDiagnostic(Diagnostic.Create(
                Descriptors.NotInAgent, Locate(context, step), method.Name, Short(step), method.ContainingType.Name));
            return;
        }

        if (method.MethodKind is not (MethodKind.Ordinary or MethodKind.ExplicitInterfaceImplementation))
        {
            Inert(context, step, "only ordinary methods can be called by an agent; move it to one");
            return;
        }

        if (attributes.Step is null)
        {
            CheckPolicies(context, method, attributes);
        }
        else if (attributes[KnownSymbols.Until] is { } until)
        {
            Inert(context, until, $"'{method.Name}' is an action; move the condition to a method of its own");
        }
    }

    private static void CheckPolicies(SymbolAnalysisContext context, IMethodSymbol method, AttributeSet attributes)
    {
        foreach (var attribute in attributes.Attributes)
        {
            if (OfActions.Contains(attribute.AttributeClass!.Name) && IsOn(attribute, method) && !IsVirtual(method))
            {
                Inert(context, attribute, $"'{method.Name}' is no action; mark it with [Action], or remove the attribute");
            }
        }
    }

    private static void CheckParameters(SymbolAnalysisContext context, IMethodSymbol method)
    {
        foreach (var parameter in method.Parameters)
        {
            foreach (var attribute in parameter.GetAttributes())
            {
                if (KnownSymbols.IsAgentFlow(attribute) && KnownSymbols.IsBinding(attribute) && !(attribute.AttributeClass!.Name == KnownSymbols.Service && KnownSymbols.ToolMark(method) is not null))
                {
                    Inert(context, attribute, $"no agent binds the parameters of '{method.Name}'; mark it with [Action], name it in an attribute of one, or remove the attribute");
                }
            }
        }
    }

    /// <summary>A class that an agent may derive from lends it its steps and predicates.</summary>
    private static bool MayBeBase(INamedTypeSymbol type) => type is { TypeKind: TypeKind.Class, IsSealed: false, IsStatic: false };

    /// <summary>A predicate, fallback or compensation may be named by a derived agent; a private one cannot.</summary>
    private static bool MayBeNamedElsewhere(INamedTypeSymbol type, IMethodSymbol method) =>
        MayBeBase(type) && method.DeclaredAccessibility != Accessibility.Private;

    /// <summary>An override that makes it an action may be elsewhere.</summary>
    private static bool IsVirtual(IMethodSymbol method) => method.IsVirtual || method.IsAbstract;

    private static HashSet<string> NamedMethods(INamedTypeSymbol type, SymbolAnalysisContext context)
    {
        var named = new HashSet<string>();
        foreach (var level in ActionCollector.Lineage(type))
        {
            foreach (var method in level.GetMembers().OfType<IMethodSymbol>())
            {
                context.CancellationToken.ThrowIfCancellationRequested();
                foreach (var attribute in method.GetAttributes().Where(KnownSymbols.IsAgentFlow))
                {
                    named.UnionWith(attribute.Names().OfType<string>());
                    if (attribute.Named<string?>("Until", null) is { } until)
                    {
                        named.Add(until);
                    }
                }
            }
        }

        return named;
    }

    private static bool HasAny(IMethodSymbol method) =>
        method.GetAttributes().Any(KnownSymbols.IsAgentFlow)
        || method.Parameters.Any(static parameter => parameter.GetAttributes().Any(KnownSymbols.IsAgentFlow));

    private static bool IsOn(AttributeData attribute, ISymbol symbol) => symbol.GetAttributes().Contains(attribute);

    private static void Inert(SymbolAnalysisContext context, AttributeData attribute, string reason) =>
        context.ReportDiagnostic(Diagnostic.Create(Descriptors.InertAttribute, Locate(context, attribute), Short(attribute), reason));

    private static Location Locate(SymbolAnalysisContext context, AttributeData attribute) =>
        Place.Of(attribute).Locate(context.CancellationToken) ?? context.Symbol.Locations[0];

    private static string Short(AttributeData attribute) => attribute.AttributeClass!.Name.Replace("Attribute", "");
}
