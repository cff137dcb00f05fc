using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;

namespace AgentFlow.AI;

/// <summary>
/// Handles events by their type, and forgets none. An event is accepted once it is on disk, at most once for each id, and handled in the order of acceptance of its key; after a crash it is handled
/// by whatever process runs this agent on the same store, and what was recorded is not done again. Its lanes are sessions of the runtime; a lane without events costs nothing. Thread-safe.
/// </summary>
public sealed class DurableEventAgent : IAsyncDisposable
{
    /// <summary>How many events wait for a slow reader.</summary>
    private const int ReaderCapacity = 256;

    /// <summary>The agents at work in each runtime, by name: two of one name would handle each other's events.</summary>
    private static readonly ConditionalWeakTable<AgentRuntime, ConcurrentDictionary<string, DurableEventAgent>> s_atWork = [];

    private readonly EventLanes _lanes;
    private readonly DurableEventOptions _options;
    private readonly Lock _gate = new();

    // Guarded by the gate, as are the next.
    private bool _isStarted;
    private int _publishing;
    private TaskCompletionSource? _quiet;

    /// <summary>Creates an agent. It takes up its work with <see cref="StartAsync"/>.</summary>
    /// <param name="runtime">Runs its sessions.</param>
    /// <param name="name">Tells it from other such agents on the same store, in every process: 1 to 64 letters and digits of ASCII, or <c>- _ .</c>.</param>
    /// <param name="options">How it works; the same in every process. Default: <see cref="DurableEventOptions.Default"/>.</param>
    /// <exception cref="ArgumentException">The name is none.</exception>
    public DurableEventAgent(AgentRuntime runtime, string name, DurableEventOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        _options = options ?? DurableEventOptions.Default;
        Name = CheckName(name, "agent");
        _lanes = new EventLanes(runtime, Name, _options);
    }

    /// <summary>What tells it from other such agents.</summary>
    public string Name { get; }

    /// <summary>Has events of a type handled.</summary>
    /// <typeparam name="TEvent">The type: just this one, not those that derive from it.</typeparam>
    /// <param name="name">The name of the type in what is stored; it must stay the same: 1 to 64 letters and digits of ASCII, or <c>- _ .</c>.</param>
    /// <param name="contract">How events are written and read.</param>
    /// <param name="handler">Handles them.</param>
    /// <param name="key">What they are kept in order by, such as a customer's number: at most 1,000 characters; <see langword="null"/> for an event: it is not. Default: they are not.</param>
    /// <param name="options">How they are handled. Default: <see cref="DurableEventHandlerOptions.Default"/>.</param>
    /// <returns>This agent.</returns>
    /// <exception cref="ArgumentException">The name is none, or an event that is handled at most once is to be tried several times.</exception>
    /// <exception cref="InvalidOperationException">The type or the name has a handler already, or the agent was started.</exception>
    public DurableEventAgent On<TEvent>(string name, JsonTypeInfo<TEvent> contract, Func<TEvent, DurableEventContext, CancellationToken, ValueTask> handler, Func<TEvent, string?>? key = null, DurableEventHandlerOptions? options = null)
        where TEvent : class
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Register(name, contract, async (e, context, token) =>
        {
            await handler(e, context, token).ConfigureAwait(false);
            return null;
        }, key, options);
    }

    /// <summary>Has events of a type handled, and what the handler answers recorded.</summary>
    /// <typeparam name="TEvent">The type: just this one, not those that derive from it.</typeparam>
    /// <typeparam name="TResponse">The type of the response.</typeparam>
    /// <param name="name">The name of the type in what is stored; it must stay the same: 1 to 64 letters and digits of ASCII, or <c>- _ .</c>.</param>
    /// <param name="contract">How events are written and read.</param>
    /// <param name="response">How responses are written.</param>
    /// <param name="handler">Handles them.</param>
    /// <param name="key">What they are kept in order by, such as a customer's number: at most 1,000 characters; <see langword="null"/> for an event: it is not. Default: they are not.</param>
    /// <param name="options">How they are handled. Default: <see cref="DurableEventHandlerOptions.Default"/>.</param>
    /// <returns>This agent.</returns>
    /// <exception cref="ArgumentException">The name is none, or an event that is handled at most once is to be tried several times.</exception>
    /// <exception cref="InvalidOperationException">The type or the name has a handler already, or the agent was started.</exception>
    public DurableEventAgent On<TEvent, TResponse>(string name, JsonTypeInfo<TEvent> contract, JsonTypeInfo<TResponse> response, Func<TEvent, DurableEventContext, CancellationToken, ValueTask<TResponse>> handler, Func<TEvent, string?>? key = null, DurableEventHandlerOptions? options = null)
        where TEvent : class
    {
        ArgumentNullException.ThrowIfNull(response);
        ArgumentNullException.ThrowIfNull(handler);
        return Register(name, contract, async (e, context, token) => JsonSerializer.SerializeToElement(await handler(e, context, token).ConfigureAwait(false), response), key, options);
    }

    /// <summary>Begins to handle events: those that wait, those of processes that have died, and those that come.</summary>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>Completes when events can be published.</returns>
    /// <exception cref="InvalidOperationException">
    /// It was started already, another agent of its name is at work in the runtime, or events wait in another number of lanes.
    /// </exception>
    public async ValueTask StartAsync(CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (_isStarted)
            {
                throw new InvalidOperationException($"Agent '{Name}' was started already.");
            }

            if (AtWork.GetOrAdd(Name, this) != this)
            {
                throw new InvalidOperationException(
                    $"Another event agent '{Name}' is at work in this runtime, and each would handle the other's events. "
                    + "Give one of them another name, or stop the other first.");
            }

            _isStarted = true;
        }

        try
        {
            await _lanes.PrepareAsync(cancellationToken).ConfigureAwait(false);
            _lanes.Runtime.Register(_lanes.Once);
            _lanes.Runtime.Register(_lanes.Lane);
            await _lanes.ResumeAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            lock (_gate)
            {
                _isStarted = false;
            }

            Leave();
            throw;
        }
    }

    /// <summary>Publishes an event.</summary>
    /// <typeparam name="TEvent">Its type.</typeparam>
    /// <param name="event">The event.</param>
    /// <param name="id">Its id, such as that of the message it came with: 1 to 200 characters. Publishing it again under its id does nothing, as long as its lane remembers it: see <see cref="DurableEventOptions.EventsPerSession"/>. Default: a new one.</param>
    /// <param name="cancellationToken">Stops the attempt; the event may have been accepted.</param>
    /// <returns>Completes when the event is accepted: it is on disk. Whether its id is new, as far as the lane's present session knows.</returns>
    /// <exception cref="ArgumentException">The id or the key is too long, or the id is empty.</exception>
    /// <exception cref="NoEventHandlerException">Events of its type have no handler.</exception>
    /// <exception cref="EventAgentStoppedException">The agent was not started, or is being stopped.</exception>
    /// <exception cref="EventLaneEndedException">Somebody has cancelled its lane.</exception>
    /// <exception cref="PayloadTooLargeException">It is larger than <see cref="AgentRuntimeOptions.MaxPayload"/>.</exception>
    public async ValueTask<bool> PublishAsync<TEvent>(TEvent @event, string? id = null, CancellationToken cancellationToken = default)
        where TEvent : class
    {
        lock (_gate)
        {
            _publishing += _isStarted ? 1 : throw new EventAgentStoppedException();
        }

        try
        {
            return await _lanes.PublishAsync(@event, id ?? SessionId.New(), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
            {
                if (--_publishing == 0)
                {
                    _quiet?.TrySetResult();
                }
            }
        }
    }

    /// <summary>
    /// Stops here: handlers under way come to their end, for as long as <see cref="AgentRuntimeOptions.ShutdownGrace"/>; what waits stays on disk for other processes, or the next
    /// <see cref="StartAsync"/>. Does nothing if it was not started.
    /// </summary>
    /// <returns>Completes when nothing is under way here.</returns>
    public async Task StopAsync()
    {
        Task quiet;
        lock (_gate)
        {
            _isStarted = false;
            _quiet = _publishing > 0 ? new(TaskCreationOptions.RunContinuationsAsynchronously) : null;
            quiet = _quiet?.Task ?? Task.CompletedTask;
        }

        // Who publishes may open a session.
        await quiet.ConfigureAwait(false);
        if (!AtWork.TryGetValue(Name, out var atWork) || atWork != this)
        {
            return;
        }

        try
        {
            await _lanes.Runtime.UnregisterAsync(_lanes.Lane).ConfigureAwait(false);
            await _lanes.Runtime.UnregisterAsync(_lanes.Once).ConfigureAwait(false);
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Stops, see <see cref="StopAsync"/>, for good. The runtime is not disposed.</summary>
    /// <returns>Completes when nothing is under way here.</returns>
    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        _lanes.Dispose();
    }

    /// <summary>Goes on with a session of a lane that was cancelled, or has failed.</summary>
    /// <param name="session">Its id: see <see cref="EventLaneEndedException"/>.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>Completes when it is at work.</returns>
    /// <exception cref="InvalidSessionTransitionException">It has neither failed nor was cancelled.</exception>
    public async ValueTask RedriveAsync(string session, CancellationToken cancellationToken = default) =>
        await _lanes.Runtime.RedriveAsync(_lanes.Lane, session, cancellationToken).ConfigureAwait(false);

    /// <summary>The lane of a key.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The lane, from 0.</returns>
    public int LaneOf(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return EventHash.LaneOf(key, _options.Lanes);
    }

    /// <summary>What comes of events, of all lanes: what is recorded already, from the oldest session that is kept, then what comes, in whatever process. Those of one lane come in their order.</summary>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The outcomes, without end.</returns>
    public async IAsyncEnumerable<DurableEventOutcome> ReadOutcomesAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var channel = Channel.CreateBounded<DurableEventOutcome>(ReaderCapacity);
        var readers = Task.WhenAll(Enumerable.Range(0, _options.Lanes).Select(lane => ReadAsync(lane, channel.Writer, stop.Token)));
        try
        {
            await foreach (var outcome in channel.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return outcome;
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await readers.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>
    /// What happens in a lane: what is recorded already, from the oldest session that is kept, then what comes; thoughts and tokens of handlers too, as they come, if they run in this process. The
    /// output of the action <c>Handle</c> is the <see cref="DurableEventOutcome"/>.
    /// </summary>
    /// <param name="lane">The lane, from 0; see <see cref="LaneOf"/>.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The events of the agent that runs the lane, without end.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such lane.</exception>
    public IAsyncEnumerable<AgentEvent> ReadEventsAsync(int lane, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(lane);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(lane, _options.Lanes);
        return ReadLaneAsync(lane, cancellationToken);
    }

    private ConcurrentDictionary<string, DurableEventAgent> AtWork =>
        s_atWork.GetValue(_lanes.Runtime, static _ => new(StringComparer.Ordinal));

    private void Leave() => AtWork.TryRemove(new(Name, this));

    private static string CheckName(string name, string what) =>
        name is { Length: >= 1 and <= 64 } && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            ? name
            : throw new ArgumentException($"The name of an {what} has 1 to 64 ASCII letters, digits, or - _ .", nameof(name));

    private DurableEventAgent Register<TEvent>(string name, JsonTypeInfo<TEvent> contract, Func<TEvent, DurableEventContext, CancellationToken, ValueTask<JsonElement?>> handler, Func<TEvent, string?>? key, DurableEventHandlerOptions? options)
        where TEvent : class
    {
        ArgumentNullException.ThrowIfNull(contract);
        options ??= DurableEventHandlerOptions.Default;
        if (options is { IsAtMostOnce: true, Attempts: > 1 })
        {
            throw new ArgumentException($"Events '{name}' are to be handled at most once, and tried {options.Attempts} times. Choose one.", nameof(options));
        }

        var registration = new EventRegistration(
            CheckName(name, "event"),
            e => JsonSerializer.SerializeToElement((TEvent)e, contract),
            e => key?.Invoke((TEvent)e),
            json => json.Deserialize(contract),
            (e, context, token) => handler((TEvent)e, context, token),
            options);
        lock (_gate)
        {
            if (_isStarted)
            {
                throw new InvalidOperationException($"Agent '{Name}' was started already. Register handlers before.");
            }

            if (_lanes.ByType.ContainsKey(typeof(TEvent)) || !_lanes.ByName.TryAdd(name, registration))
            {
                throw new InvalidOperationException($"Events '{name}', or events of type '{typeof(TEvent)}', have a handler already.");
            }

            _lanes.ByType[typeof(TEvent)] = registration;
        }

        return this;
    }

    private async Task ReadAsync(int lane, ChannelWriter<DurableEventOutcome> writer, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var e in ReadLaneAsync(lane, cancellationToken).ConfigureAwait(false))
            {
                if (e is { Kind: AgentEventKind.ActionCompleted, Action: "Handle" } && e.TryGetValue<DurableEventOutcome>(out var outcome) && !outcome.IsEnd)
                {
                    await writer.WriteAsync(outcome, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (Exception e)
        {
            writer.TryComplete(e);
        }
    }

    private async IAsyncEnumerable<AgentEvent> ReadLaneAsync(int lane, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var after = 0;
        while (true)
        {
            if (await _lanes.FindNextAsync(lane, after, cancellationToken).ConfigureAwait(false) is not { } next || await _lanes.Runtime.FindAsync(_lanes.Lane, next.Id, cancellationToken).ConfigureAwait(false) is not { } session)
            {
                var options = _lanes.Runtime.Options;
                await Task.Delay(options.PollInterval, options.Run.TimeProvider, cancellationToken).ConfigureAwait(false);
                continue;
            }

            await foreach (var e in session.Events(cancellationToken).ConfigureAwait(false))
            {
                yield return e;
            }

            after = EventLanes.GenerationOf(next.Id);
        }
    }
}
