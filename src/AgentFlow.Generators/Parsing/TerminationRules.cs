using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using AgentFlow.Generators.Diagnostics;
using AgentFlow.Generators.Graph;
using AgentFlow.Generators.Model;
using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators.Parsing;

/// <summary>What bounds a run: iterations, budget, and what may end the loop.</summary>
internal static class TerminationRules
{
    private const int MostIterations = 1_000_000;

    public static void Check(AgentScope scope, AgentModel model, AttributeData agent, List<IMethodSymbol> untils, PolicyParser policies)
    {
        var report = scope.Report;
        policies.AtLeast(agent, "MaxParallel", model.MaxParallel, 0);
        if (agent.IsWritten("MaxIterations"))
        {
            policies.AtLeast(agent, "MaxIterations", model.MaxIterations, 1);
            if (model.MaxIterations > MostIterations)
            {
                report.Report(Descriptors.OptionOutOfRange, Place.Of(agent, "MaxIterations"), "MaxIterations", "write 1,000,000 or fewer; a bound that no run reaches in its time is none");
            }
        }

        if (model.Until is { } until)
        {
            if (!agent.IsWritten("MaxIterations"))
            {
                report.Report(Descriptors.LoopWithoutBound, Place.Of(agent), model.Name, until.Name);
            }

            if (until.Parameters.All(static parameter => parameter.Source is not (ParameterSource.Unbound or ParameterSource.Output
                or ParameterSource.Merge or ParameterSource.Race or ParameterSource.Previous)))
            {
                report.Report(Descriptors.ConstantUntil, Place.Of(untils[0]), until.Name);
            }
        }
        else
        {
            CheckNoLoop(scope, model, agent);
        }

        CheckBudget(scope, model);
    }

    private static void CheckNoLoop(AgentScope scope, AgentModel model, AttributeData agent)
    {
        foreach (var option in new[] { "MaxIterations", "OnLimit" })
        {
            if (agent.IsWritten(option))
            {
                scope.Report.Report(Descriptors.OptionWithoutEffect, Place.Of(agent, option), option, "the agent does not loop; mark the method that ends its loop with [Until], or remove the option");
            }
        }

        // However many parameters look back, one [Until] is what is missing.
        var previous = (
            from action in model.Actions
            from method in DependencyEdges.Methods(action)
            from index in Enumerable.Range(0, method.Method.Parameters.Count)
            where method.Method.Parameters[index].Source == ParameterSource.Previous
            select scope.Actions[action.Index].Get(method.Role, method.Place)!.Parameters[index]).ToList();
        if (previous.Count > 0)
        {
            var places = previous.Select(static parameter => Place.Of(AttributeSet.Of(parameter)[KnownSymbols.Previous]!)).ToList();
            scope.Report.Report(Descriptors.PreviousWithoutLoop, places[0], [.. places.Skip(1)], ImmutableDictionary<string, string?>.Empty, previous[0].Name, model.Name);
        }
    }

    /// <summary>Only without a for-each is the number of starts bounded at compile time.</summary>
    private static void CheckBudget(AgentScope scope, AgentModel model)
    {
        if (model.Budget is not { Actions: > 0 } budget || (model.Until is not null && model.MaxIterations < 1) || model.Actions.Any(static action => action.ForEach is not null))
        {
            return;
        }

        var attempts = model.Actions.Sum(static action => (long)(action.Retry?.Attempts ?? 1));
        var iterations = model.Until is null ? 1 : model.MaxIterations;
        if (budget.Actions < attempts * iterations)
        {
            var attribute = AttributeSet.Of(scope.Agent)[KnownSymbols.Budget]!;
            scope.Report.Report(Descriptors.BudgetBelowMaximum, Place.Of(attribute, "Actions"), budget.Actions, model.Name, iterations == 1 ? $"{attempts} attempts" : $"{iterations} iterations of {attempts} attempts");
        }
    }
}
