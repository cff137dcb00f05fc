using AgentFlow.CompilerServices;

namespace AgentFlow;

/// <summary>An action of a plan that was read: what it calls, with what, and how.</summary>
internal sealed class PlanAction
{
    public required PlanTarget Target { get; init; }

    public required string Name { get; init; }

    public required string OutputKey { get; init; }

    public required PlanTemplate Parameters { get; init; }

    public required ActionPolicy Policy { get; init; }

    public PlanExpression? Condition { get; init; }

    public PlanReference? ForEach { get; init; }

    public PlanFallback? Fallback { get; init; }

    /// <summary>The outputs kept for equal arguments; null: none.</summary>
    public ActionCache<string, System.Text.Json.JsonElement>? Cache { get; init; }
}

/// <summary>What is called when an action has finally failed.</summary>
/// <param name="Target">The target.</param>
/// <param name="Parameters">Its parameters.</param>
internal sealed record PlanFallback(PlanTarget Target, PlanTemplate Parameters);
