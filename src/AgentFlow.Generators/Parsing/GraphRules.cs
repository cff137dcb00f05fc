using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using AgentFlow.Generators.Diagnostics;
using AgentFlow.Generators.Graph;
using AgentFlow.Generators.Model;
using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators.Parsing;

/// <summary>The rules about the graph as a whole. The algorithms know nothing of Roslyn; here their findings get places.</summary>
internal sealed class GraphRules
{
    private const int SpelledActions = 12;

    private readonly AgentScope _scope;
    private readonly AgentModel _model;
    private readonly List<IMethodSymbol> _untils;
    private readonly int[][] _predecessors;
    private readonly int[][] _successors;

    public GraphRules(AgentScope scope, AgentModel model, List<IMethodSymbol> untils)
    {
        _scope = scope;
        _model = model;
        _untils = untils;
        _predecessors = DependencyEdges.Predecessors(model.Actions);
        _successors = DependencyEdges.Successors(_predecessors);
    }

    private Reporter Report => _scope.Report;

    /// <summary>Checks them all and says which action makes the result; -1 if none does.</summary>
    public int Check()
    {
        var order = Cycles.TopologicalOrder(_predecessors, _successors);
        if (order is null)
        {
            ReportCycles();
        }

        var result = FindResult();
        if (order is null || !Report.IsGraphKnown)
        {
            // The rest would only repeat, in other words, that an edge is wrong or missing.
            return result;
        }

        CheckUnused(result);
        CheckSkips(result, order);
        CheckRedundantOrder(order);
        CheckDelays(order);
        CheckEffects(order);
        return result;
    }

    private void ReportCycles()
    {
        foreach (var cycle in Cycles.Find(_successors))
        {
            if (Report.IsSilent)
            {
                Report.Report(Descriptors.Cycle, Place.Of(_scope.Agent), "");
                continue;
            }

            var places = new List<Place>();
            for (var i = 0; i < cycle.Count; i++)
            {
                places.Add(EdgeBetween(cycle[i], cycle[(i + 1) % cycle.Count]));
            }

            // Without attributes in the way, the edge that leads back to the first of them is the one to break.
            Report.Report(Descriptors.Cycle, places[places.Count - 1], places, Sources(cycle), Spell(cycle));
        }
    }

    /// <summary>For each of the places, the action that supplies the value there.</summary>
    private ImmutableDictionary<string, string?> Sources(List<int> cycle) =>
        ImmutableDictionary<string, string?>.Empty.Add("Sources", string.Join(";", cycle.Select(index => _scope.Actions[index].Name)));

    private string Spell(List<int> cycle)
    {
        var names = cycle.Select(index => _scope.Actions[index].Name).ToList();
        if (names.Count > SpelledActions)
        {
            var left = names.Count - SpelledActions;
            names.RemoveRange(SpelledActions / 2, left);
            names.Insert(SpelledActions / 2, $"… {left} more …");
        }

        names.Add(names[0]);
        return string.Join(" → ", names);
    }

    /// <summary>What the run returns: what was marked; else the only value that nobody takes. Fire-and-forget consumers do not count.</summary>
    private int FindResult()
    {
        var marked = _scope.Actions.Where(static action => action.Attributes.Has(KnownSymbols.Result) && !action.IsFireAndForget).ToList();
        if (marked.Count > 0)
        {
            // The most derived class that marks one decides.
            var nearest = marked[marked.Count - 1];
            var rivals = marked.Where(action => SymbolEqualityComparer.Default.Equals(action.Method.ContainingType, nearest.Method.ContainingType)).ToList();
            if (rivals.Count > 1)
            {
                ReportNoSingleResult(Place.Of(rivals[1].Attributes[KnownSymbols.Result]!), rivals, $"'{rivals[0].Name}' and '{rivals[1].Name}' are both marked with [Result]: a run has one, remove the other");
            }
            else if (nearest.Output is null)
            {
                ReportNoSingleResult(Place.Of(nearest.Attributes[KnownSymbols.Result]!), [], $"'{nearest.Name}' is marked with [Result] and returns no value: mark an action that does");
                return -1;
            }

            return rivals[0].Output is null ? -1 : rivals[0].Index;
        }

        var sinks = _scope.Actions
            .Where(action => action is { Output: not null, IsFireAndForget: false } && _successors[action.Index].All(successor => _scope.Actions[successor].IsFireAndForget))
            .ToList();
        if (sinks.Count > 1 && Report.IsGraphKnown)
        {
            var names = string.Join(", ", sinks.Take(5).Select(static sink => $"'{sink.Name}'")) + (sinks.Count > 5 ? ", …" : "");
            ReportNoSingleResult(Place.Of(_scope.Agent), sinks, $"'{_model.Name}' has several candidates for its result: {names}. Mark one of them with [Result].");
        }

        // With errors the last is the best guess (in a cycle everything feeds something): what is written against RunAsync then compiles most often.
        var guess = sinks.LastOrDefault() ?? (Report.HasErrors ? _scope.Actions.LastOrDefault(static action => action is { Output: not null, IsFireAndForget: false }) : null);
        return guess?.Index ?? -1;
    }

    private void ReportNoSingleResult(Place place, List<ActionDraft> candidates, string message) =>
        Report.Report(
            Descriptors.NoSingleResult,
            place,
            [.. candidates.Select(static candidate => Place.Of(candidate.Method))],
            ImmutableDictionary<string, string?>.Empty.Add("Candidates", string.Join(";", candidates.Select(static candidate => candidate.Name))),
            message);

    private void CheckUnused(int result)
    {
        if (Report.IsSilent)
        {
            return;
        }

        var used = new bool[_model.Actions.Count];
        MarkUsed(_model.Until, used);
        foreach (var action in _model.Actions)
        {
            foreach (var (method, _, _) in DependencyEdges.Methods(action))
            {
                MarkUsed(method, used);
            }
        }

        foreach (var action in _scope.Actions)
        {
            // Who writes that an action has an effect has it run for that.
            var hasEffect = action.Action.EnumName("Effect", "None") != "None";
            if (action is { Output: not null, IsFireAndForget: false }
                && action.Index != result && !used[action.Index] && !hasEffect && _successors[action.Index].Length == 0)
            {
                Report.Report(Descriptors.UnusedAction, Place.Of(action.Method), action.Name);
            }
        }
    }

    private static void MarkUsed(MethodModel? method, bool[] used)
    {
        foreach (var parameter in method?.Parameters ?? default)
        {
            foreach (var source in parameter.Actions)
            {
                used[source] = true;
            }
        }
    }

    private void CheckSkips(int result, int[] order)
    {
        var skips = new SkipAnalysis(_model.Actions, order);
        if (result >= 0 && !_model.Actions[result].IsOutputNullable && skips.MaySkip(result))
        {
            if (skips.SkipsItself(result))
            {
                Report.Report(Descriptors.ResultMayBeSkipped, OwnSkip(result), $"'{Name(result)}' makes the result and may be skipped: {Why(result)}. Return a nullable type, or merge it with an alternative in an action that always runs.");
            }
            else
            {
                foreach (var edge in skips.Origins(result))
                {
                    Report.Report(Descriptors.ResultMayBeSkipped, PlaceOf(edge), $"'{Name(edge.To)}' requires the output of '{Name(edge.From)}', which may be skipped ({Why(edge.From)}), and then the result of '{Name(result)}' cannot be made. Make the parameter nullable, give it a default, or name an alternative with [From].");
                }
            }

            return;
        }

        for (var i = 0; i < (_model.Until?.Parameters.Count ?? 0); i++)
        {
            var parameter = _model.Until!.Parameters[i];
            if (skips.MayStarve(parameter))
            {
                Report.Report(Descriptors.ResultMayBeSkipped, Place.Of(_untils[0].Parameters[i]), $"'{_untils[0].Name}' requires the output of '{Name(parameter.Actions[0])}', which may be skipped, and then it cannot be told whether the loop is done. Make the parameter nullable or give it a default.");
            }
        }
    }

    private Place OwnSkip(int action)
    {
        var attributes = _scope.Actions[action].Attributes;
        return (attributes[KnownSymbols.When] ?? attributes[KnownSymbols.Optional] ?? attributes[KnownSymbols.Delay]) is { } attribute ? Place.Of(attribute) : Place.Of(_scope.Actions[action].Method);
    }

    private string Why(int action) =>
        _model.Actions[action].When is { } when ? $"[When(nameof({when.Name}))]"
        : _model.Actions[action].Optional ? "[Optional]"
        : _model.Actions[action].DelayUnless is { } purpose ? $"[Delay(Unless = nameof({Name(purpose)}))]"
        : "it may lose a race";

    /// <summary>What ends a delay runs beside it: what comes before has always settled, and what comes after never settles first.</summary>
    private void CheckDelays(int[] order)
    {
        var waves = _model.Waves ? Waves(order) : null;
        foreach (var action in _model.Actions)
        {
            if (action.DelayUnless is not { } purpose)
            {
                continue;
            }

            var objection = Follows(action.Index, purpose, waves) ? $"'{Name(purpose)}' has always settled before the delay of '{action.Method.Name}' begins, which would never run"
                : Follows(purpose, action.Index, waves) ? $"'{Name(purpose)}' waits for '{action.Method.Name}' and never settles before it"
                : null;
            if (objection is not null)
            {
                Report.Report(Descriptors.OptionWithoutEffect, Place.Of(_scope.Actions[action.Index].Attributes[KnownSymbols.Delay]!, "Unless"), "Unless", objection + "; name an action that runs beside it");
            }
        }
    }

    /// <summary>Whether an action waits for another, be it by way of others or, in waves, because it belongs to a later one.</summary>
    private bool Follows(int action, int other, int[]? waves)
    {
        if (waves is not null)
        {
            return waves[action] > waves[other];
        }

        var seen = new HashSet<int>();
        var open = new Stack<int>(_predecessors[action]);
        while (open.Count > 0)
        {
            var before = open.Pop();
            if (before == other)
            {
                return true;
            }

            if (seen.Add(before))
            {
                foreach (var earlier in _predecessors[before])
                {
                    open.Push(earlier);
                }
            }
        }

        return false;
    }

    private int[] Waves(int[] order)
    {
        var waves = new int[order.Length];
        foreach (var action in order)
        {
            waves[action] = _predecessors[action].Select(before => waves[before] + 1).DefaultIfEmpty().Max();
        }

        return waves;
    }

    private void CheckRedundantOrder(int[] order)
    {
        if (Report.IsSilent)
        {
            return;
        }

        foreach (var edge in Reachability.RedundantOrder(_model.Actions, order))
        {
            Report.Report(Descriptors.RedundantOrder, PlaceOf(edge), [], ImmutableDictionary<string, string?>.Empty.Add("Action", Name(edge.From)), Name(edge.To), Name(edge.From));
        }
    }

    private void CheckEffects(int[] order)
    {
        if (Report.IsSilent)
        {
            return;
        }

        var mayFail = _model.Actions.Select(static action => action.Effect != "None").ToArray();
        var hasLater = Reachability.HasDescendant(_successors, order, mayFail);
        foreach (var action in _scope.Actions)
        {
            if (hasLater[action.Index] && action.Action.IsWritten("Effect") && mayFail[action.Index] && !action.Attributes.Has(KnownSymbols.Compensate))
            {
                Report.Report(Descriptors.EffectNotCompensated, Place.Of(action.Method), action.Name);
            }
        }
    }

    private Place EdgeBetween(int from, int to) =>
        PlaceOf(DependencyEdges.Of(_model.Actions[to]).First(edge => edge.From == from));

    private Place PlaceOf(DependencyEdge edge)
    {
        var action = _scope.Actions[edge.To];
        switch (edge.Role)
        {
            case EdgeRole.Order:
                return action.OrderPlaces[edge.Place][edge.Name];
            case EdgeRole.ForEachSource:
                return Place.Of(action.ForEach!, 0);
            default:
                var parameter = action.Get(edge.Role, edge.Place)!.Parameters[edge.Parameter];
                return AttributeSet.Of(parameter)[KnownSymbols.From] is { } from ? Place.Of(from, edge.Name) : Place.Of(parameter);
        }
    }

    private string Name(int action) => _scope.Actions[action].Name;
}
