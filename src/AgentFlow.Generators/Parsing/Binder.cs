using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using AgentFlow.Generators.Diagnostics;
using AgentFlow.Generators.Graph;
using AgentFlow.Generators.Model;
using Microsoft.CodeAnalysis;
using Fit = AgentFlow.Generators.Parsing.Conversions.Fit;

namespace AgentFlow.Generators.Parsing;

/// <summary>Finds what supplies each parameter: what its attribute says; else the action of its name; else the only action that makes its type.</summary>
internal sealed class Binder(AgentScope scope, InputTable inputs)
{
    private readonly Producers _producers = new(scope.Actions.Where(static action => !action.IsFireAndForget), scope.Compilation);

    /// <summary>Binds a method's parameters.</summary>
    /// <param name="method">The method.</param>
    /// <param name="role">What it is to its owner.</param>
    /// <param name="owner">The action that it serves; null for the agent's <c>[Until]</c>.</param>
    public MethodModel Bind(IMethodSymbol method, EdgeRole role, ActionDraft? owner)
    {
        scope.Token.ThrowIfCancellationRequested();
        var shape = ReturnShape.Of(method);
        return new MethodModel
        {
            Name = method.Name,
            IsStatic = method.IsStatic,
            IsOverloaded = scope.IsOverloaded(method),
            Returns = shape.Kind,
            Value = shape.Value is { } value ? TypeRefs.Of(value) : null,
            Parameters = method.Parameters.Select(parameter => Bind(parameter, role, owner)).ToEquatableArray(),
        };
    }

    private ParameterModel Bind(IParameterSymbol parameter, EdgeRole role, ActionDraft? owner)
    {
        var type = TypeRefs.Of(parameter.Type);
        var @default = Literals.Default(parameter);
        var unbound = new ParameterModel
        {
            Name = parameter.Name,
            Type = type,
            Source = ParameterSource.Unbound,
            Default = @default,
            Required = !type.IsNullable && @default is null,
        };

        var attributes = AttributeSet.Of(parameter);
        var bindings = attributes.Attributes.Where(KnownSymbols.IsBinding).ToList();
        if (bindings.Count > 1 || parameter.RefKind != RefKind.None || SignatureRules.IsUnusable(scope.Compilation, parameter.Type))
        {
            // The attribute rules and the signature rules have said why; two sources at once are the only case left.
            if (bindings.Count > 1)
            {
                scope.Report.Report(Descriptors.InertAttribute, Place.Of(bindings[1]), Short(bindings[1]), $"'{parameter.Name}' is bound by [{Short(bindings[0])}] already; remove one of them");
            }

            return unbound;
        }

        return bindings.Count == 1
            ? Explicit(parameter, bindings[0], unbound, role, owner)
            : Surroundings(parameter, unbound, role) ?? ByName(parameter, unbound, role, owner) ?? ByType(parameter, unbound, owner);
    }

    private ParameterModel Explicit(IParameterSymbol parameter, AttributeData attribute, ParameterModel unbound, EdgeRole role, ActionDraft? owner)
    {
        switch (attribute.AttributeClass!.Name)
        {
            case KnownSymbols.Input:
                return inputs.IndexOf(parameter, attribute) is >= 0 and var input ? unbound with { Source = ParameterSource.Input, Input = input } : unbound;
            case KnownSymbols.Service:
                return Service(parameter, attribute, unbound);
            case KnownSymbols.Item:
                return Item(parameter, attribute, unbound, role, owner);
            case KnownSymbols.Previous:
                return Previous(parameter, attribute, unbound, owner);
            default:
                return From(parameter, attribute, unbound, role, owner);
        }
    }

    private ParameterModel Service(IParameterSymbol parameter, AttributeData attribute, ParameterModel unbound)
    {
        var key = attribute.Named<string?>("Key", null);
        if (key is not null && scope.Compilation.GetTypesByMetadataName(KnownSymbols.KeyedServices).IsEmpty)
        {
            // The run time itself knows no container; only keyed services need this package.
            scope.Report.Report(Descriptors.KeyedServicesUnknown, Place.Of(attribute, "Key"), parameter.Name);
        }

        return unbound with { Source = ParameterSource.Service, ServiceKey = key };
    }

    private ParameterModel From(IParameterSymbol parameter, AttributeData attribute, ParameterModel unbound, EdgeRole role, ActionDraft? owner)
    {
        var names = attribute.Names();
        var isRace = attribute.EnumName("Take", "InOrder") == "First";
        var cancelOthers = attribute.Named("CancelOthers", false);
        ReportIdleOptions(attribute, names.Count, isRace, cancelOthers);

        // A policy method may name the action that it belongs to: it runs when the output is there.
        var own = OwnType(role, owner);
        if (own is not null && names.Count == 1 && names[0] == owner!.Name)
        {
            return Supply(own, owner.Name, parameter, Place.Of(attribute, 0), unbound) ? unbound with { Source = ParameterSource.Own } : unbound;
        }

        var sources = new List<int>();
        for (var i = 0; i < names.Count; i++)
        {
            var place = Place.Of(attribute, i);
            if (scope.Resolve(names[i], place, owner) is { } source && Supply(source, parameter, place, unbound))
            {
                sources.Add(source.Index);
            }
        }

        if (sources.Count < names.Count || sources.Count == 0)
        {
            return unbound;
        }

        var kind = sources.Count == 1 ? ParameterSource.Output : isRace ? ParameterSource.Race : ParameterSource.Merge;
        return unbound with { Source = kind, Actions = sources.ToEquatableArray(), CancelOthers = kind == ParameterSource.Race && cancelOthers };
    }

    private void ReportIdleOptions(AttributeData attribute, int names, bool isRace, bool cancelOthers)
    {
        if (names == 0)
        {
            scope.Report.Report(Descriptors.OptionWithoutEffect, Place.Of(attribute), "[From]", "it names no action; name one, or remove it");
            scope.Report.MissEdges();
        }
        else if (isRace && names == 1)
        {
            scope.Report.Report(Descriptors.OptionWithoutEffect, Place.Of(attribute, "Take"), "Take.First", "a race needs several sources; name them, or remove it");
        }
        else if (cancelOthers && !isRace)
        {
            scope.Report.Report(Descriptors.OptionWithoutEffect, Place.Of(attribute, "CancelOthers"), "CancelOthers", "only a race has losers; set Take = Take.First, or remove it");
        }
    }

    private ParameterModel Previous(IParameterSymbol parameter, AttributeData attribute, ParameterModel unbound, ActionDraft? owner)
    {
        var place = Place.Of(attribute, 0);
        if (scope.Resolve(attribute.Text(), place, owner, mayBeOwner: true) is not { } source)
        {
            return unbound;
        }

        if (unbound.Required)
        {
            scope.Report.Report(Descriptors.SourceDoesNotConvert, Place.Of(parameter), source.Name, parameter.Name, "the first iteration has no previous one; make the parameter nullable or give it a default");
            return unbound;
        }

        return Supply(source, parameter, place, unbound)
            ? unbound with { Source = ParameterSource.Previous, Actions = new EquatableArray<int>([source.Index]) }
            : unbound;
    }

    private ParameterModel Item(IParameterSymbol parameter, AttributeData attribute, ParameterModel unbound, EdgeRole role, ActionDraft? owner)
    {
        if (owner?.ForEach is not { } forEach || role is not (EdgeRole.Method or EdgeRole.Requires or EdgeRole.Ensures or EdgeRole.Fallback))
        {
            scope.Report.Report(Descriptors.ForEachMismatch, Place.Of(attribute), owner?.ForEach is null
                ? $"'{parameter.Name}' takes an element, but nothing runs once for each: add [ForEach] to the action, or remove [Item]"
                : $"'{parameter.Name}' takes an element, but '{parameter.ContainingSymbol.Name}' runs once for all of them: remove [Item]");
            return unbound;
        }

        var item = forEach.Text() is { } name && scope.ActionNamed(name) is { Output: { } output } ? Sequences.ElementOf(output) : null;
        if (item is null)
        {
            return unbound;
        }

        if (Conversions.Judge(scope.Compilation, item, parameter.Type, anyImplicit: true) != Fit.Yes)
        {
            scope.Report.Report(Descriptors.ForEachMismatch, Place.Of(parameter), scope.Report.IsSilent ? "" : $"'{parameter.Name}' takes the elements of '{forEach.Text()}', which are '{item.ToMinimalName()}': give it that type");
            return unbound;
        }

        return unbound with { Source = ParameterSource.Item };
    }

    /// <summary>What is passed as it is, whatever its name.</summary>
    private static ParameterModel? Surroundings(IParameterSymbol parameter, ParameterModel unbound, EdgeRole role)
    {
        if (KnownSymbols.IsCancellationToken(parameter.Type))
        {
            return unbound with { Source = ParameterSource.CancellationToken };
        }

        if (KnownSymbols.IsActionContext(parameter.Type))
        {
            return unbound with { Source = ParameterSource.Context };
        }

        return role == EdgeRole.Fallback && KnownSymbols.IsException(parameter.Type) ? unbound with { Source = ParameterSource.Failure } : null;
    }

    private ParameterModel? ByName(IParameterSymbol parameter, ParameterModel unbound, EdgeRole role, ActionDraft? owner)
    {
        var named = scope.ActionLike(parameter.Name);
        var own = OwnType(role, owner);
        if (named is not null && named != owner)
        {
            var fit = named.Output is { } output ? Conversions.Judge(scope.Compilation, output, parameter.Type, anyImplicit: false) : Fit.No;
            if (fit != Fit.No || (named.Output is not null && IsUnawaitedOf(named.Output, parameter.Type)))
            {
                return Take(named, parameter, unbound, owner);
            }
        }

        // The own output needs no telling type: there is nothing else that the method is about.
        return own is not null && Conversions.Judge(scope.Compilation, own, parameter.Type, anyImplicit: false) != Fit.No
            ? Supply(own, owner!.Name, parameter, Place.Of(parameter), unbound) ? unbound with { Source = ParameterSource.Own } : unbound
            : null;
    }

    private ParameterModel ByType(IParameterSymbol parameter, ParameterModel unbound, ActionDraft? owner)
    {
        var candidates = _producers.Of(parameter.Type).Where(index => index != owner?.Index).ToList();
        if (candidates.Count == 1 && !TellingTypes.SaysNothing(parameter.Type))
        {
            return Take(scope.Actions[candidates[0]], parameter, unbound, owner);
        }

        if (candidates.Count > 0)
        {
            ReportAmbiguous(parameter, candidates);
        }
        else if (SourceOfUnawaited(parameter.Type, owner) is { } unawaited)
        {
            return Take(unawaited, parameter, unbound, owner);
        }
        else if (FireAndForgetSource(parameter, owner) is { } source)
        {
            scope.ReportFireAndForget(source, owner, Place.Of(parameter));
        }
        else
        {
            scope.Report.Report(Descriptors.MissingDependency, Place.Of(parameter), parameter.Name, scope.Agent.Name, parameter.Type);
        }

        return unbound;
    }

    private ParameterModel Take(ActionDraft source, IParameterSymbol parameter, ParameterModel unbound, ActionDraft? owner)
    {
        if (source.IsFireAndForget)
        {
            scope.ReportFireAndForget(source, owner, Place.Of(parameter));
            return unbound;
        }

        return Supply(source, parameter, Place.Of(parameter), unbound)
            ? unbound with { Source = ParameterSource.Output, Actions = new EquatableArray<int>([source.Index]) }
            : unbound;
    }

    private bool Supply(ActionDraft source, IParameterSymbol parameter, Place place, ParameterModel unbound)
    {
        if (source.Output is { } output)
        {
            // A type that does not compile has been said; nothing follows from it.
            return !SignatureRules.IsUnusable(scope.Compilation, output) && Supply(output, source.Name, parameter, place, unbound);
        }

        scope.Report.Report(Descriptors.SourceDoesNotConvert, place, source.Name, parameter.Name, "it returns no value; name another action, or order after it with [DependsOn]");
        return false;
    }

    private bool Supply(ITypeSymbol output, string source, IParameterSymbol parameter, Place place, ParameterModel unbound)
    {
        var fit = Conversions.Judge(scope.Compilation, output, parameter.Type, anyImplicit: true);
        if (fit == Fit.Yes)
        {
            return true;
        }

        scope.Report.Report(
            Descriptors.SourceDoesNotConvert,
            place,
            source,
            parameter.Name,
            scope.Report.IsSilent ? "" : fit == Fit.MayBeNull
                ? $"'{output.ToMinimalName()}' may be null and '{unbound.Name}' may not; make the parameter nullable"
                : IsUnawaitedOf(output, parameter.Type)
                ? "actions start when their inputs are there, so none takes a task or a stream of another; "
                    + $"give it the type '{output.ToMinimalName()}'"
                : $"'{output.ToMinimalName()}' does not convert to '{parameter.Type.ToMinimalName()}'; change one of the types, or name another action");
        return false;
    }

    /// <summary>Whether a parameter asks for the task or the stream that an output comes by, which is awaited before.</summary>
    private bool IsUnawaitedOf(ITypeSymbol output, ITypeSymbol type)
    {
        if (type is not INamedTypeSymbol { Arity: 1 } named || !SignatureRules.IsAwaited(named))
        {
            return false;
        }

        var isStream = KnownSymbols.IsAsyncEnumerable(named);
        var value = !isStream ? output : output is IArrayTypeSymbol { Rank: 1 } array ? array.ElementType : null;
        return value is not null && Conversions.Judge(scope.Compilation, value, named.TypeArguments[0], anyImplicit: false) != Fit.No;
    }

    /// <summary>The only action whose value is what the task or the stream would give.</summary>
    private ActionDraft? SourceOfUnawaited(ITypeSymbol type, ActionDraft? owner)
    {
        var sources = scope.Actions
            .Where(action => action != owner && action.Output is { } output && IsUnawaitedOf(output, type))
            .Take(2)
            .ToList();
        return sources.Count == 1 ? sources[0] : null;
    }

    private void ReportAmbiguous(IParameterSymbol parameter, List<int> candidates)
    {
        var names = scope.Report.IsSilent ? [] : candidates.Select(index => scope.Actions[index].Name).ToList();
        scope.Report.Report(
            Descriptors.AmbiguousDependency,
            Place.Of(parameter),
            [],
            ImmutableDictionary<string, string?>.Empty.Add("Candidates", string.Join(";", names)),
            parameter.Name,
            scope.Report.IsSilent ? "" : names.Count == 1
                ? $"its type '{parameter.Type.ToMinimalName()}' says nothing about what it holds"
                : $"{string.Join(", ", names.Take(5))}{(names.Count > 5 ? ", …" : "")} could",
            names.FirstOrDefault() ?? "");
    }

    private ActionDraft? FireAndForgetSource(IParameterSymbol parameter, ActionDraft? owner) =>
        TellingTypes.SaysNothing(parameter.Type) ? null : scope.Actions.FirstOrDefault(action =>
            action is { IsFireAndForget: true, Output: not null }
            && action != owner
            && Conversions.Judge(scope.Compilation, action.Output, parameter.Type, anyImplicit: false) != Fit.No);

    /// <summary>
    /// What a method that runs after its action may take of it: a postcondition and an early end see one piece,
    /// a compensation undoes the whole.
    /// </summary>
    private ITypeSymbol? OwnType(EdgeRole role, ActionDraft? owner) => role switch
    {
        EdgeRole.Ensures or EdgeRole.ForEachUntil => Usable(owner!.OnePiece),
        EdgeRole.Compensate => Usable(owner!.Output),
        _ => null,
    };

    private ITypeSymbol? Usable(ITypeSymbol? type) => type is null || SignatureRules.IsUnusable(scope.Compilation, type) ? null : type;

    private static string Short(AttributeData attribute) => attribute.AttributeClass!.Name.Replace("Attribute", "");
}
