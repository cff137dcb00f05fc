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
            || (Kept(call) is { } forgotten && BodyOf(call) is { } within && BodyIndex.Of(within).Mentions[forgotten].All(IsTarget)))
        {
            context.ReportDiagnostic(Diagnostic.Create(Descriptors.RunNotAwaited, ActionBodies.NameOf(call.Syntax), agent.ToMinimalName()));
        }
        else if (Kept(call) is { } local && BodyOf(call) is { } body)
        {
            foreach (var (use, held) in Repeated(local, call, BodyIndex.Of(body)))
            {
                context.ReportDiagnostic(Diagnostic.Create(Descriptors.RunAwaitedTwice, use.Syntax.GetLocation(), held.Name));
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
    private static IEnumerable<(IOperation Use, ILocalSymbol Local)> Repeated(ILocalSymbol local, IInvocationOperation call, BodyIndex body)
    {
        // Whoever gives a variable another task, or hands it out by reference, keeps books of his own.
        var isDeclared = body.Initializers.TryGetValue(local, out var initial) && initial is not null;
        if (body.Mentions[local].Where(IsTarget).Skip(isDeclared ? 0 : 1).Any())
        {
            yield break;
        }

        var copies = Copies(local, body);
        var mentions = copies.Keys.SelectMany(holder => body.Mentions[holder])
            .OrderBy(static mention => mention.Syntax.SpanStart)
            .ToList();
        if (mentions.Exists(mention => IsTarget(mention) && !Is(mention.Local, local) && mention.Parent != copies[mention.Local])
            || mentions.Exists(static mention => mention.Parent is IArgumentOperation { Parameter.RefKind: not RefKind.None }))
        {
            yield break;
        }

        var uses = mentions.FindAll(Uses)
            .SelectMany(mention => CallsOf(mention, body).DefaultIfEmpty(mention).Select(use => (Use: use, mention.Local)))
            .OrderBy(static use => use.Use.Syntax.SpanStart)
            .ToList();
        foreach (var use in uses)
        {
            var around = new HashSet<IOperation>(use.Use.Ancestors());
            if (uses.TakeWhile(earlier => earlier != use).Any(earlier => LeadsTo(earlier.Use, use.Use, around))
                || IsRepeated(local, call, use.Use))
            {
                yield return use;
            }
        }
    }

    /// <summary>The calls of the local function that uses the task whenever it is called; none if it is used otherwise.</summary>
    private static IEnumerable<IOperation> CallsOf(IOperation use, BodyIndex body) =>
        use.Ancestors().FirstOrDefault(static ancestor => ancestor is IAnonymousFunctionOperation or ILocalFunctionOperation)
            is ILocalFunctionOperation { Body: { } entered, Symbol: var function } && Entry.IsCertain(use, entered)
                ? body.Calls[function]
                : [];

    /// <summary>The variable, and those that become copies of it, each with what makes it one.</summary>
    private static Dictionary<ILocalSymbol, IOperation?> Copies(ILocalSymbol local, BodyIndex body)
    {
        var copies = new Dictionary<ILocalSymbol, IOperation?>(SymbolEqualityComparer.Default) { [local] = null };
        foreach (var copy in body.Copies)
        {
            // An assignment makes a copy of what held nothing before.
            if (copies.ContainsKey(copy.Source)
                && (copy.By is not ISimpleAssignmentOperation
                    || (!copies.ContainsKey(copy.Target) && body.Initializers.TryGetValue(copy.Target, out var initial) && initial is null)))
            {
                copies[copy.Target] = copy.By;
            }
        }

        return copies;
    }

    private static bool Is(ILocalSymbol one, ILocalSymbol other) => SymbolEqualityComparer.Default.Equals(one, other);

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

    private static bool LeadsTo(IOperation earlier, IOperation later, HashSet<IOperation> around) =>
        earlier.Ancestors().FirstOrDefault(around.Contains) is { } common
        && (Entry.IsCertain(earlier, common) || (!Entry.IsInFunction(earlier, common) && Entry.IsCertain(later, common)));

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
