using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using AgentFlow.Generators.Diagnostics;
using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators.Parsing;

/// <summary>What names mean inside one agent.</summary>
internal sealed class AgentScope
{
    private readonly Dictionary<string, int> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _ignoringCase = new(StringComparer.OrdinalIgnoreCase);

    public AgentScope(INamedTypeSymbol agent, Compilation compilation, IReadOnlyList<ActionDraft> actions, Reporter report, CancellationToken ct)
    {
        Agent = agent;
        Compilation = compilation;
        Actions = actions;
        Report = report;
        Token = ct;
        foreach (var action in actions)
        {
            AddFirst(_byName, action);
            AddFirst(_ignoringCase, action);
        }
    }

    public INamedTypeSymbol Agent { get; }

    public Compilation Compilation { get; }

    public IReadOnlyList<ActionDraft> Actions { get; }

    public Reporter Report { get; }

    public CancellationToken Token { get; }

    /// <summary>The action that a parameter of this name would take, or null.</summary>
    public ActionDraft? ActionLike(string parameter) => _ignoringCase.TryGetValue(parameter, out var index) ? Actions[index] : null;

    /// <summary>The action of exactly this name, or null; nothing is reported.</summary>
    public ActionDraft? ActionNamed(string name) => _byName.TryGetValue(name, out var index) ? Actions[index] : null;

    /// <summary>The action of that name; what is wrong with the name is reported, and null returned.</summary>
    /// <param name="name">The name; null if the argument does not compile.</param>
    /// <param name="place">Where it was written.</param>
    /// <param name="owner">The action that waits for it, if it is one.</param>
    /// <param name="mayBeOwner">Whether the action may name itself: only values of the previous iteration come from there.</param>
    public ActionDraft? Resolve(string? name, Place place, ActionDraft? owner, bool mayBeOwner = false)
    {
        if (name is null)
        {
            Report.LeaveToCompiler();
            return null;
        }

        if (!_byName.TryGetValue(name, out var index))
        {
            ReportUnknown(name, place, "action", _byName.Keys);
            return null;
        }

        var action = Actions[index];
        if (action == owner && !mayBeOwner)
        {
            Report.Report(Descriptors.SelfDependency, place, name);
            return null;
        }

        if (action.IsFireAndForget)
        {
            ReportFireAndForget(action, owner, place);
            return null;
        }

        return action;
    }

    public void ReportFireAndForget(ActionDraft source, ActionDraft? owner, Place place) =>
        Report.Report(Descriptors.FireAndForgetConsumed, place, owner?.Name ?? Agent.Name, source.Name);

    /// <summary>The methods of that name in the nearest class that has one the agent can call.</summary>
    public IReadOnlyList<IMethodSymbol> MethodsNamed(string name)
    {
        for (var type = Agent; type is not null; type = type.BaseType)
        {
            var methods = type.GetMembers(name).OfType<IMethodSymbol>().Where(IsCallable).ToList();
            if (methods.Count > 0)
            {
                return methods;
            }
        }

        return [];
    }

    /// <summary>Whether a call by the method's name could mean another one too.</summary>
    public bool IsOverloaded(IMethodSymbol method)
    {
        for (var type = Agent; type is not null; type = type.BaseType)
        {
            foreach (var member in type.GetMembers(method.Name))
            {
                if (member is IMethodSymbol other && other.Parameters.Length >= method.Parameters.Length && !IsSame(method, other))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool IsSame(IMethodSymbol method, IMethodSymbol other)
    {
        for (var level = method; level is not null; level = level.OverriddenMethod)
        {
            if (SymbolEqualityComparer.Default.Equals(level, other) || SymbolEqualityComparer.Default.Equals(level.PartialImplementationPart, other))
            {
                return true;
            }
        }

        return false;
    }

    public void ReportUnknownMethod(string name, Place place) =>
        ReportUnknown(name, place, "method", Report.IsSilent ? [] : Agent.GetMembers().OfType<IMethodSymbol>().Where(IsCallable).Select(static method => method.Name));

    private void ReportUnknown(string name, Place place, string kind, IEnumerable<string> candidates)
    {
        var hint = " Write nameof of one.";
        var properties = ImmutableDictionary<string, string?>.Empty;
        if (!Report.IsSilent)
        {
            if (place.IsNameOfNothing(Compilation, Token))
            {
                Report.LeaveToCompiler();
                return;
            }

            if (NearestName.Find(name, candidates) is { } nearest)
            {
                hint = $" Did you mean '{nearest}'?";
                properties = properties.Add("Suggestion", nearest);
            }
            else if (MethodsNamed(name).Count > 0)
            {
                hint = " Mark that method with [Action], or name another.";
            }
        }

        Report.Report(Descriptors.UnknownName, place, [], properties, name, kind, Agent.Name, hint);
    }

    private bool IsCallable(IMethodSymbol method) =>
        method.MethodKind == MethodKind.Ordinary && Compilation.IsSymbolAccessibleWithin(method, Agent) && !KnownSymbols.IsGenerated(method);

    private static void AddFirst(Dictionary<string, int> names, ActionDraft action)
    {
        if (!names.ContainsKey(action.Name))
        {
            names.Add(action.Name, action.Index);
        }
    }
}
