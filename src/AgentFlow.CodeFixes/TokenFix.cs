using System.Collections.Generic;
using System.Composition;
using System.Linq;
using System.Threading;
using AgentFlow.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace AgentFlow.CodeFixes;

/// <summary>AF0206: the action takes the token and hands it to every call that accepts one.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
internal sealed class TokenFix() : MendProvider(DiagnosticIds.TokenNotTaken)
{
    public override IEnumerable<Mend> Mends(Diagnostic diagnostic, SemanticModel model, CancellationToken ct)
    {
        // An override has the parameters of what it overrides.
        if (diagnostic.Location.Find<MethodDeclarationSyntax>(ct) is not { } action
            || model.GetDeclaredSymbol(action, ct) is not { IsOverride: false, IsVirtual: false, IsAbstract: false }
            || model.Compilation.GetTypeByMetadataName("System.Threading.CancellationToken") is not { } type)
        {
            yield break;
        }

        var calls = diagnostic.AdditionalLocations.Prepend(diagnostic.Location).Select(location => location.Find<InvocationExpressionSyntax>(ct)).OfType<InvocationExpressionSyntax>().ToList();
        yield return new Mend("Take a CancellationToken and pass it on", DiagnosticIds.TokenNotTaken, action.SyntaxTree, editor =>
        {
            var name = FreeName(action);
            foreach (var call in calls)
            {
                var argument = Argument(IdentifierName(name));
                if (TokenParameter(call, model, ct) is { } parameter)
                {
                    argument = argument.WithNameColon(NameColon(parameter));
                }

                editor.ReplaceNode(call, (current, _) => ((InvocationExpressionSyntax)current).AddArgumentListArguments(argument));
            }

            editor.ReplaceNode(action, (current, generator) => WithToken((MethodDeclarationSyntax)current, name, type, generator));
        });
    }

    /// <summary>The parameter's name, where other optional ones between were left out.</summary>
    private static string? TokenParameter(InvocationExpressionSyntax call, SemanticModel model, CancellationToken ct)
    {
        var parameters = (model.GetSymbolInfo(call, ct).Symbol as IMethodSymbol)?.Parameters ?? [];
        var token = parameters.FirstOrDefault(static parameter => parameter.Type is { Name: "CancellationToken", ContainingNamespace.Name: "Threading" });
        return token is not null && (token.Ordinal > call.ArgumentList.Arguments.Count || call.ArgumentList.Arguments.Any(static argument => argument.NameColon is not null)) ? token.Name : null;
    }

    private static string FreeName(MethodDeclarationSyntax action)
    {
        var taken = new HashSet<string>(action.DescendantTokens().Where(static token => token.IsKind(SyntaxKind.IdentifierToken)).Select(static token => token.ValueText));
        return taken.Contains("ct") ? taken.Contains("cancellationToken") ? "runToken" : "cancellationToken" : "ct";
    }

    private static MethodDeclarationSyntax WithToken(MethodDeclarationSyntax action, string name, ITypeSymbol type, SyntaxGenerator generator)
    {
        var parameters = action.ParameterList.Parameters;
        var token = Parameter(Identifier(name)).WithType((TypeSyntax)generator.TypeExpression(type, addImport: true).WithTrailingTrivia(Space));

        // What is optional comes last in C#, and params comes after that.
        if (parameters.Any(static parameter => parameter.Default is not null))
        {
            token = token.WithDefault(EqualsValueClause(LiteralExpression(SyntaxKind.DefaultLiteralExpression)));
        }

        var place = parameters.Count > 0 && parameters[parameters.Count - 1].Modifiers.Any(SyntaxKind.ParamsKeyword) ? parameters.Count - 1 : parameters.Count;
        return action.WithParameterList(action.ParameterList.WithParameters(parameters.Insert(place, token)));
    }
}
