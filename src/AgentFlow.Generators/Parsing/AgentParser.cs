using System.Collections.Generic;
using System.Linq;
using System.Threading;
using AgentFlow.Generators.Diagnostics;
using AgentFlow.Generators.Graph;
using AgentFlow.Generators.Model;
using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators.Parsing;

/// <summary>
/// Symbols to model. The generator and the analyzers parse alike, so that what one rejects the other reports;
/// only the analyzers pass a sink.
/// </summary>
internal static class AgentParser
{
    /// <returns>The model; null if no partial declaration of the agent can be written at all.</returns>
    public static AgentModel? Parse(INamedTypeSymbol agent, Compilation compilation, IDiagnosticSink? sink, CancellationToken ct) => Parse(agent, compilation, sink, out _, ct);

    /// <inheritdoc cref="Parse(INamedTypeSymbol, Compilation, IDiagnosticSink?, CancellationToken)" />
    /// <param name="agent">The agent.</param>
    /// <param name="compilation">What it is part of.</param>
    /// <param name="sink">Takes what is wrong.</param>
    /// <param name="signature">What it takes and gives; null if that cannot be told.</param>
    /// <param name="ct">Ends the parsing.</param>
    public static AgentModel? Parse(INamedTypeSymbol agent, Compilation compilation, IDiagnosticSink? sink, out AgentSignature? signature, CancellationToken ct)
    {
        signature = null;
        var attributes = AttributeSet.Of(agent);
        var report = new Reporter(sink, agent, compilation, ct);
        if (attributes[KnownSymbols.Agent] is not { } attribute || !AgentShape.IsPossible(agent, report))
        {
            return null;
        }

        var canBeContinued = AgentShape.CanBeContinued(agent, report, ct);

        // Signatures and names first: what a parameter binds to depends on all of them.
        var actions = ActionCollector.Collect(agent, compilation, report);
        var generated = AgentShape.GeneratedFor(actions.Any(static action => action.IsSignal));
        var taken = AgentShape.CheckMembers(agent, generated, report).ToList();
        var scope = new AgentScope(agent, compilation, actions, report, ct);
        var signatures = new SignatureRules(report, compilation);
        var named = new NamedMethods(scope, signatures);
        CheckActions(scope, signatures);
        foreach (var action in actions)
        {
            named.Resolve(action);
        }

        var untils = UntilMethods.Find(scope, signatures);
        var inputs = new InputTable(actions.SelectMany(static action => action.Methods.Select(static method => method.Method)).Concat(untils), compilation, report);

        var binder = new Binder(scope, inputs);
        CheckName(report, attribute);
        EnumRules.Check(agent, report);
        var policies = new PolicyParser(report, compilation);
        var parser = new ActionParser(scope, binder, policies);
        var models = actions.Select(parser.Parse).ToEquatableArray();
        var until = untils.Count > 0 ? binder.Bind(untils[0], EdgeRole.Method, owner: null) : null;

        var model = new AgentModel
        {
            Namespace = AgentShape.Namespace(agent),
            ContainingTypes = AgentShape.Hosts(agent),
            Name = agent.Name,
            TypeParameters = AgentShape.TypeParameters(agent),
            Keyword = agent.IsRecord ? "record" : "class",
            QualifiedName = TypeRefs.Name(agent),
            MetadataName = AgentShape.MetadataName(agent),
            Id = attribute.Named<string?>("Name", null) ?? agent.Name,
            Visibility = AgentShape.VisibilityOf(agent),
            HidesBaseAgent = ActionCollector.Lineage(agent).Any(type => !SymbolEqualityComparer.Default.Equals(type, agent) && KnownSymbols.IsAgent(type)),
            MaxParallel = attribute.Named("MaxParallel", 0),
            MaxIterations = attribute.Named("MaxIterations", 0),
            ReturnLastOnLimit = attribute.EnumName("OnLimit", "Throw") == "ReturnLast",
            ContinueOnFailure = attribute.EnumName("OnFailure", "FailFast") == "Continue",
            Waves = attribute.EnumName("Scheduling", "Dataflow") == "Waves",
            Timeout = policies.Timeout(attributes),
            Budget = policies.Budget(attributes),
            Inputs = inputs.Models,
            Actions = models,
            Result = -1,
            Until = until,
            IsDurable = attribute.Named("Durable", true),
            IsObsolete = IsObsolete(agent),
            UsesObsolete = actions.SelectMany(static action => action.Methods).Any(static method => method.Method.IsObsoleteError()) || untils.Any(static until => until.IsObsoleteError()),
            HasErrors = false,
        };

        if (!model.HidesBaseAgent
            && AgentShape.CheckInheritedMembers(agent, [.. inputs.Parameters.Select(static parameter => parameter.Type)], generated, compilation, report) is { } inherited
            && inherited is not ("RunAsync" or "StreamAsync"))
        {
            taken.Add(inherited);
        }

        TerminationRules.Check(scope, model, attribute, untils, policies);
        model = model with { Result = new GraphRules(scope, model, untils).Check() };
        CheckAccess(scope, inputs, model.Result);
        signature = new([.. inputs.Parameters], model.Result < 0 ? null : actions[model.Result].Output, model.Result >= 0 && model.Actions[model.Result].IsSensitive);
        if (!report.HasErrors)
        {
            model = model with { Durable = DurabilityParser.Parse(scope, inputs, attribute) };
        }

        InterfaceNames.Check(agent, model, taken, report);
        return canBeContinued ? model with { HasErrors = report.HasErrors, Taken = taken.Distinct().ToEquatableArray() } : null;
    }

    private static bool IsObsolete(INamedTypeSymbol agent)
    {
        for (var level = agent; level is not null; level = level.ContainingType)
        {
            if (level.GetAttributes().Any(static attribute => attribute.AttributeClass?.Name == "ObsoleteAttribute"))
            {
                return true;
            }
        }

        return false;
    }

    private static void CheckActions(AgentScope scope, SignatureRules signatures)
    {
        if (scope.Actions.Count == 0 && scope.Report.IsGraphKnown)
        {
            scope.Report.Report(Descriptors.NoActions, Place.Of(scope.Agent), scope.Agent.Name);
        }

        var ids = new HashSet<string>(System.StringComparer.OrdinalIgnoreCase);
        var names = new HashSet<string>(System.StringComparer.Ordinal);
        foreach (var action in scope.Actions)
        {
            signatures.Check(action.Method);
            CheckName(scope.Report, action.Action);
            var id = ActionParser.IdOf(action);
            var isNewId = ids.Add(id);
            if (!names.Add(action.Name))
            {
                scope.Report.Report(Descriptors.DuplicateAction, Place.Of(action.Method), action.Name);
            }
            else if (!isNewId)
            {
                scope.Report.Report(Descriptors.DuplicateAction, action.Action.IsWritten("Name") ? Place.Of(action.Action, "Name") : Place.Of(action.Method), id);
            }
        }
    }

    /// <summary>A name that is written is one: sessions and logs go by it.</summary>
    private static void CheckName(Reporter report, AttributeData attribute)
    {
        if (attribute.IsWritten("Name") && string.IsNullOrWhiteSpace(attribute.Named<string?>("Name", null)))
        {
            report.Report(Descriptors.OptionOutOfRange, Place.Of(attribute, "Name"), "Name", "write a name that is not blank, or leave it out");
        }
    }

    private static void CheckAccess(AgentScope scope, InputTable inputs, int result)
    {
        foreach (var parameter in inputs.Parameters)
        {
            if (AgentShape.Outshines(scope.Agent, parameter.Type))
            {
                scope.Report.Report(Descriptors.InaccessibleType, Place.Of(parameter), parameter.Type, scope.Agent.Name, "takes it");
            }
        }

        if (result >= 0 && scope.Actions[result].Output is { } output && AgentShape.Outshines(scope.Agent, output))
        {
            scope.Report.Report(Descriptors.InaccessibleType, Place.Of(scope.Actions[result].Method), output, scope.Agent.Name, "returns it");
        }
    }
}
