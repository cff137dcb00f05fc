using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentFlow.Generators.Analyzers;

/// <summary>What is looked up in a body for each call in it: found in one walk, whatever the number of calls.</summary>
internal sealed class BodyIndex
{
    private static readonly ConditionalWeakTable<IOperation, BodyIndex> s_indexes = new();

    private BodyIndex(IOperation body)
    {
        var all = body.Descendants().ToList();
        Mentions = all.OfType<ILocalReferenceOperation>()
            .ToLookup<ILocalReferenceOperation, ILocalSymbol>(static m => m.Local, SymbolEqualityComparer.Default);
        Calls = all.OfType<IInvocationOperation>()
            .ToLookup<IInvocationOperation, IMethodSymbol>(static c => c.TargetMethod, SymbolEqualityComparer.Default);
        foreach (var declarator in all.OfType<IVariableDeclaratorOperation>())
        {
            Initializers[declarator.Symbol] = declarator.GetVariableInitializer()?.Value;
        }

        Copies = [.. all.SelectMany(CopiesBy)];
    }

    /// <summary>Where each variable stands, in the order of the source.</summary>
    public ILookup<ILocalSymbol, ILocalReferenceOperation> Mentions { get; }

    /// <summary>The calls of each method.</summary>
    public ILookup<IMethodSymbol, IInvocationOperation> Calls { get; }

    /// <summary>The variables that are declared, each with what it is declared with; null for nothing.</summary>
    public Dictionary<ILocalSymbol, IOperation?> Initializers { get; } = new(SymbolEqualityComparer.Default);

    /// <summary>Where a variable is given what another holds, in the order of the source.</summary>
    public IReadOnlyList<Copy> Copies { get; }

    public static BodyIndex Of(IOperation body) => s_indexes.GetValue(body, static body => new(body));

    private static IEnumerable<Copy> CopiesBy(IOperation operation)
    {
        switch (operation)
        {
            case IVariableDeclaratorOperation declarator when declarator.GetVariableInitializer()?.Value is ILocalReferenceOperation copied:
                yield return new(declarator.Symbol, copied.Local, declarator);
                break;
            case ISimpleAssignmentOperation { Target: ILocalReferenceOperation target, Value: ILocalReferenceOperation copied } assignment
                when assignment.Parent is IExpressionStatementOperation:
                yield return new(target.Local, copied.Local, assignment);
                break;
            case IDeconstructionAssignmentOperation deconstruction:
                foreach (var target in deconstruction.Target.Descendants().OfType<ILocalReferenceOperation>())
                {
                    if (StandsFor.Part(deconstruction, target.Local) is ILocalReferenceOperation copied)
                    {
                        yield return new(target.Local, copied.Local, deconstruction);
                    }
                }

                break;
            default:
                break;
        }
    }

    /// <summary>A variable is given what another holds.</summary>
    /// <param name="Target">The variable.</param>
    /// <param name="Source">The other.</param>
    /// <param name="By">The declarator, the assignment or the deconstruction.</param>
    internal readonly record struct Copy(ILocalSymbol Target, ILocalSymbol Source, IOperation By);
}
