namespace AgentFlow.AI;

/// <summary>
/// Handles the events of one lane, one after the other: each is a signal that waits in the session until it is taken. When the session is full, a successor is opened. The end is a signal too,
/// behind all others, and handing over is the last that the session does; what is accepted behind the end is nobody's, and whoever has published it goes on to the successor.
/// </summary>
/// <param name="lanes">The lanes that this one is of.</param>
[Agent(Name = "EventLane", MaxIterations = StepLimit, JsonContext = typeof(EventJson))]
internal sealed partial class EventLane(EventLanes lanes)
{
    /// <summary>Far more than a session handles before its successor is opened, so that what is accepted meanwhile has room.</summary>
    internal const int StepLimit = 100_000;

    AgentGraph IAgent<EventLane, (int lane, int generation), DurableEventOutcome>.Definition { get; } = new($"EventLane:{lanes.Name}", Graph.Actions, Graph.Edges);

    private static bool IsSuccessor([Input] int generation, [Previous(nameof(Handle))] DurableEventOutcome? before) => generation > 1 && before is null;

    /// <summary>The predecessor has handled its events: hashes of the ids that are known.</summary>
    [Signal, When(nameof(IsSuccessor))]
    private partial Task<string[]> Begin([Input] int lane, [Input] int generation);

    /// <summary>The next event. One that cannot be read counts as skipped.</summary>
    [Signal, Optional]
    private partial Task<EventEnvelope> Next([From(nameof(Begin))] string[]? known);

    [Action, Result]
    private Task<DurableEventOutcome> Handle([Input] int lane, [Input] int generation, [From(nameof(Next))] EventEnvelope? envelope, ActionContext context, CancellationToken cancellationToken) =>
        lanes.HandleAsync(lane, generation, envelope, context, cancellationToken);

    [Until]
    private static bool IsOver(DurableEventOutcome handle) => handle.IsEnd;
}
