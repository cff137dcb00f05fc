using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using AgentFlow.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace AgentFlow.Generators.Analyzers;

/// <summary>AF0204: one instance of an agent runs many times at once, so no action may write what the runs share.</summary>
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
        ActionBodies.Register(context, static (context, action) =>
        {
            foreach (var target in context.Operations().SelectMany(static operation => Written(operation).Concat(CollectionWrites.Of(operation))))
            {
                if (SharedMember(target, action) is { } member)
                {
                    context.ReportDiagnostic(Diagnostic.Create(Descriptors.ActionMutatesAgent, target.Syntax.GetLocation(), action.Name, member.Name));
                }
            }
        });
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
    private static ISymbol? SharedMember(IOperation target, IMethodSymbol action)
    {
        while (true)
        {
            switch (target)
            {
                // A parameter of the primary constructor that is used in a method is a field in all but name.
                case IParameterReferenceOperation { Parameter.ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.Constructor } } captured:
                    return SymbolEqualityComparer.Default.Equals(captured.Parameter.ContainingType, action.ContainingType) ? captured.Parameter : null;
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
