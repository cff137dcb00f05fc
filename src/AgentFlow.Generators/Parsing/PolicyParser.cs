using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using AgentFlow.Generators.Diagnostics;
using AgentFlow.Generators.Model;
using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators.Parsing;

/// <summary>Reads times and bounds: of the agent and of its actions.</summary>
internal sealed class PolicyParser(Reporter report, Compilation compilation)
{
    private const int MinAttempts = 2;
    private const int MaxAttempts = 1000;

    public RetryModel? Retry(ActionDraft action)
    {
        if (action.Attributes[KnownSymbols.Retry] is not { } retry)
        {
            return null;
        }

        var attempts = retry.ConstructorArguments.FirstOrDefault() is { Kind: TypedConstantKind.Primitive, Value: int written } ? written : MinAttempts;
        if (attempts is < MinAttempts or > MaxAttempts)
        {
            report.Report(Descriptors.RetryAttempts, Place.Of(retry, 0), attempts);
        }

        if (action.Action.EnumName("Effect", "") == "AtMostOnce")
        {
            report.Report(Descriptors.RetryAtMostOnce, Place.Of(retry), action.Name);
        }

        return new RetryModel(
            attempts,
            Duration(retry, "Delay", "00:00:01", mayBeZero: true) ?? 0,
            retry.EnumName("Backoff", "Exponential"),
            Duration(retry, "MaxDelay", "00:00:30") ?? 0,
            retry.Named("Jitter", true),
            ExceptionTypes(retry).ToEquatableArray());
    }

    /// <summary>The time-outs of an action: of an attempt, and of its silence.</summary>
    public (long? After, long? Idle) Timeout(ActionDraft action)
    {
        if (action.Attributes[KnownSymbols.Timeout] is not { } timeout)
        {
            return default;
        }

        var after = timeout.ConstructorArguments.IsEmpty ? null : Duration(timeout);
        var idle = Duration(timeout, "Idle");
        if (timeout.ConstructorArguments.IsEmpty && !timeout.IsWritten("Idle"))
        {
            report.Report(Descriptors.OptionWithoutEffect, Place.Of(timeout), "[Timeout]", "it bounds nothing; write a duration, or set Idle");
        }

        if (after is not null && !action.Method.Parameters.Any(static parameter => KnownSymbols.IsCancellationToken(parameter.Type)))
        {
            report.Report(Descriptors.TimeoutNotObserved, Place.Of(timeout, 0), action.Name, "time-out", "CancellationToken");
        }

        if (idle is not null && !action.Method.Parameters.Any(static parameter => KnownSymbols.IsActionContext(parameter.Type)))
        {
            report.Report(Descriptors.TimeoutNotObserved, Place.Of(timeout, "Idle"), action.Name, "idle time-out", "ActionContext");
        }

        return (after, idle);
    }

    /// <summary>The time-out of the whole run.</summary>
    public long? Timeout(AttributeSet agent)
    {
        if (agent[KnownSymbols.Timeout] is not { } timeout)
        {
            return null;
        }

        if (timeout.IsWritten("Idle"))
        {
            report.Report(Descriptors.OptionWithoutEffect, Place.Of(timeout, "Idle"), "Idle", "only actions have heartbeats; put it on them");
        }
        else if (timeout.ConstructorArguments.IsEmpty)
        {
            report.Report(Descriptors.OptionWithoutEffect, Place.Of(timeout), "[Timeout]", "it bounds nothing; write a duration");
        }

        return timeout.ConstructorArguments.IsEmpty ? null : Duration(timeout);
    }

    public BudgetModel? Budget(AttributeSet agent)
    {
        if (agent[KnownSymbols.Budget] is not { } budget)
        {
            return null;
        }

        var model = new BudgetModel(budget.Named("Actions", 0), budget.Named("Tokens", 0L), budget.Named("Cost", 0.0));
        if (budget.NamedArguments.IsEmpty)
        {
            report.Report(Descriptors.OptionWithoutEffect, Place.Of(budget), "[Budget]", "it bounds nothing; set Actions, Tokens or Cost");
        }

        AtLeast(budget, "Actions", model.Actions, 0);
        AtLeast(budget, "Tokens", model.Tokens, 0);
        AtLeast(budget, "Cost", model.Cost, 0);
        return model;
    }

    public CacheModel? Cache(ActionDraft action)
    {
        if (action.Attributes[KnownSymbols.Cache] is not { } cache)
        {
            return null;
        }

        if (action.Output is null)
        {
            report.Report(Descriptors.OptionWithoutEffect, Place.Of(cache), "[Cache]", $"'{action.Name}' returns no value to keep; remove it");
        }

        var capacity = cache.Named("Capacity", 1024);
        AtLeast(cache, "Capacity", capacity, 1);
        return new CacheModel(Duration(cache) ?? 0, capacity);
    }

    public long? Delay(ActionDraft action) => action.Attributes[KnownSymbols.Delay] is { } delay ? Duration(delay) : null;

    public long? SignalTimeout(ActionDraft signal) => Duration(signal.Action, "Timeout");

    public long? Estimate(ActionDraft action) => Duration(action.Action, "Estimate");

    public void AtLeast(AttributeData attribute, string name, double value, int least)
    {
        if (!(value >= least) || double.IsInfinity(value))
        {
            var remedy = double.IsNaN(value) || double.IsInfinity(value) ? "write a finite number" : $"write {least} or more";
            report.Report(Descriptors.OptionOutOfRange, Place.Of(attribute, name), name, remedy);
        }
    }

    /// <summary>The positional duration, in ticks; null if something is wrong with it.</summary>
    private long? Duration(AttributeData attribute)
    {
        var isNull = attribute.ConstructorArguments.FirstOrDefault() is { Kind: TypedConstantKind.Primitive, IsNull: true };
        return Duration(isNull ? "null" : attribute.Text(), Place.Of(attribute, 0), mayBeZero: false);
    }

    /// <summary>A named duration, in ticks; null if there is none or something is wrong with it.</summary>
    private long? Duration(AttributeData attribute, string name, string? otherwise = null, bool mayBeZero = false) =>
        attribute.Named(name, otherwise) is { } text ? Duration(text, Place.Of(attribute, name), mayBeZero) : null;

    private long? Duration(string? text, Place place, bool mayBeZero)
    {
        if (text is null)
        {
            return null;
        }

        var ticks = Durations.Parse(text);
        if (ticks > 0 || (ticks == 0 && mayBeZero))
        {
            return ticks;
        }

        var suggestion = report.IsSilent ? null : Durations.Suggest(text);
        report.Report(
            Descriptors.MalformedDuration,
            place,
            [],
            suggestion is null ? ImmutableDictionary<string, string?>.Empty : ImmutableDictionary<string, string?>.Empty.Add("Suggestion", suggestion),
            text,
            ticks == 0 ? " above zero" : "",
            suggestion is null ? "" : $"; did you mean \"{suggestion}\"?");
        return null;
    }

    private IEnumerable<string> ExceptionTypes(AttributeData retry)
    {
        foreach (var argument in retry.NamedArguments)
        {
            if (argument.Key != "On" || argument.Value.Kind != TypedConstantKind.Array || argument.Value.IsNull)
            {
                continue;
            }

            if (argument.Value.Values.IsEmpty)
            {
                report.Report(Descriptors.OptionOutOfRange, Place.Of(retry, "On"), "On", "list an exception type, or leave it out to retry on all");
            }

            foreach (var value in argument.Value.Values)
            {
                if (value.Value is not ITypeSymbol { TypeKind: not TypeKind.Error } type)
                {
                    report.LeaveToCompiler();
                }
                else if (!IsException(type))
                {
                    report.Report(Descriptors.OptionOutOfRange, Place.Of(retry, "On"), $"'{type.Name}'", "only exception types can be retried on");
                }
                else if (ExternAliases.Hide(compilation, type))
                {
                    report.Report(Descriptors.ExternAlias, Place.Of(retry, "On"), "On", type);
                }
                else
                {
                    yield return TypeRefs.Name(type);
                }
            }
        }
    }

    private static bool IsException(ITypeSymbol type)
    {
        for (ITypeSymbol? level = type; level is not null; level = level.BaseType)
        {
            if (KnownSymbols.IsException(level))
            {
                return true;
            }
        }

        return false;
    }
}
