using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentFlow.Generators.Analyzers;

/// <summary>
/// Whether a task has completed where it is used: a check of <c>IsCompleted…</c> leads there, or it was awaited before.
/// Follows the structure of the source, not the flow of control: what it cannot tell counts as not completed.
/// </summary>
internal static class CompletedTasks
{
    public static bool IsKnown(IOperation task, IOperation use)
    {
        if (IsFirst(task) || (CollectionOf(task, use) is { } all && IsKnown(all.Tasks, all.Use)))
        {
            return true;
        }

        if (SymbolOf(task) is not { } symbol)
        {
            return false;
        }

        var below = use;
        foreach (var ancestor in use.Ancestors())
        {
            if (Guards(ancestor, below, symbol))
            {
                return true;
            }

            below = ancestor;
        }

        return false;
    }

    /// <summary>Whether it is what <c>await Task.WhenAny(…)</c> or <c>Task.WhenEach(…)</c> gives: a task that has completed.</summary>
    private static bool IsFirst(IOperation task) =>
        StandsFor.Of(task) is { Count: > 0 } values && values.All(static value =>
            value is IAwaitOperation { Operation: var awaited }
                ? Unconfigured(awaited) is IInvocationOperation { TargetMethod.Name: "WhenAny" }
                : Unconfigured(value) is IInvocationOperation { TargetMethod.Name: "WhenEach" });

    /// <summary>Whether a task is compared with what <c>await Task.WhenAny(…)</c> gave.</summary>
    private static bool IsWinner(IBinaryOperation comparison, ISymbol task) =>
        (IsSame(comparison.LeftOperand, task) && IsFirst(comparison.RightOperand))
        || (IsSame(comparison.RightOperand, task) && IsFirst(comparison.LeftOperand));

    private static IOperation Unconfigured(IOperation awaited)
    {
        while (awaited is IInvocationOperation { TargetMethod.Name: "ConfigureAwait" or "WithCancellation" } configured
            && (configured.Instance ?? configured.Arguments.FirstOrDefault()?.Value) is { } inner)
        {
            awaited = inner;
        }

        return awaited;
    }

    /// <summary>
    /// The tasks that a task is one of, and where they are used: <c>tasks</c> for <c>tasks[0]</c>, for <c>task</c> of
    /// <c>foreach (var task in tasks)</c>, for <c>pair.Value</c> of <c>foreach (var pair in tasks)</c> and for <c>task</c> of
    /// <c>tasks.Select(task => …)</c>.
    /// </summary>
    private static (IOperation Tasks, IOperation Use)? CollectionOf(IOperation task, IOperation use)
    {
        switch (task)
        {
            case IArrayElementReferenceOperation { ArrayReference: var array }:
                return (array, use);
            case IPropertyReferenceOperation { Property.IsIndexer: true, Instance: { } list }:
                return (list, use);
            case IPropertyReferenceOperation { Property: { Name: "Value", ContainingType.Name: "KeyValuePair" }, Instance: { } pair }:
                return CollectionOf(pair, use);
            case ILocalReferenceOperation { Local: var local }
                when use.Ancestors().OfType<IForEachLoopOperation>().FirstOrDefault(loop => IsIn(loop.Locals, local)) is { } loop:
                return (Receiver(loop.Collection), loop);
            case IParameterReferenceOperation { Parameter: var parameter }
                when use.Ancestors().OfType<IAnonymousFunctionOperation>().FirstOrDefault(f => IsIn(f.Symbol.Parameters, parameter)) is { } lambda
                    && lambda.Ancestors().OfType<IInvocationOperation>().FirstOrDefault() is { } call
                    && Receiver(call) is var tasks && tasks != call:
                return (tasks, call);
            default:
                return null;
        }
    }

    private static bool IsIn<T>(ImmutableArray<T> symbols, T symbol)
        where T : ISymbol => symbols.Any(one => SymbolEqualityComparer.Default.Equals(one, symbol));

    /// <summary>What a chain of calls begins with: <c>tasks</c> of <c>tasks.Where(…).Select(…)</c>.</summary>
    private static IOperation Receiver(IOperation call)
    {
        while (true)
        {
            switch (call)
            {
                case IConversionOperation conversion:
                    call = conversion.Operand;
                    break;
                case IPropertyReferenceOperation { Property.Name: "Values", Instance: { } dictionary }:
                    call = dictionary;
                    break;
                case IInvocationOperation { TargetMethod: { IsExtensionMethod: true }, Arguments: { IsEmpty: false } arguments }:
                    call = arguments[0].Value;
                    break;
                case IInvocationOperation { Instance: { } instance }:
                    call = instance;
                    break;
                default:
                    return call;
            }
        }
    }

    private static ISymbol? SymbolOf(IOperation? task) => task switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        IFieldReferenceOperation field => field.Field,
        IConversionOperation { IsImplicit: true } conversion => SymbolOf(conversion.Operand),
        _ => null,
    };

    private static bool Guards(IOperation ancestor, IOperation below, ISymbol task) => ancestor switch
    {
        IConditionalOperation branch => (below == branch.WhenTrue && Says(branch.Condition, true, task)) || (below == branch.WhenFalse && Says(branch.Condition, false, task)),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd } and => below == and.RightOperand && Says(and.LeftOperand, true, task),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalOr } or => below == or.RightOperand && Says(or.LeftOperand, false, task),
        IBlockOperation block => CompletesIn(block.Operations.TakeWhile(statement => statement != below), task),
        IAnonymousFunctionOperation lambda => IsContinuation(lambda, task),
        _ => false,
    };

    /// <summary>Whether the condition, if it has this value, means that the task has completed.</summary>
    private static bool Says(IOperation condition, bool value, ISymbol task) => condition switch
    {
        IPropertyReferenceOperation { Property.Name: "IsCompleted" or "IsCompletedSuccessfully" or "IsFaulted" or "IsCanceled" } check =>
            value && IsSame(check.Instance, task),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals } same => value && (IsWinner(same, task) || IsEnd(same, task)),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.NotEquals } other => !value && (IsWinner(other, task) || IsEnd(other, task)),
        IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } not => Says(not.Operand, !value, task),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd } and => value && (Says(and.LeftOperand, true, task) || Says(and.RightOperand, true, task)),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalOr } or => !value && (Says(or.LeftOperand, false, task) || Says(or.RightOperand, false, task)),
        IIsPatternOperation { Pattern: IConstantPatternOperation { Value: var status }, Value: var read } =>
            value && IsStatus(read, task) && IsEnd(status),
        IIsPatternOperation { Pattern: IRecursivePatternOperation pattern } match => value && IsSame(match.Value, task) && pattern.PropertySubpatterns.Any(IsCompletion),
        _ => false,
    };

    /// <summary>Whether the status of a task is compared with one that it ends with.</summary>
    private static bool IsEnd(IBinaryOperation comparison, ISymbol task) =>
        (IsStatus(comparison.LeftOperand, task) && IsEnd(comparison.RightOperand))
        || (IsStatus(comparison.RightOperand, task) && IsEnd(comparison.LeftOperand));

    private static bool IsStatus(IOperation operation, ISymbol task) =>
        operation is IPropertyReferenceOperation { Property.Name: "Status", Instance: var of } && IsSame(of, task);

    private static bool IsEnd(IOperation status) =>
        status.ConstantValue is { HasValue: true, Value: int and >= (int)TaskStatus.RanToCompletion and <= (int)TaskStatus.Faulted };

    private static bool IsCompletion(IPropertySubpatternOperation subpattern) =>
        subpattern is { Member: IPropertyReferenceOperation { Property.Name: "IsCompleted" or "IsCompletedSuccessfully" }, Pattern: IConstantPatternOperation { Value.ConstantValue: { HasValue: true, Value: true } } };

    /// <summary>Whether the task has completed wherever control passes all statements. Assigning its variable makes it another task.</summary>
    private static bool CompletesIn(IEnumerable<IOperation> statements, ISymbol task)
    {
        var isDone = false;
        foreach (var statement in statements)
        {
            isDone = Completes(statement, task)
                || (isDone && !statement.Descendants().OfType<ISimpleAssignmentOperation>().Any(given => IsSame(given.Target, task)));
        }

        return isDone;
    }

    /// <summary>Whether control goes on after a statement only if the task has completed.</summary>
    private static bool Completes(IOperation? statement, ISymbol task) => statement switch
    {
        IBlockOperation block => CompletesIn(block.Operations, task),
        IConditionalOperation branch =>
            IsDoneOrLeft(branch, branch.WhenTrue, true, task) && IsDoneOrLeft(branch, branch.WhenFalse, false, task),
        IUsingOperation { Body: var body } => Completes(body, task),
        ITryOperation attempt =>
            Completes(attempt.Finally, task) || (Completes(attempt.Body, task) && attempt.Catches.All(static failed => Ends(failed.Handler))),
        IWhileLoopOperation { Condition: { } condition, ConditionIsUntil: var isUntil } loop =>
            Says(condition, isUntil, task)
            && !loop.Body.Descendants().OfType<IBranchOperation>().Any(static branch => branch.BranchKind != BranchKind.Continue),
        { } other => Awaits(other, task),
        null => false,
    };

    /// <summary>Whether a way through a branch has a task that has completed, or does not go on.</summary>
    private static bool IsDoneOrLeft(IConditionalOperation branch, IOperation? way, bool value, ISymbol task) =>
        Says(branch.Condition, value, task) || (way is not null && (Ends(way) || Completes(way, task)));

    private static bool Ends(IOperation statement) => statement switch
    {
        IBlockOperation block => block.Operations.LastOrDefault() is { } last && Ends(last),
        IReturnOperation { Kind: OperationKind.Return or OperationKind.YieldBreak } or IBranchOperation => true,
        IExpressionStatementOperation { Operation: IThrowOperation } or IThrowOperation => true,
        _ => false,
    };

    /// <summary><c>await task</c>, or <c>await Task.WhenAll(…, task, …)</c>, at the level of the statement itself.</summary>
    private static bool Awaits(IOperation statement, ISymbol task) =>
        statement is IExpressionStatementOperation or IVariableDeclarationGroupOperation
        && statement.Descendants().OfType<IAwaitOperation>().Where(wait => !IsLater(wait, statement)).Any(wait =>
            IsSame(wait.Operation, task)
            || (wait.Operation is IInvocationOperation { TargetMethod.Name: "WhenAll" or "WaitAsync" or "ConfigureAwait" } all && all.Descendants().Any(part => IsSame(part, task))));

    /// <summary>Whether it belongs to a lambda, which runs whenever somebody calls it.</summary>
    private static bool IsLater(IOperation operation, IOperation statement) =>
        operation.Ancestors().TakeWhile(ancestor => ancestor != statement).Any(static ancestor => ancestor is IAnonymousFunctionOperation);

    private static bool IsContinuation(IAnonymousFunctionOperation lambda, ISymbol task) =>
        task is IParameterSymbol parameter
        && lambda.Symbol.Parameters.Contains(parameter, SymbolEqualityComparer.Default)
        && lambda.Ancestors().OfType<IInvocationOperation>().FirstOrDefault() is { TargetMethod.Name: "ContinueWith" };

    private static bool IsSame(IOperation? operation, ISymbol task) => SymbolEqualityComparer.Default.Equals(SymbolOf(operation), task);
}
