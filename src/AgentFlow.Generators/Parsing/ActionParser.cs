using System.Collections.Generic;
using System.Linq;
using AgentFlow.Generators.Diagnostics;
using AgentFlow.Generators.Graph;
using AgentFlow.Generators.Model;
using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators.Parsing;

/// <summary>Turns an action whose names are resolved into its model.</summary>
internal sealed class ActionParser(AgentScope scope, Binder binder, PolicyParser policies)
{
    public ActionModel Parse(ActionDraft action)
    {
        CheckOptions(action);
        var mark = SensitiveTypes.MarkOfReturn(action.Method);
        if (mark is not null && action.Output is null)
        {
            scope.Report.Report(Descriptors.OptionWithoutEffect, Place.Of(mark), "[Sensitive]", $"'{action.Name}' returns no value; remove it");
        }

        var (timeout, idle) = policies.Timeout(action);
        var model = new ActionModel
        {
            Index = action.Index,
            Id = IdOf(action),
            Title = action.Action.Named<string?>("Title", null),
            Method = binder.Bind(action.Method, EdgeRole.Method, action),
            Output = action.Output is { } output && !SignatureRules.IsUnusable(scope.Compilation, output) ? TypeRefs.Of(output) : null,
            IsMarked = mark is not null || SensitiveTypes.IsMarked(action.OnePiece),
            IsSensitive = mark is not null || SensitiveTypes.Hold(action.Output),
            Mode = action.Mode,
            Priority = action.Action.Named("Priority", 0),
            Offload = action.Action.Named("Offload", false),
            Effect = action.Action.EnumName("Effect", "AtLeastOnce"),
            Type = action.Action.EnumName("Type", "Tool"),
            Estimate = policies.Estimate(action),
            Order = Order(action).ToEquatableArray(),
            When = Bind(action, EdgeRole.When),
            Requires = BindAll(action, EdgeRole.Requires),
            Ensures = BindAll(action, EdgeRole.Ensures),
            Retry = policies.Retry(action),
            Timeout = timeout,
            IdleTimeout = idle,
            Fallback = Bind(action, EdgeRole.Fallback),
            Compensate = Bind(action, EdgeRole.Compensate),
            Cache = policies.Cache(action),
            Delay = policies.Delay(action),
            DelayUnless = DelayUnless(action),
            Optional = action.Attributes.Has(KnownSymbols.Optional),
            ForEach = ForEach(action),
            Signal = SignalParser.Parse(action, scope, policies),
        };

        CheckCacheKey(action, model);
        return model;
    }

    public static string IdOf(ActionDraft action) => action.Action.Named<string?>("Name", null) ?? action.Name;

    private MethodModel? Bind(ActionDraft action, EdgeRole role) => action.Get(role) is { } method ? binder.Bind(method, role, action) : null;

    private EquatableArray<MethodModel> BindAll(ActionDraft action, EdgeRole role) =>
        action.All(role).Select(method => binder.Bind(method, role, action)).ToEquatableArray();

    private IEnumerable<OrderModel> Order(ActionDraft action)
    {
        foreach (var attribute in action.Attributes.All(KnownSymbols.DependsOn))
        {
            var names = attribute.Names();
            var any = attribute.EnumName("Wait", "All") == "Any";
            if (names.Count == 0)
            {
                scope.Report.Report(Descriptors.OptionWithoutEffect, Place.Of(attribute), "[DependsOn]", "it names no action; name one, or remove it");
            }
            else if (any && names.Count == 1)
            {
                scope.Report.Report(Descriptors.OptionWithoutEffect, Place.Of(attribute, "Wait"), "WaitFor.Any", "there is only one to wait for; name several, or remove it");
            }

            var sources = new List<int>();
            var places = new List<Place>();
            for (var i = 0; i < names.Count; i++)
            {
                if (scope.Resolve(names[i], Place.Of(attribute, i), action) is { } source)
                {
                    sources.Add(source.Index);
                    places.Add(Place.Of(attribute, i));
                }
            }

            if (sources.Count > 0)
            {
                action.OrderPlaces.Add(places);
                yield return new OrderModel(sources.ToEquatableArray(), any);
            }
        }
    }

    private int? DelayUnless(ActionDraft action)
    {
        if (action.Attributes[KnownSymbols.Delay] is not { } delay || !delay.IsWritten("Unless"))
        {
            return null;
        }

        if (action.IsFireAndForget)
        {
            scope.Report.Report(Descriptors.OptionWithoutEffect, Place.Of(delay, "Unless"), "Unless", $"'{action.Name}' is fire-and-forget, and its delay holds nobody up; change its Mode");
            return null;
        }

        return scope.Resolve(delay.Named<string?>("Unless", null), Place.Of(delay, "Unless"), action)?.Index;
    }

    private ForEachModel? ForEach(ActionDraft action)
    {
        if (action.ForEach is not { } attribute)
        {
            return null;
        }

        var maxParallel = attribute.Named("MaxParallel", 4);
        policies.AtLeast(attribute, "MaxParallel", maxParallel, 1);
        if (scope.Resolve(attribute.Text(), Place.Of(attribute, 0), action) is not { } source)
        {
            return null;
        }

        var item = source.Output is { } output ? Sequences.ElementOf(output) : null;
        if (item is null || SignatureRules.IsUnusable(scope.Compilation, source.Output!))
        {
            if (source.Output is null || !SignatureRules.IsUnusable(scope.Compilation, source.Output))
            {
                scope.Report.Report(Descriptors.ForEachMismatch, Place.Of(attribute, 0), $"'{source.Name}' makes no sequence to run over: return an array or an IEnumerable<T>, or name another action");
            }

            return null;
        }

        if (TypeRefs.IsNullable(source.Output!))
        {
            scope.Report.Report(Descriptors.ForEachMismatch, Place.Of(attribute, 0), $"'{source.Name}' may return null, which is no sequence to run over: return an empty one instead");
            return null;
        }

        if (!action.Method.Parameters.Any(static parameter => AttributeSet.Of(parameter).Has(KnownSymbols.Item)))
        {
            scope.Report.Report(Descriptors.ForEachMismatch, Place.Of(attribute), $"'{action.Name}' runs once for each element and takes none: mark a parameter with [Item]");
        }

        return new ForEachModel(source.Index, TypeRefs.Of(item), maxParallel, Bind(action, EdgeRole.ForEachUntil), attribute.Named("AllowPartialFailure", false));
    }

    private void CheckOptions(ActionDraft action)
    {
        if (action.IsFireAndForget)
        {
            Idle(action.Attributes[KnownSymbols.Optional], "[Optional]", $"the failure of '{action.Name}', which is fire-and-forget, harms nobody anyway; remove it");
            Idle(action.Attributes[KnownSymbols.Result], "[Result]", $"'{action.Name}' is fire-and-forget and feeds nobody; mark another action, or change its Mode");
        }

        CheckTransaction(action);
        if (action.Shape.IsAsynchronous && action.Action.Named("Offload", false))
        {
            scope.Report.Report(Descriptors.OptionWithoutEffect, Place.Of(action.Action, "Offload"), "Offload", $"'{action.Name}' is asynchronous and overlaps anyway; remove it");
        }
    }

    /// <summary>What a transaction writes commits with the outcome of the action: it has to have one, and only one.</summary>
    private void CheckTransaction(ActionDraft action)
    {
        if (action.Action.EnumName("Effect", "") != "Transactional")
        {
            return;
        }

        if (action.ForEach is not null)
        {
            scope.Report.Report(Descriptors.NothingToCommitWith, Place.Of(action.Action, "Effect"), action.Name, "runs once for each element", "write all elements in one call, or use Effect.AtLeastOnce with ActionContext.IdempotencyKey");
        }

        if (action.IsFireAndForget)
        {
            scope.Report.Report(Descriptors.NothingToCommitWith, Place.Of(action.Action, "Effect"), action.Name, "is fire-and-forget", "change its Mode, or use Effect.AtLeastOnce with ActionContext.IdempotencyKey");
        }
    }

    private void Idle(AttributeData? attribute, string name, string reason)
    {
        if (attribute is not null)
        {
            scope.Report.Report(Descriptors.OptionWithoutEffect, Place.Of(attribute), name, reason);
        }
    }

    private void CheckCacheKey(ActionDraft action, ActionModel model)
    {
        if (model.Cache is null || scope.Report.IsSilent)
        {
            return;
        }

        for (var i = 0; i < model.Method.Parameters.Count; i++)
        {
            var parameter = action.Method.Parameters[i];
            var isKey = model.Method.Parameters[i].Source is ParameterSource.Input or ParameterSource.Output or ParameterSource.Merge
                or ParameterSource.Race or ParameterSource.Previous or ParameterSource.Item;
            if (isKey && !HasValueEquality(parameter.Type))
            {
                scope.Report.Report(Descriptors.CacheKeyWithoutEquality, Place.Of(parameter), parameter.Name, parameter.Type);
            }
        }
    }

    private static bool HasValueEquality(ITypeSymbol type)
    {
        if (type is IArrayTypeSymbol)
        {
            return false;
        }

        if (type is not INamedTypeSymbol { TypeKind: TypeKind.Class, IsRecord: false } named
            || named.AllInterfaces.Any(candidate => KnownSymbols.Is(candidate, "IEquatable", "System") && SymbolEqualityComparer.Default.Equals(candidate.TypeArguments[0], type)))
        {
            return true;
        }

        for (INamedTypeSymbol? level = named; level is { SpecialType: not SpecialType.System_Object }; level = level.BaseType)
        {
            if (level.GetMembers(nameof(Equals)).OfType<IMethodSymbol>().Any(static method => method is { IsOverride: true, Parameters.Length: 1 }))
            {
                return true;
            }
        }

        return false;
    }
}
