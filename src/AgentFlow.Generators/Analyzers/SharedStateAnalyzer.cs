using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using AgentFlow.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
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
    /// What a body writes that all runs share: members themselves, and collections that members hold. A lock makes the latter safe to share; the former
    /// is a value that travels beside the graph, locked or not.
    /// </summary>
    internal static IEnumerable<SharedWrite> WrittenBy(OperationBlockAnalysisContext context, INamedTypeSymbol agent)
    {
        foreach (var operation in context.Operations())
        {
            foreach (var target in Written(operation))
            {
                if (SharedMember(target, agent) is { } member)
                {
                    yield return new(target.Syntax.GetLocation(), member.Name, IsOfContent: false);
                }
            }

            foreach (var target in CollectionWrites.Of(operation))
            {
                if (SharedMember(target, agent) is { } member && !Locks.Hold(operation))
                {
                    yield return new(target.Syntax.GetLocation(), member.Name, IsOfContent: true);
                }
            }
        }
    }

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
                case IMemberReferenceOperation { Instance: IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance } } member:
                    return member.Member;
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
}
