namespace AgentFlow.AI;

/// <summary>What surrounds an event while it is handled.</summary>
public sealed class EventContext
{
    private readonly EventDrivenAgent _agent;

    internal EventContext(EventDrivenAgent agent, string? key, long sequence)
    {
        _agent = agent;
        Key = key;
        Sequence = sequence;
    }

    /// <summary>What the event is kept in order by; <see langword="null"/>: it is not.</summary>
    public string? Key { get; }

    /// <summary>Its number among the events that were published, from 1.</summary>
    public long Sequence { get; }

    /// <summary>Publishes another event if there is room for it. A handler does not wait for room: it might be the one that would have to make it.</summary>
    /// <typeparam name="TEvent">Its type.</typeparam>
    /// <param name="event">The event.</param>
    /// <returns>Whether there was room, and the agent is not being stopped.</returns>
    /// <exception cref="NoEventHandlerException">Nobody handles such events.</exception>
    public bool TryPublish<TEvent>(TEvent @event)
        where TEvent : class => _agent.TryPublish(@event);
}
