namespace AgentFlow.AI;

/// <summary>Handles one event at most once, in a session of its own: if a crash leaves it in doubt, it waits for a person, and the lane goes on.</summary>
/// <param name="lanes">The lanes that the event is of.</param>
[Agent(Name = "EventOnce", JsonContext = typeof(EventJson))]
internal sealed partial class EventOnce(EventLanes lanes)
{
    AgentGraph IAgent<EventOnce, EventEnvelope, DurableEventOutcome>.Definition { get; } = new($"EventOnce:{lanes.Name}", Graph.Actions, Graph.Edges);

    [Action(Effect = Effect.AtMostOnce)]
    private Task<DurableEventOutcome> Handle([Input] EventEnvelope envelope, ActionContext context, CancellationToken cancellationToken) => lanes.HandleNowAsync(envelope, context, cancellationToken);
}
