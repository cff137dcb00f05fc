using System;
using System.Collections.Immutable;
using System.Linq;
using AgentFlow.Generators.Diagnostics;
using AgentFlow.Generators.Emission;
using AgentFlow.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentFlow.Generators.Analyzers;

/// <summary>AF0218, AF0219: generation changes the meaning of no name. Where a name of the contract would, that is an error; all others are reserved.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class GeneratedNamesAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Descriptors.NameTakenOver, Descriptors.ReservedName];

    /// <inheritdoc />
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterSyntaxNodeAction(AnalyzeName, SyntaxKind.IdentifierName);
        context.RegisterSymbolAction(AnalyzeDeclaration, SymbolKind.Namespace, SymbolKind.NamedType, SymbolKind.Method, SymbolKind.Property, SymbolKind.Field, SymbolKind.Event);
    }

    private static void AnalyzeDeclaration(SymbolAnalysisContext context)
    {
        if (context.Symbol.Name.StartsWith(ReservedNames.Prefix, StringComparison.Ordinal)
            && !KnownSymbols.IsGenerated(context.Symbol)
            && context.Symbol.Locations.FirstOrDefault(static location => location.IsInSource) is { } location)
        {
            context.ReportDiagnostic(Diagnostic.Create(Descriptors.ReservedName, location, context.Symbol.Name));
        }
    }

    private static void AnalyzeName(SyntaxNodeAnalysisContext context)
    {
        var name = (IdentifierNameSyntax)context.Node;
        if (!MayBeGenerated(name.Identifier.ValueText) || !IsLookedUp(name))
        {
            return;
        }

        var model = context.SemanticModel;
        var found = model.GetSymbolInfo(name, context.CancellationToken);
        if ((found.Symbol ?? found.CandidateSymbols.FirstOrDefault()) is not { ContainingType: { } owner } symbol || !KnownSymbols.IsGenerated(symbol))
        {
            return;
        }

        // The outermost class around the name that has the member: whatever lies further out was meant, if anything.
        var around = name.Ancestors().OfType<TypeDeclarationSyntax>()
            .FirstOrDefault(type => model.GetDeclaredSymbol(type, context.CancellationToken) is { } declared && IsOrDerives(declared, owner));
        if (around is null)
        {
            return;
        }

        var isCall = name.Parent is InvocationExpressionSyntax;
        var parameter = around.ParameterList?.Parameters.FirstOrDefault(parameter => parameter.Identifier.ValueText == symbol.Name);
        var meant = parameter is not null
            ? model.GetDeclaredSymbol(parameter, context.CancellationToken)
            : model.LookupSymbols(around.Keyword.SpanStart, name: symbol.Name).FirstOrDefault(other => !KnownSymbols.IsGenerated(other) && (!isCall || other is not INamespaceOrTypeSymbol));
        if (meant is not null)
        {
            context.ReportDiagnostic(Diagnostic.Create(Descriptors.NameTakenOver, name.GetLocation(), symbol.Name, owner.Name, meant.ToDisplayString()));
        }
    }

    private static bool MayBeGenerated(string name) =>
        name is "Graph" or "RunAsync" or "StreamAsync" or "Signals" or "Shape" or "Rent" or "Tools"
        || name.EndsWith("Tool", StringComparison.Ordinal)
        || name.StartsWith(ReservedNames.Prefix, StringComparison.Ordinal);

    /// <summary>Whether the scope says what the name means, and not what stands before it.</summary>
    private static bool IsLookedUp(IdentifierNameSyntax name) => name.Parent switch
    {
        MemberAccessExpressionSyntax access => access.Name != name,
        QualifiedNameSyntax qualified => qualified.Right != name,
        AliasQualifiedNameSyntax or MemberBindingExpressionSyntax or NameColonSyntax or NameEqualsSyntax => false,
        _ => true,
    };

    private static bool IsOrDerives(INamedTypeSymbol type, INamedTypeSymbol from)
    {
        for (INamedTypeSymbol? level = type; level is not null; level = level.BaseType)
        {
            if (SymbolEqualityComparer.Default.Equals(level.OriginalDefinition, from.OriginalDefinition))
            {
                return true;
            }
        }

        return false;
    }
}
