using AgentFlow.Generators.Diagnostics;
using AgentFlow.Generators.Graph;
using AgentFlow.Generators.Model;
using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators.Parsing;

/// <summary>Finds the methods that attributes name, and judges whether they fit.</summary>
internal sealed class NamedMethods(AgentScope scope, SignatureRules signatures)
{
    public static bool IsBoolean(IMethodSymbol method) => method is { RefKind: RefKind.None, ReturnType.SpecialType: SpecialType.System_Boolean };

    public void Resolve(ActionDraft action)
    {
        var attributes = action.Attributes;
        if (attributes[KnownSymbols.When] is { } when)
        {
            Resolve(action, when, when.Text(), Place.Of(when, 0), EdgeRole.When);
        }

        foreach (var requires in attributes.All(KnownSymbols.Requires))
        {
            Resolve(action, requires, requires.Text(), Place.Of(requires, 0), EdgeRole.Requires);
        }

        foreach (var ensures in attributes.All(KnownSymbols.Ensures))
        {
            Resolve(action, ensures, ensures.Text(), Place.Of(ensures, 0), EdgeRole.Ensures);
        }

        if (attributes[KnownSymbols.Fallback] is { } fallback)
        {
            if (action.Output is null)
            {
                scope.Report.Report(Descriptors.OptionWithoutEffect, Place.Of(fallback), "[Fallback]", $"'{action.Name}' returns no value to stand in for; use [Optional] if it may fail");
            }
            else
            {
                Resolve(action, fallback, fallback.Text(), Place.Of(fallback, 0), EdgeRole.Fallback);
            }
        }

        if (attributes[KnownSymbols.Compensate] is { } compensate)
        {
            if (action.IsFireAndForget)
            {
                scope.Report.Report(Descriptors.OptionWithoutEffect, Place.Of(compensate), "[Compensate]", $"'{action.Name}' is fire-and-forget and no part of what a run undoes; remove it, or change the Mode");
            }
            else
            {
                Resolve(action, compensate, compensate.Text(), Place.Of(compensate, 0), EdgeRole.Compensate);
            }
        }

        if (action.ForEach is { } forEach && forEach.IsWritten("Until"))
        {
            if (action.Output is null)
            {
                scope.Report.Report(Descriptors.OptionWithoutEffect, Place.Of(forEach, "Until"), "Until", $"'{action.Name}' returns no value to judge; remove it");
            }
            else
            {
                Resolve(action, forEach, forEach.Named<string?>("Until", null), Place.Of(forEach, "Until"), EdgeRole.ForEachUntil);
            }
        }
    }

    private void Resolve(ActionDraft action, AttributeData attribute, string? name, Place place, EdgeRole role)
    {
        if (name is null)
        {
            scope.Report.LeaveToCompiler();
            return;
        }

        var methods = scope.MethodsNamed(name);
        if (methods.Count == 0)
        {
            scope.ReportUnknownMethod(name, place);
            return;
        }

        var method = methods[0];
        var misfit = methods.Count > 1 ? "it has several overloads; rename the one that is meant" : Misfit(method, action, role);
        if (misfit is not null)
        {
            Report(action, attribute, name, place, role, misfit);
            return;
        }

        signatures.Check(method);
        action.Add(role, method);
    }

    private void Report(ActionDraft action, AttributeData attribute, string name, Place place, EdgeRole role, string misfit)
    {
        switch (role)
        {
            case EdgeRole.Fallback:
                scope.Report.Report(Descriptors.FallbackDoesNotFit, place, name, action.Name, misfit);
                break;
            case EdgeRole.Compensate:
                scope.Report.Report(Descriptors.CompensationDoesNotFit, place, name, action.Name, misfit);
                break;
            default:
                scope.Report.Report(Descriptors.PredicateDoesNotFit, place, name, attribute.AttributeClass!.Name.Replace("Attribute", "") + (role == EdgeRole.ForEachUntil ? "(Until)" : ""), misfit);
                break;
        }

        // The method is not bound, so the graph lacks its edges.
        scope.Report.MissEdges();
    }

    private string? Misfit(IMethodSymbol method, ActionDraft action, EdgeRole role)
    {
        if (SymbolEqualityComparer.Default.Equals(method, action.Method))
        {
            return "it is the action itself; name another method";
        }

        if (AttributeSet.Of(method).Has(KnownSymbols.Action))
        {
            return "it is an action, which runs by itself and would be called here once more; name a method that takes its output with [From]";
        }

        var shape = ReturnShape.Of(method);
        switch (role)
        {
            case EdgeRole.Fallback:
                return FitsAsFallback(shape, action) ? null
                    : scope.Report.IsSilent ? "" : $"it must return '{action.OnePiece!.ToMinimalName()}', or a task of it";
            case EdgeRole.Compensate:
                return shape.Kind == ReturnKind.AsyncEnumerable ? "a stream undoes nothing; return Task" : null;
            case EdgeRole.Requires or EdgeRole.Ensures:
                return shape is { Kind: ReturnKind.Value, Value.SpecialType: SpecialType.System_Boolean or SpecialType.System_String } ? null : "return bool, or string? with the reason";
            default:
                return IsBoolean(method) ? null : "return bool";
        }
    }

    private bool FitsAsFallback(ReturnShape shape, ActionDraft action) =>
        shape.Collected(scope.Compilation) is { } value
        && (SignatureRules.IsUnusable(scope.Compilation, value) || SignatureRules.IsUnusable(scope.Compilation, action.OnePiece!)
            || Conversions.Judge(scope.Compilation, value, action.OnePiece!, anyImplicit: true) == Conversions.Fit.Yes);
}
