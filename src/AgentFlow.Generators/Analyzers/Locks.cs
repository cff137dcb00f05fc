using System.Linq;
using System.Runtime.CompilerServices;
using AgentFlow.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentFlow.Generators.Analyzers;

/// <summary>Tells what is done under a lock: it knows that others do the same at the same time, and shares on purpose.</summary>
internal static class Locks
{
    /// <summary>The blocks that were looked at, since all of their operations ask.</summary>
    private static readonly ConditionalWeakTable<IBlockOperation, StrongBox<bool>> s_blocks = new();

    public static bool Hold(IOperation operation) => operation.Ancestors()
        .Any(static ancestor => ancestor is ILockOperation { LockedValue: var gate } ? !IsMadeHere(gate) : IsScope(ancestor));

    /// <summary>Whether the object is made for this lock: nobody else waits for it.</summary>
    private static bool IsMadeHere(IOperation gate) =>
        StandsFor.Of(gate) is { Count: > 0 } values && values.All(static value => value is IObjectCreationOperation);

    /// <summary>Whether the reference is handed to <c>Interlocked</c> or <c>Volatile</c>.</summary>
    public static bool IsAtomic(IArgumentOperation argument) =>
        argument.Parent is IInvocationOperation { TargetMethod.ContainingType: { Name: "Interlocked" or "Volatile" } type }
        && KnownSymbols.Is(type, type.Name, "System", "Threading");

    /// <summary><c>using (_gate.EnterScope())</c>, and the block after <c>using var scope = _gate.EnterScope();</c>.</summary>
    private static bool IsScope(IOperation ancestor) => ancestor switch
    {
        IUsingOperation { Resources: var resources } => Enters(resources),
        IBlockOperation block => s_blocks.GetValue(block, static block => new(HasScope(block))).Value,
        _ => false,
    };

    private static bool HasScope(IBlockOperation block) =>
        block.Operations.OfType<IUsingDeclarationOperation>().Any(static declaration => Enters(declaration));

    private static bool Enters(IOperation resources) => resources.Descendants().Prepend(resources).Any(static o =>
        o is IInvocationOperation { TargetMethod: { Name: "EnterScope" } method }
        && KnownSymbols.Is(method.ContainingType, "Lock", "System", "Threading"));
}
