using System.Collections.Concurrent;
using System.Threading.Channels;

namespace AgentFlow.AI;

/// <summary>
/// Handles events by their type as they come. They wait in bounded queues: who publishes faster than is handled waits. Events of one key are handled in the order in which they were published,
/// others at the same time. A handler that fails does not stop the others. Thread-safe.
/// </summary>
/// <param name="options">How it works. Default: <see cref="EventDrivenOptions.Default"/>.</param>
public sealed class EventDrivenAgent(EventDrivenOptions? options = null) : IAsyncDisposable
{
    private readonly EventDrivenOptions _options = options ?? EventDrivenOptions.Default;
    private readonly Channel<Entry>[] _lanes = [.. Enumerable.Range(0, (options ?? EventDrivenOptions.Default).Lanes).Select(_ =>
        Channel.CreateBounded<Entry>(new BoundedChannelOptions((options ?? EventDrivenOptions.Default).Capacity) { SingleReader = true }))];

    private readonly ConcurrentDictionary<Type, Registration> _handlers = new();
    private readonly ConcurrentQueue<Entry> _abandoned = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly AsyncLocal<bool> _isHandling = new();
    private readonly Lock _gate = new();
    private long _sequence;

    // Guarded by the gate: null until it is started.
    private Task? _completion;

    /// <summary>Completes when the agent has ended; fails if <see cref="EventDrivenOptions.Emit"/> has failed.</summary>
    /// <exception cref="InvalidOperationException">The agent was not started.</exception>
    public Task Completion
    {
        get
        {
            lock (_gate)
            {
                return _completion ?? throw new InvalidOperationException("The agent was not started. Call Start first.");
            }
        }
    }

    /// <summary>How many events wait.</summary>
    public int Waiting => _lanes.Sum(static lane => lane.Reader.Count);

    /// <summary>Has events of a type handled, derived types included unless they have a handler of their own.</summary>
    /// <typeparam name="TEvent">The type.</typeparam>
    /// <param name="handler">Handles them; what it returns is the response, <see langword="null"/> for none.</param>
    /// <param name="key">What they are kept in order by, such as a customer's number; <see langword="null"/> for an event: it is not. Default: they are not.</param>
    /// <returns>This agent.</returns>
    /// <exception cref="InvalidOperationException">Events of the type have a handler already, or the agent was started.</exception>
    public EventDrivenAgent On<TEvent>(Func<TEvent, EventContext, CancellationToken, ValueTask<object?>> handler, Func<TEvent, string?>? key = null)
        where TEvent : class
    {
        ArgumentNullException.ThrowIfNull(handler);
        lock (_gate)
        {
            if (_completion is not null)
            {
                throw new InvalidOperationException("The agent was started already. Register handlers before.");
            }

            return _handlers.TryAdd(typeof(TEvent), new((e, context, token) => handler((TEvent)e, context, token), e => key?.Invoke((TEvent)e)))
                ? this
                : throw new InvalidOperationException($"Events of type '{typeof(TEvent)}' have a handler already.");
        }
    }

    /// <summary>Begins to handle events. Those published before have waited.</summary>
    /// <returns>This agent.</returns>
    /// <exception cref="InvalidOperationException">It was started already.</exception>
    public EventDrivenAgent Start()
    {
        lock (_gate)
        {
            if (_completion is not null)
            {
                throw new InvalidOperationException("The agent was started already.");
            }

            _completion = Task.WhenAll(_lanes.Select(lane => Task.Run(() => RunAsync(lane))));
        }

        return this;
    }

    /// <summary>Publishes an event, and waits for room if there is none.</summary>
    /// <typeparam name="TEvent">Its type; what it is at run time decides who handles it.</typeparam>
    /// <param name="event">The event.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>Completes when it is in the queue.</returns>
    /// <exception cref="NoEventHandlerException">Nobody handles such events.</exception>
    /// <exception cref="EventAgentStoppedException">The agent is being stopped, or was.</exception>
    /// <exception cref="InvalidOperationException">It is called by one of this agent's handlers: <see cref="EventContext.TryPublish"/> does not wait.</exception>
    public async ValueTask PublishAsync<TEvent>(TEvent @event, CancellationToken cancellationToken = default)
        where TEvent : class
    {
        if (_isHandling.Value)
        {
            throw new InvalidOperationException("A handler that waits for room may be the one that has to make it. Publish by EventContext.TryPublish.");
        }

        var (lane, entry) = Prepare(@event);
        try
        {
            await lane.Writer.WriteAsync(entry, cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw new EventAgentStoppedException();
        }
    }

    /// <summary>
    /// Stops: no more events are taken, and those that wait are handled. If that is to end sooner, cancel: handlers under way are cancelled, and the rest is given back.
    /// </summary>
    /// <param name="cancellationToken">Ends the handling of what waits.</param>
    /// <returns>The events that were not handled, or whose handlers were cancelled, in the order in which they were published; none, if there was time enough.</returns>
    public async Task<IReadOnlyList<object>> StopAsync(CancellationToken cancellationToken = default)
    {
        Task? completion;
        lock (_gate)
        {
            Close();
            completion = _completion;
        }

        if (completion is { IsCompleted: false })
        {
            var registration = cancellationToken.Register(static abort => ((CancellationTokenSource)abort!).Cancel(), _abort);
            await using (registration.ConfigureAwait(false))
            {
                await completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        return Unhandled();
    }

    /// <summary>Stops at once: handlers under way are cancelled, what waits is dropped. To lose nothing, call <see cref="StopAsync"/> before.</summary>
    /// <returns>Completes when all handlers have ended.</returns>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(false);

        // Only now does nobody use it any more; a second call finds the agent completed.
        _abort.Dispose();
    }

    internal bool TryPublish(object @event)
    {
        var (lane, entry) = Prepare(@event);
        return lane.Writer.TryWrite(entry);
    }

    private (Channel<Entry> Lane, Entry Entry) Prepare(object @event)
    {
        ArgumentNullException.ThrowIfNull(@event);
        var registration = RegistrationOf(@event.GetType());
        var key = registration.KeyOf(@event);
        var sequence = Interlocked.Increment(ref _sequence);
        return (_lanes[(key is null ? (ulong)sequence : EventHash.OfKey(key)) % (ulong)_lanes.Length], new(@event, key, sequence, registration));
    }

    private Registration RegistrationOf(Type type)
    {
        for (var t = type; t is not null; t = t.BaseType)
        {
            if (_handlers.TryGetValue(t, out var found))
            {
                return found;
            }
        }

        throw new NoEventHandlerException(type);
    }

    private async Task RunAsync(Channel<Entry> lane)
    {
        _isHandling.Value = true;
        try
        {
            await foreach (var entry in lane.Reader.ReadAllAsync(_abort.Token).ConfigureAwait(false))
            {
                if (await HandleAsync(entry).ConfigureAwait(false) is not { } outcome)
                {
                    _abandoned.Enqueue(entry);
                    return;
                }

                if (_options.Emit is { } emit)
                {
                    await emit(outcome, _abort.Token).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (_abort.IsCancellationRequested)
        {
            // What is left is given back by StopAsync.
        }
        catch
        {
            // Responses would be lost: the other lanes end, too.
            lock (_gate)
            {
                Close();
            }

            await _abort.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Handles an event; null if it was cancelled because the agent ends.</summary>
    private async ValueTask<EventOutcome?> HandleAsync(Entry entry)
    {
        using var timeout = new LongTimeout(_options.HandlerTimeout ?? Timeout.InfiniteTimeSpan, _options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _abort.Token);
        try
        {
            var response = await entry.Registration.Handle(entry.Event, new EventContext(this, entry.Key, entry.Sequence), either.Token).ConfigureAwait(false);
            return new(entry.Event, entry.Key, entry.Sequence, response, null);
        }
        catch (OperationCanceledException) when (_abort.IsCancellationRequested)
        {
            return null;
        }
        catch (OperationCanceledException e) when (timeout.IsCancellationRequested)
        {
            return new(entry.Event, entry.Key, entry.Sequence, null, new TimeoutException($"The handler of '{entry.Event.GetType().Name}' took longer than {_options.HandlerTimeout}.", e));
        }
        catch (Exception e)
        {
            return new(entry.Event, entry.Key, entry.Sequence, null, e);
        }
    }

    private IReadOnlyList<object> Unhandled()
    {
        var left = new List<Entry>();
        while (_abandoned.TryDequeue(out var entry))
        {
            left.Add(entry);
        }

        foreach (var lane in _lanes)
        {
            while (lane.Reader.TryRead(out var waiting))
            {
                left.Add(waiting);
            }
        }

        return [.. left.OrderBy(static entry => entry.Sequence).Select(static entry => entry.Event)];
    }

    private void Close() => Array.ForEach(_lanes, static lane => lane.Writer.TryComplete());

    private sealed record Registration(Func<object, EventContext, CancellationToken, ValueTask<object?>> Handle, Func<object, string?> KeyOf);

    private sealed record Entry(object Event, string? Key, long Sequence, Registration Registration);
}
