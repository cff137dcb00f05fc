using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using AgentFlow.Generators.Diagnostics;
using AgentFlow.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentFlow.Generators.Analyzers;

/// <summary>Reads each agent as the generator does, and says what is wrong with it.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AgentAnalyzer : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    [
        Descriptors.UnknownName,
        Descriptors.MissingDependency,
        Descriptors.AmbiguousDependency,
        Descriptors.SourceDoesNotConvert,
        Descriptors.InputTypeConflict,
        Descriptors.Cycle,
        Descriptors.SelfDependency,
        Descriptors.DuplicateAction,
        Descriptors.NoSingleResult,
        Descriptors.UnusedAction,
        Descriptors.FireAndForgetConsumed,
        Descriptors.ResultMayBeSkipped,
        Descriptors.RedundantOrder,
        Descriptors.ForEachMismatch,
        Descriptors.AgentNotPartial,
        Descriptors.HostNotPartial,
        Descriptors.AgentShape,
        Descriptors.AsyncVoid,
        Descriptors.ByReferenceParameter,
        Descriptors.GenericAction,
        Descriptors.NotCallable,
        Descriptors.StackOnlyType,
        Descriptors.InaccessibleType,
        Descriptors.MemberClash,
        Descriptors.InaccessibleAction,
        Descriptors.InertAttribute,
        Descriptors.NoActions,
        Descriptors.ExternAlias,
        Descriptors.KeyedServicesUnknown,
        Descriptors.MalformedDuration,
        Descriptors.RetryAttempts,
        Descriptors.FallbackDoesNotFit,
        Descriptors.CompensationDoesNotFit,
        Descriptors.PredicateDoesNotFit,
        Descriptors.TimeoutNotObserved,
        Descriptors.RetryAtMostOnce,
        Descriptors.EffectNotCompensated,
        Descriptors.CacheKeyWithoutEquality,
        Descriptors.OptionWithoutEffect,
        Descriptors.OptionOutOfRange,
        Descriptors.NothingToCommitWith,
        Descriptors.NotRecordable,
        Descriptors.SensitiveShown,
        Descriptors.SignalShape,
        Descriptors.SignalWithoutTimeout,
        Descriptors.UpcastDoesNotFit,
        Descriptors.LoopWithoutBound,
        Descriptors.PreviousWithoutLoop,
        Descriptors.ConstantUntil,
        Descriptors.BudgetBelowMaximum,
        Descriptors.SeveralUntils,
    ];

    public override void Initialize(AnalysisContext context)
    {
        // Agents in generated files are analyzed too: with errors, nothing is generated for them, and they would fail at run time.
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.Analyze | GeneratedCodeAnalysisFlags.ReportDiagnostics);
        context.EnableConcurrentExecution();
        context.RegisterSymbolAction(Analyze, SymbolKind.NamedType);
    }

    private static void Analyze(SymbolAnalysisContext context)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (KnownSymbols.IsAgent(type))
        {
            var sink = new Sink(context.ReportDiagnostic);
            var model = AgentParser.Parse(type, context.Compilation, sink, context.CancellationToken);
            if (model is { HasErrors: false } && (model.Inputs.Any(static input => input.IsSensitive) || model.Actions.Any(static action => action.IsSensitive)))
            {
                new SensitiveFlows(type, model, context.Compilation).Check(sink.Report, context.CancellationToken);
            }
        }
    }

    /// <summary>Says everything once: a predicate that several actions name is bound for each of them, and may fail each time alike.</summary>
    private sealed class Sink(Action<Diagnostic> report) : IDiagnosticSink
    {
        private readonly HashSet<(string Id, Location Location)> _said = [];

        public void Report(Diagnostic diagnostic)
        {
            if (_said.Add((diagnostic.Id, diagnostic.Location)))
            {
                report(diagnostic);
            }
        }
    }
}
