using System.Collections.Immutable;
using System.Linq;
using AgentFlow.Generators.Diagnostics;
using AgentFlow.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace AgentFlow.Generators.Analyzers;

/// <summary>
/// AF0206: a run that is cancelled waits for its actions, so an action should hand the token on to what it calls.
/// An action that has a token and does not pass it on is the business of CA2016.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TokenAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Descriptors.TokenNotTaken];

    /// <inheritdoc />
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        ActionBodies.Register(context, static (context, action) =>
        {
            if (HasToken(action))
            {
                return;
            }

            // What is missing is one parameter, however many calls could use it.
            var calls = context.Operations().OfType<IInvocationOperation>().Where(static call => WouldTakeToken(call) && !IsInTokenScope(call)).ToList();
            if (calls.Count > 0)
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    Descriptors.TokenNotTaken,
                    ActionBodies.NameOf(calls[0].Syntax),
                    calls.Skip(1).Select(static call => ActionBodies.NameOf(call.Syntax)),
                    calls[0].TargetMethod.Name,
                    action.Name));
            }
        });
    }

    private static bool HasToken(IMethodSymbol method) =>
        method.Parameters.Any(static parameter => KnownSymbols.IsCancellationToken(parameter.Type));

    private static bool WouldTakeToken(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        if (BlockingCallAnalyzer.IsWait(method) || method.MethodKind != MethodKind.Ordinary)
        {
            return false;
        }

        foreach (var argument in call.Arguments)
        {
            if (argument.Parameter is { } parameter && KnownSymbols.IsCancellationToken(parameter.Type))
            {
                return argument.ArgumentKind == ArgumentKind.DefaultValue;
            }
        }

        return method.ContainingType.GetMembers(method.Name).OfType<IMethodSymbol>().Any(other => IsWithToken(other, method));
    }

    /// <summary>Whether the one method is the other with a token at its end.</summary>
    private static bool IsWithToken(IMethodSymbol other, IMethodSymbol method)
    {
        var definition = method.OriginalDefinition;
        other = other.OriginalDefinition;
        if (other.IsStatic != method.IsStatic
            || other.Arity != method.Arity
            || other.DeclaredAccessibility != method.DeclaredAccessibility
            || other.Parameters.Length != definition.Parameters.Length + 1
            || !KnownSymbols.IsCancellationToken(other.Parameters[other.Parameters.Length - 1].Type))
        {
            return false;
        }

        for (var i = 0; i < definition.Parameters.Length; i++)
        {
            // Type parameters of the two methods are different symbols of the same name.
            if (definition.Parameters[i].RefKind != other.Parameters[i].RefKind || definition.Parameters[i].Type.ToDisplayString() != other.Parameters[i].Type.ToDisplayString())
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A lambda or a local function may have a token of its own.</summary>
    private static bool IsInTokenScope(IOperation call) => call.Ancestors().Any(static ancestor => ancestor switch
    {
        IAnonymousFunctionOperation lambda => HasToken(lambda.Symbol),
        ILocalFunctionOperation function => HasToken(function.Symbol),
        _ => false,
    });
}
