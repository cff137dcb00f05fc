using System.Collections.Immutable;
using System.Linq;
using AgentFlow.Generators.Diagnostics;
using AgentFlow.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace AgentFlow.Generators.Analyzers;

/// <summary>AF0205: an action that blocks holds a thread of the pool that other actions need.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class BlockingCallAnalyzer : DiagnosticAnalyzer
{
    private const string AwaitIt = "await the task instead";

    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Descriptors.BlockingCall];

    /// <inheritdoc />
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        ActionBodies.Register(context, static (context, _) =>
        {
            foreach (var operation in context.Operations())
            {
                if (Judge(operation) is { } mend)
                {
                    var name = operation is IInvocationOperation { TargetMethod.Name: var called } ? called : nameof(System.Threading.Tasks.Task<int>.Result);
                    context.ReportDiagnostic(Diagnostic.Create(Descriptors.BlockingCall, ActionBodies.NameOf(operation.Syntax), name, mend));
                }
            }
        });
    }

    /// <summary>Whether the call waits for a task on its thread.</summary>
    public static bool IsWait(IMethodSymbol method) => KnownSymbols.IsTask(method.ContainingType) && method.Name is "Wait" or "WaitAll" or "WaitAny";

    /// <summary>What to do instead; null if the operation does not block.</summary>
    private static string? Judge(IOperation operation)
    {
        switch (operation)
        {
            case IPropertyReferenceOperation { Property: { Name: "Result", ContainingType: var type }, Instance: { } task }:
                return (KnownSymbols.IsTask(type) || KnownSymbols.IsValueTask(type)) && !CompletedTasks.IsKnown(task, operation) ? AwaitIt : null;
            case IInvocationOperation { TargetMethod: { IsStatic: false } method, Instance: { } receiver } when IsWait(method):
                return CompletedTasks.IsKnown(receiver, operation) ? null : AwaitIt;
            case IInvocationOperation { TargetMethod: { IsStatic: true } method } when IsWait(method):
                return method.Name == "WaitAll" ? "await Task.WhenAll instead" : "await Task.WhenAny instead";
            case IInvocationOperation { TargetMethod: { Name: "GetResult", ContainingType: var awaiter }, Instance: { } waiting }
                when IsTaskAwaiter(awaiter) && Awaited(waiting) is { } awaited:
                return CompletedTasks.IsKnown(Unconfigured(awaited), operation)
                    || (waiting is ILocalReferenceOperation kept && CompletedTasks.IsKnown(kept, operation))
                        ? null
                        : AwaitIt;
            case IInvocationOperation { TargetMethod: { Name: "Sleep", ContainingType: var thread } } when KnownSymbols.Is(thread, "Thread", "System", "Threading"):
                return "await Task.Delay instead";
            default:
                return null;
        }
    }

    private static bool IsTaskAwaiter(INamedTypeSymbol type) =>
        type.Name is "TaskAwaiter" or "ValueTaskAwaiter" or "ConfiguredTaskAwaiter" or "ConfiguredValueTaskAwaiter"
        && type.ContainingNamespace.ToDisplayString() == "System.Runtime.CompilerServices";

    /// <summary>The task that an awaiter is of, kept in a variable or not; null if that is not seen.</summary>
    private static IOperation? Awaited(IOperation awaiter) =>
        StandsFor.Of(awaiter) is { Count: 1 } values
            && values.First() is IInvocationOperation { TargetMethod.Name: "GetAwaiter", Instance: { } awaited }
            && !awaiter.Ancestors().OfType<IAnonymousFunctionOperation>().Any(IsContinuation)
                ? awaited
                : null;

    /// <summary>Whether an awaiter calls it once there is a result.</summary>
    private static bool IsContinuation(IAnonymousFunctionOperation lambda) =>
        lambda.Ancestors().OfType<IInvocationOperation>().FirstOrDefault() is { TargetMethod.Name: "OnCompleted" or "UnsafeOnCompleted" };

    private static IOperation Unconfigured(IOperation awaited) =>
        awaited is IInvocationOperation { TargetMethod.Name: "ConfigureAwait", Instance: { } task } ? task : awaited;
}
