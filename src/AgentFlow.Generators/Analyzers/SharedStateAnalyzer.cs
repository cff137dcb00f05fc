using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using AgentFlow.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace AgentFlow.Generators.Analyzers;

/// <summary>
/// AF0204: one instance of an agent runs many times at once, so nothing that its runs call may write what they share: neither an action, nor a
/// method that an action or the agent names, such as a fallback or a compensation, nor a method of the agent that one of them calls.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class SharedStateAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Descriptors.ActionMutatesAgent];

    /// <inheritdoc />
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterSymbolStartAction(
            static context =>
            {
                var type = (INamedTypeSymbol)context.Symbol;
                if (RunMethods.Of(type) is { IsEmpty: false } roots)
                {
                    var methods = new RunMethods(type, roots);
                    context.RegisterOperationBlockAction(methods.Add);
                    context.RegisterSymbolEndAction(end => methods.Report(end, Descriptors.ActionMutatesAgent));
                }
            },
            SymbolKind.NamedType);
    }

    /// <summary>
    /// What operations write that all runs share: members themselves, and the collections in them. A lock makes a collection safe to share; a
    /// member that is assigned carries a value past the graph, locked or not. Static members belong to the process and may be assigned, but
    /// the collections in them are no safer.
    /// </summary>
    internal static IEnumerable<SharedWrite> WrittenBy(IEnumerable<IOperation> operations, INamedTypeSymbol agent)
    {
        foreach (var operation in operations)
        {
            foreach (var target in Written(operation))
            {
                if (SharedMember(target, agent) is { IsStatic: false } member)
                {
                    yield return new(target.Syntax.GetLocation(), member.Name, IsOfContent: false);
                }
            }

            foreach (var target in CollectionWrites.Of(operation))
            {
                if (HeldBy(target, agent) is { } member && !Locks.Hold(operation))
                {
                    yield return new(target.Syntax.GetLocation(), member.Name, IsOfContent: true);
                }
            }
        }
    }

    /// <summary>The member of the agent that holds what an expression gives; null if it was given it to share.</summary>
    internal static ISymbol? HeldBy(IOperation expression, INamedTypeSymbol agent) =>
        SharedMember(expression, agent) is { } member and not IParameterSymbol && !CollectionWrites.IsMeantToBeShared(member) ? member : null;

    /// <summary>What an operation writes, or lets others write.</summary>
    private static IEnumerable<IOperation> Written(IOperation operation) => operation switch
    {
        IAssignmentOperation { IsImplicit: false } assignment => Parts(assignment.Target),
        IIncrementOrDecrementOperation increment => [increment.Target],
        IEventAssignmentOperation subscription => [subscription.EventReference],
        IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out } argument => [argument.Value],
        IVariableDeclaratorOperation { Symbol.RefKind: RefKind.Ref } alias when alias.GetVariableInitializer() is { } initializer => [initializer.Value],
        _ => [],
    };

    private static IEnumerable<IOperation> Parts(IOperation target) =>
        target is ITupleOperation tuple ? tuple.Elements.SelectMany(Parts) : [target];

    /// <summary>The member of the agent's own instance that the target lies in; a struct's parts lie where the struct does.</summary>
    private static ISymbol? SharedMember(IOperation target, INamedTypeSymbol agent)
    {
        while (true)
        {
            switch (target)
            {
                // A parameter of the primary constructor that is used in a method is a field in all but name.
                case IParameterReferenceOperation { Parameter.ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.Constructor } } captured:
                    return SymbolEqualityComparer.Default.Equals(captured.Parameter.ContainingType, agent) ? captured.Parameter : null;
                case IMemberReferenceOperation { Member: { IsStatic: true } shared }:
                    return SymbolEqualityComparer.Default.Equals(shared.ContainingType, agent) ? shared : null;
                case IMemberReferenceOperation { Instance: { } instance, Member: var member } when IsSelf(instance, agent):
                    return IsMadeAnew(member) ? null : Given(member) ?? member;
                case IInvocationOperation { Instance: { } instance, TargetMethod: var method } when IsSelf(instance, agent):
                    return Given(method);
                case IFieldReferenceOperation { Instance: { Type.IsValueType: true } within }:
                    target = within;
                    break;
                case IPropertyReferenceOperation { Instance: { Type.IsValueType: true } within }:
                    target = within;
                    break;
                case IInlineArrayAccessOperation element:
                    target = element.Instance;
                    break;
                default:
                    return null;
            }
        }
    }

    /// <summary>Whether it is the agent itself, if by another name, or an agent that a method of it is given.</summary>
    private static bool IsSelf(IOperation instance, INamedTypeSymbol agent) => StandsFor.Of(instance).Any(self => self switch
    {
        IInstanceReferenceOperation { ReferenceKind: var kind } => kind == InstanceReferenceKind.ContainingTypeInstance,
        IParameterReferenceOperation { Type: { } type } => SymbolEqualityComparer.Default.Equals(type, agent),
        _ => false,
    });

    /// <summary>The member that a method or a property does nothing but return; null if it does more.</summary>
    private static ISymbol? Given(ISymbol member) =>
        Returned(member)
            .Select(static body => body is RefExpressionSyntax reference ? reference.Expression : body)
            .Select(static body => body is MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } access ? access.Name : body)
            .OfType<IdentifierNameSyntax>()
            .Select(name => member.ContainingType.GetMembers(name.Identifier.ValueText).FirstOrDefault(static named => named is IFieldSymbol or IPropertySymbol))
            .FirstOrDefault(static given => given is not null);

    /// <summary>Whether a property makes what it returns each time.</summary>
    private static bool IsMadeAnew(ISymbol member) =>
        Returned(member).Any(static body => body is BaseObjectCreationExpressionSyntax or ArrayCreationExpressionSyntax
            or ImplicitArrayCreationExpressionSyntax or CollectionExpressionSyntax);

    /// <summary>The expression that a method or a property does nothing but return.</summary>
    private static IEnumerable<ExpressionSyntax> Returned(ISymbol member) =>
        member.DeclaringSyntaxReferences
            .Select(static reference => reference.GetSyntax() switch
            {
                PropertyDeclarationSyntax { ExpressionBody.Expression: var expression } => expression,
                PropertyDeclarationSyntax { AccessorList.Accessors: { Count: 1 } get } => get[0].ExpressionBody?.Expression ?? Returned(get[0].Body),
                MethodDeclarationSyntax method => method.ExpressionBody?.Expression ?? Returned(method.Body),
                _ => null,
            })
            .OfType<ExpressionSyntax>();

    private static ExpressionSyntax? Returned(BlockSyntax? body) =>
        body?.Statements is { Count: 1 } statements && statements[0] is ReturnStatementSyntax { Expression: var value } ? value : null;
}
