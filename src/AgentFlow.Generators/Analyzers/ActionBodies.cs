using System;
using System.Collections.Generic;
using System.Linq;
using AgentFlow.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace AgentFlow.Generators.Analyzers;

/// <summary>Hands the bodies of actions, lambdas and local functions in them included, to the rules about bodies; all other code costs one look at its attributes.</summary>
internal static class ActionBodies
{
    public static void Register(AnalysisContext context, Action<OperationBlockAnalysisContext, IMethodSymbol> analyze) =>
        context.RegisterOperationBlockAction(block =>
        {
            if (block.OwningSymbol is IMethodSymbol { MethodKind: MethodKind.Ordinary } method && IsAction(method))
            {
                analyze(block, method);
            }
        });

    public static bool IsAction(IMethodSymbol method) => AttributeSet.Of(method).Step is not null;

    /// <summary>Every operation of the action, in the order of the source. <c>nameof</c> evaluates nothing and is left out.</summary>
    public static IEnumerable<IOperation> Operations(this OperationBlockAnalysisContext context) =>
        // Attributes and defaults of parameters are blocks of their own.
        context.OperationBlocks
            .Where(static block => block.Kind == OperationKind.Block)
            .SelectMany(static block => block.Descendants())
            .Where(static operation => !operation.Ancestors().Any(static ancestor => ancestor.Kind == OperationKind.NameOf));

    public static IEnumerable<IOperation> Ancestors(this IOperation operation)
    {
        for (var parent = operation.Parent; parent is not null; parent = parent.Parent)
        {
            yield return parent;
        }
    }

    /// <summary>The name by which a member is used: <c>Wait</c> of <c>task.Wait()</c>.</summary>
    public static Location NameOf(SyntaxNode use) => (use switch
    {
        InvocationExpressionSyntax invocation => Name(invocation.Expression),
        ExpressionSyntax expression => Name(expression),
        _ => use,
    }).GetLocation();

    private static ExpressionSyntax Name(ExpressionSyntax expression) => expression switch
    {
        MemberAccessExpressionSyntax access => access.Name,
        MemberBindingExpressionSyntax binding => binding.Name,
        _ => expression,
    };
}
