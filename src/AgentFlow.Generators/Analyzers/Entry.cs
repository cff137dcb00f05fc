using System;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentFlow.Generators.Analyzers;

/// <summary>Whether a call is made whenever its method is entered. In doubt it is not.</summary>
internal static class Entry
{
    /// <summary>What leaves each body, in the order of the source, since every call in it asks.</summary>
    private static readonly ConditionalWeakTable<IOperation, StrongBox<ImmutableArray<IOperation>>> s_exits = new();

    public static bool IsCertain(IOperation call, IOperation body)
    {
        var below = call;
        foreach (var ancestor in call.Ancestors())
        {
            if (MayPass(ancestor, below))
            {
                return false;
            }

            if (ancestor == body)
            {
                break;
            }

            below = ancestor;
        }

        return !s_exits.GetValue(body, static body => new(ExitsOf(body))).Value!
            .TakeWhile(exit => exit.Syntax.SpanStart < call.Syntax.SpanStart)
            .Any(exit => !call.Ancestors().Contains(exit));
    }

    private static ImmutableArray<IOperation> ExitsOf(IOperation body) =>
    [
        .. body.Descendants()
            .Where(operation => IsExit(operation) && !IsInFunction(operation, body))
            .OrderBy(static exit => exit.Syntax.SpanStart),
    ];

    /// <summary>Whether a lambda or a local function of the body stands between the two: what leaves it leaves nothing else.</summary>
    public static bool IsInFunction(IOperation operation, IOperation body) =>
        operation.Ancestors()
            .TakeWhile(ancestor => ancestor != body)
            .Any(static ancestor => ancestor is IAnonymousFunctionOperation or ILocalFunctionOperation);

    /// <summary>Whether the ancestor may be executed without what is below it.</summary>
    private static bool MayPass(IOperation ancestor, IOperation below) => ancestor switch
    {
        IConditionalOperation branch => below != branch.Condition,
        ISwitchOperation @switch => below != @switch.Value,
        ISwitchExpressionOperation @switch => below != @switch.Value,
        IForEachLoopOperation loop => below != loop.Collection,
        IForLoopOperation loop => !loop.Before.Contains(below),
        IWhileLoopOperation { ConditionIsTop: false } => false,
        IWhileLoopOperation loop => below != loop.Condition,
        ICatchClauseOperation => true,
        ICoalesceOperation coalesce => below != coalesce.Value,
        ICoalesceAssignmentOperation assignment => below == assignment.Value,
        IConditionalAccessOperation access => below != access.Operation,
        IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.ConditionalOr } binary => below == binary.RightOperand,

        // Nobody knows here when, if ever, they are called.
        IAnonymousFunctionOperation or ILocalFunctionOperation => true,
        _ => false,
    };

    private static bool IsExit(IOperation operation) => operation switch
    {
        IReturnOperation { Kind: OperationKind.Return or OperationKind.YieldBreak, IsImplicit: false } => true,
        IThrowOperation or IBranchOperation => true,
        IInvocationOperation call => call.TargetMethod.Name.StartsWith("ThrowIf", StringComparison.Ordinal),
        _ => false,
    };
}
