using System.Collections.Generic;
using System.Linq;
using AgentFlow.Generators.Graph;
using AgentFlow.Generators.Model;

namespace AgentFlow.Generators.Emission;

/// <summary>What of the scheduler an agent needs, decided once.</summary>
internal sealed class RunShape
{
    /// <summary>Larger methods are split, so that the just-in-time compiler still optimises them.</summary>
    public const int ChunkSize = 48;

    private readonly HashSet<int> _losers;

    public RunShape(AgentModel agent, Topology topology)
    {
        var methods = agent.Actions.SelectMany(DependencyEdges.Methods).Select(m => m.Method).ToList();
        if (agent.Until is not null)
        {
            methods.Add(agent.Until);
        }

        var parameters = methods.SelectMany(m => m.Parameters).ToList();
        _losers = new HashSet<int>(parameters.Where(p => p.CancelOthers).SelectMany(p => p.Actions));
        HasPrevious = parameters.Any(p => p.Source == ParameterSource.Previous);
        HasPolicies = agent.Actions.Any(IsPolicied);
        HasGroups = topology.Edges.Any(e => e.Kind is "Race" or "Any");

        // In a loop the scheduler keeps each iteration's state for compensations; the lane keeps nothing.
        var undoesIterations = agent.Until is not null && agent.Actions.Any(a => a.Compensate is not null);
        HasLane = !HasGroups && agent.Budget is null && !agent.Waves && agent.Timeout is null && !undoesIterations && agent.Actions.All(a => a.DelayUnless is null);

        GivesContexts = HasPolicies || parameters.Any(p => p.Source == ParameterSource.Context);
        var pending = agent.Actions.Count(a => a.Mode != ActionMode.FireAndForget && (IsPolicied(a) || IsAwaitable(a.Method)));
        var takesToken = HasPolicies || parameters.Any(p => p.Source is ParameterSource.CancellationToken or ParameterSource.Context);
        OwnsToken = agent.Timeout is not null
            || agent.Budget is not null
            || (takesToken && pending > 1 && agent.MaxParallel != 1 && topology.IsConcurrent);

        IsChunked = agent.Actions.Count > ChunkSize;
        UsesServices = parameters.Any(p => p.Source is ParameterSource.Context or ParameterSource.Service);
        RentsAtOnce = OwnsToken
            || HasPolicies
            || IsChunked
            || UsesServices;
        LaneUsesRunState = GivesContexts || IsChunked;
    }

    /// <summary>Whether an action takes a value of the previous iteration.</summary>
    public bool HasPrevious { get; }

    /// <summary>Whether an action has policies.</summary>
    public bool HasPolicies { get; }

    /// <summary>Whether actions are given contexts.</summary>
    public bool GivesContexts { get; }

    /// <summary>Whether the agent's methods may take services, by parameters or out of a context.</summary>
    public bool UsesServices { get; }

    /// <summary>Whether there are races or any-waits.</summary>
    public bool HasGroups { get; }

    /// <summary>Whether the fast lane is emitted.</summary>
    public bool HasLane { get; }

    /// <summary>Whether the run needs a token of its own.</summary>
    public bool OwnsToken { get; }

    /// <summary>Whether the lane begins by taking a run from the pool, instead of only when an action is pending.</summary>
    public bool RentsAtOnce { get; }

    /// <summary>Whether the lane works on the run's state, because contexts and calls under policies read it, instead of on a local one.</summary>
    public bool LaneUsesRunState { get; }

    /// <summary>Whether methods over all actions are split.</summary>
    public bool IsChunked { get; }

    /// <summary>Whether an action is called through its policies.</summary>
    public bool IsPolicied(ActionModel action) =>
        action.Mode == ActionMode.FireAndForget
        || action.Offload
        || action.Requires.Count > 0
        || action.Ensures.Count > 0
        || action.Retry is not null
        || action.Timeout is not null
        || action.IdleTimeout is not null
        || action.Fallback is not null
        || action.Cache is not null
        || action.Delay is not null
        || action.ForEach is not null
        || action.Effect == "Transactional"
        || action.Method.Returns == ReturnKind.AsyncEnumerable
        || CanLose(action);

    /// <summary>Whether the action may be cancelled because another has won a race.</summary>
    public bool CanLose(ActionModel action) => _losers.Contains(action.Index);

    public static bool IsAwaitable(MethodModel method) => method.Returns is not (ReturnKind.Void or ReturnKind.Value);
}
