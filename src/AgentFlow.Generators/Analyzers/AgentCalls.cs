using System.Linq;
using AgentFlow.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentFlow.Generators.Analyzers;

/// <summary>Calls that run an agent.</summary>
internal static class AgentCalls
{
    /// <summary>The agent that a call runs, by itself or as a child of an action; null if it runs none.</summary>
    public static ITypeSymbol? AgentOf(IInvocationOperation call) => call.TargetMethod switch
    {
        { Name: "RunAsync" or "StreamAsync", IsStatic: false } when IsAgent(call.TargetMethod.ContainingType) => call.TargetMethod.ContainingType,
        { Name: "RunAsync" or "StreamAsync", IsStatic: false, ContainingType: { Name: "IAgent" or "IDurableAgent", ContainingNamespace: { Name: "AgentFlow", ContainingNamespace.IsGlobalNamespace: true } } contract } =>
            contract.TypeArguments.IsEmpty ? contract : contract.TypeArguments[0],
        { Name: "TryRunAsync", ContainingNamespace: { Name: "AgentFlow", ContainingNamespace.IsGlobalNamespace: true } } method when method.TypeArguments.FirstOrDefault() is INamedTypeSymbol agent && IsAgent(agent) => agent,
        { Name: "RunChildAsync" } method when KnownSymbols.IsActionContext(method.ContainingType) && !method.TypeArguments.IsEmpty => method.TypeArguments[0],
        _ => null,
    };

    /// <summary>Whether a method makes of a task what is awaited in its place, or waits for it.</summary>
    public static bool IsOfTask(IInvocationOperation call) =>
        call is { TargetMethod: { IsStatic: false, Name: "ConfigureAwait" or "AsTask" or "Preserve" or "GetAwaiter" or "GetResult" } };

    private static bool IsAgent(INamedTypeSymbol type) => KnownSymbols.IsAgent(type);
}
