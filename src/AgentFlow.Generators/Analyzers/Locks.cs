using System.Linq;
using AgentFlow.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentFlow.Generators.Analyzers;

/// <summary>Tells what is done under a lock: it knows that others do the same at the same time, and shares on purpose.</summary>
internal static class Locks
{
    public static bool Hold(IOperation operation) =>
        operation.Ancestors().Any(static ancestor => ancestor is ILockOperation || IsScope(ancestor));

    /// <summary><c>using (_gate.EnterScope())</c>, and the block after <c>using var scope = _gate.EnterScope();</c>.</summary>
    private static bool IsScope(IOperation ancestor) => ancestor switch
    {
        IUsingOperation { Resources: var resources } => Enters(resources),
        IBlockOperation block => block.Operations.OfType<IUsingDeclarationOperation>().Any(static declaration => Enters(declaration)),
        _ => false,
    };

    private static bool Enters(IOperation resources) => resources.Descendants().Prepend(resources).Any(static o =>
        o is IInvocationOperation { TargetMethod: { Name: "EnterScope" } method }
        && KnownSymbols.Is(method.ContainingType, "Lock", "System", "Threading"));
}
