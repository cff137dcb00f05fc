using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using AgentFlow.Generators.Diagnostics;
using AgentFlow.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace AgentFlow.Generators.Analyzers;

/// <summary>
/// AF0222 and AF0223: a run is awaited once. One that nobody awaits fails unseen, and one that is awaited twice may be another's by then,
/// since runs are pooled.
/// Follows the structure of the source: in doubt a second await is not one.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AwaitAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Descriptors.RunNotAwaited, Descriptors.RunAwaitedTwice];

    /// <inheritdoc />
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterOperationAction(static context => CheckCall(context, (IInvocationOperation)context.Operation), OperationKind.Invocation);
    }

    private static void CheckCall(OperationAnalysisContext context, IInvocationOperation call)
    {
        if (AgentCalls.AgentOf(call) is not { } agent)
        {
            return;
        }

        IOperation outer = call;
        while (outer.Parent is IInvocationOperation next && next.Instance == outer && AgentCalls.IsOfTask(next) && next.TargetMethod.Name != "GetResult")
        {
            outer = next;
        }

        // desk?.RunAsync(…): what is dropped is the whole of it.
        while (outer.Parent is IConditionalAccessOperation access && access.WhenNotNull == outer)
        {
            outer = access;
        }

        if (outer.Parent is IExpressionStatementOperation
            || (Kept(call) is { } forgotten && BodyOf(call) is { } within && Mentions(forgotten, within).All(IsTarget)))
        {
            context.ReportDiagnostic(Diagnostic.Create(Descriptors.RunNotAwaited, ActionBodies.NameOf(call.Syntax), agent.ToMinimalName()));
        }
        else if (Kept(call) is { } local && BodyOf(call) is { } body)
        {
            foreach (var again in Repeated(local, call, body))
            {
                context.ReportDiagnostic(Diagnostic.Create(Descriptors.RunAwaitedTwice, again.Syntax.GetLocation(), again.Local.Name));
            }
        }
    }

    /// <summary>The local variable that holds the task as it is: it was declared with it, or assigned to it, if only on a condition.</summary>
    private static ILocalSymbol? Kept(IInvocationOperation call)
    {
        IOperation value = call;
        while (value.Parent is IConditionalOperation { Type: not null } or ISwitchExpressionArmOperation or ISwitchExpressionOperation
            or IConversionOperation { Conversion.IsIdentity: true })
        {
            value = value.Parent;
        }

        // Of several runs that the variable may hold the first speaks for all.
        var isFirst = value.Descendants().OfType<IInvocationOperation>().FirstOrDefault(static other => AgentCalls.AgentOf(other) is not null)
            is not { } first || first == call;
        var local = value.Parent switch
        {
            IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var declared } } => declared,
            ISimpleAssignmentOperation { Target: ILocalReferenceOperation target, Parent: IExpressionStatementOperation } assignment
                when assignment.Value == value => target.Local,
            _ => null,
        };
        return isFirst && KnownSymbols.IsValueTask(call.Type!) && local is not null && KnownSymbols.IsValueTask(local.Type) ? local : null;
    }

    private static IOperation? BodyOf(IOperation operation) => operation.Ancestors().LastOrDefault(static ancestor => ancestor is IBlockOperation);

    /// <summary>The uses of a task that an earlier one leads to for certain.</summary>
    private static IEnumerable<ILocalReferenceOperation> Repeated(ILocalSymbol local, IInvocationOperation call, IOperation body)
    {
        var holders = Holders(local, body);
        var mentions = holders.SelectMany(holder => Mentions(holder, body)).OrderBy(static mention => mention.Syntax.SpanStart).ToList();

        // Whoever gives a variable another task, or hands it out by reference, keeps books of his own.
        var assigned = mentions.FindAll(IsTarget);
        var isDeclared = body.Descendants().OfType<IVariableDeclaratorOperation>()
            .Any(declarator => Is(declarator.Symbol, local) && declarator.GetVariableInitializer() is not null);
        if (assigned.Count > (isDeclared ? 0 : 1)
            || assigned.Exists(mention => !Is(mention.Local, local))
            || mentions.Exists(static mention => mention.Parent is IArgumentOperation { Parameter.RefKind: not RefKind.None }))
        {
            yield break;
        }

        var uses = mentions.FindAll(Uses);
        foreach (var use in uses)
        {
            if (uses.TakeWhile(earlier => earlier != use).Any(earlier => LeadsTo(earlier, use)) || IsRepeated(local, call, use))
            {
                yield return use;
            }
        }
    }

    /// <summary>The variable, and those that begin as copies of it.</summary>
    private static List<ILocalSymbol> Holders(ILocalSymbol local, IOperation body)
    {
        var holders = new List<ILocalSymbol> { local };
        foreach (var declarator in body.Descendants().OfType<IVariableDeclaratorOperation>())
        {
            if (declarator.GetVariableInitializer()?.Value is ILocalReferenceOperation copied
                && holders.Exists(holder => Is(holder, copied.Local)))
            {
                holders.Add(declarator.Symbol);
            }
        }

        return holders;
    }

    private static bool Is(ILocalSymbol one, ILocalSymbol other) => SymbolEqualityComparer.Default.Equals(one, other);

    private static IEnumerable<ILocalReferenceOperation> Mentions(ILocalSymbol local, IOperation body) =>
        body.Descendants().OfType<ILocalReferenceOperation>().Where(mention => Is(mention.Local, local));

    private static bool IsTarget(ILocalReferenceOperation mention) =>
        mention.Parent is IAssignmentOperation assignment && assignment.Target == mention;

    /// <summary>Whether the task is awaited here, waited for, or made one that is.</summary>
    private static bool Uses(ILocalReferenceOperation mention) => mention.Parent switch
    {
        IAwaitOperation => true,
        IInvocationOperation call => call.Instance == mention && AgentCalls.IsOfTask(call),
        IPropertyReferenceOperation { Property.Name: "Result" } => true,
        _ => false,
    };

    private static bool LeadsTo(IOperation earlier, IOperation later)
    {
        var around = new HashSet<IOperation>(later.Ancestors());
        return earlier.Ancestors().FirstOrDefault(around.Contains) is { } common
            && (Entry.IsCertain(earlier, common) || (IsOfTheSameBody(earlier, common) && Entry.IsCertain(later, common)));
    }

    /// <summary>Whether no lambda and no local function, which may never be called, stands between the two.</summary>
    private static bool IsOfTheSameBody(IOperation operation, IOperation common) =>
        operation.Ancestors().TakeWhile(ancestor => ancestor != common).All(static ancestor => ancestor is not (IAnonymousFunctionOperation or ILocalFunctionOperation));

    /// <summary>Whether a loop that began after the run did, and that nothing leaves early, comes by again.</summary>
    private static bool IsRepeated(ILocalSymbol local, IInvocationOperation call, IOperation use)
    {
        foreach (var ancestor in use.Ancestors())
        {
            if (ancestor is IBlockOperation block && block.Locals.Contains(local, SymbolEqualityComparer.Default)
                || ancestor is IAnonymousFunctionOperation or ILocalFunctionOperation
                || ancestor is ILoopOperation && call.Ancestors().Contains(ancestor))
            {
                return false;
            }

            if (ancestor is ILoopOperation loop)
            {
                return use.Ancestors().TakeWhile(inner => inner != loop.Body).All(static inner => inner is not (IConditionalOperation or ISwitchOperation or ITryOperation))
                    && !loop.Body.Descendants().Any(static inner => inner is IReturnOperation or IBranchOperation or IThrowOperation);
            }
        }

        return false;
    }
}
