namespace AgentFlow.AI;

/// <summary>What surrounds an event while it is handled.</summary>
public sealed class DurableEventContext
{
    private readonly EventLanes _lanes;
    private int _published;

    internal DurableEventContext(EventLanes lanes, EventEnvelope envelope, ActionContext action, int attempt)
    {
        _lanes = lanes;
        Id = envelope.Id;
        Key = envelope.Key;
        Action = action;
        Attempt = attempt;
    }

    /// <summary>The event's id: the same however often it is handled.</summary>
    public string Id { get; }

    /// <summary>What it is kept in order by; <see langword="null"/>: it is not.</summary>
    public string? Key { get; }

    /// <summary>The attempt of this worker, from 1.</summary>
    public int Attempt { get; }

    /// <summary>The action that handles it. By it models are asked, other agents are run as child sessions, tokens and thoughts are told; its idempotency key is the same after a crash.</summary>
    public ActionContext Action { get; }

    /// <summary>
    /// Publishes another event. It is accepted even if the handler fails afterwards. Without an id it has one made of this event's id and how many were published before it, so that it is accepted
    /// once however often this event is handled, as long as the handler publishes in the same order.
    /// </summary>
    /// <typeparam name="TEvent">Its type.</typeparam>
    /// <param name="event">The event.</param>
    /// <param name="id">Its id: 1 to 200 characters. Default: as above.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>Whether its id is new, as far as the lane's present session knows.</returns>
    /// <exception cref="ArgumentException">The id or the key is too long, or the id is empty.</exception>
    /// <exception cref="NoEventHandlerException">Events of its type have no handler.</exception>
    /// <exception cref="PayloadTooLargeException">It is larger than <see cref="AgentRuntimeOptions.MaxPayload"/>.</exception>
    public ValueTask<bool> PublishAsync<TEvent>(TEvent @event, string? id = null, CancellationToken cancellationToken = default)
        where TEvent : class => _lanes.PublishAsync(@event, id ?? EventHash.Of($"{Interlocked.Increment(ref _published)} {Id}"), cancellationToken);
}
