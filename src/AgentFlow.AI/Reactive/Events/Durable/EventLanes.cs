using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;

namespace AgentFlow.AI;

/// <summary>The lanes of a <see cref="DurableEventAgent"/>: what they do with events, and how events come to them.</summary>
/// <remarks>
/// A lane is a chain of sessions, each with a number. An event is accepted by a session if it was signalled to it while it had no successor, for the end is signalled to a session only once its
/// successor exists: so the event stands before the end. Whoever finds a successor after signalling sees to it that the end is signalled, and only then signals the event to the successor: so what
/// is accepted later, by whomever, is handled later. The successor begins when the session has handed over, with the ids of all that it has handled; so what was signalled to both is handled once.
/// </remarks>
internal sealed class EventLanes(AgentRuntime runtime, string name, DurableEventOptions options) : IDisposable
{
    private const string NextSignal = "Next";
    private const string BeginSignal = "Begin";
    private const string EndKey = "end";

    /// <summary>What a recorded outcome has besides the event's own.</summary>
    private const int RecordOverhead = 1_024;

    private const int MaxMessage = 2_000;

    /// <summary>An event that must be handled at most once has one child, however often the lane asks for it, and the lane does not wait for a person.</summary>
    private static readonly ChildOptions s_once = new() { Key = "once", WaitsForSettlement = false };
    private static readonly SessionState[] s_open = [SessionState.Created, SessionState.Running, SessionState.Suspended, SessionState.Paused, SessionState.Uncertain];
    private static readonly SessionState[] s_all = Enum.GetValues<SessionState>();

    private readonly EventMailbox[] _mailboxes = [.. Enumerable.Range(0, options.Lanes).Select(static _ => new EventMailbox())];

    /// <summary>The ids that predecessors have handed over, by session.</summary>
    private readonly ConcurrentDictionary<string, HashSet<string>> _known = new(StringComparer.Ordinal);

    public string Name => name;

    public AgentRuntime Runtime => runtime;

    public ConcurrentDictionary<Type, EventRegistration> ByType { get; } = new();

    public ConcurrentDictionary<string, EventRegistration> ByName { get; } = new(StringComparer.Ordinal);

    /// <summary>The agent that the sessions are of.</summary>
    private string AgentName => ((IAgent<EventLane, (int lane, int generation), DurableEventOutcome>)Lane).Definition.Name;

    public EventLane Lane => field ??= new(this);

    public EventOnce Once => field ??= new(this);

    public string IdOf(int lane, int generation) => string.Create(CultureInfo.InvariantCulture, $"{name}/{lane}of{options.Lanes}/{generation:D8}");

    public static int GenerationOf(string id) => int.Parse(id.AsSpan(id.LastIndexOf('/') + 1), NumberStyles.None, CultureInfo.InvariantCulture);

    public async ValueTask<bool> PublishAsync(object @event, string id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(@event);
        if (id.Length is 0 or > 200)
        {
            throw new ArgumentException($"The id of an event has 1 to 200 characters, not {id.Length}.", nameof(id));
        }

        if (!WholeText.IsWhole(id))
        {
            // In the journal every half is the same character, so that one event would be taken for another.
            throw new ArgumentException("The id of an event has half of a surrogate pair, which is not a character.", nameof(id));
        }

        var registration = ByType.GetValueOrDefault(@event.GetType()) ?? throw new NoEventHandlerException(@event.GetType());
        var key = registration.KeyOf(@event);
        if (key?.Length > 1_000)
        {
            throw new ArgumentException($"The key of an event has at most 1,000 characters, not {key.Length}.", nameof(@event));
        }

        return await AcceptAsync(EventHash.LaneOf(key ?? id, options.Lanes), new EventEnvelope(id, registration.Name, key, registration.Write(@event)), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Finds the oldest session of a lane that is kept and comes after one of these numbers.</summary>
    public async ValueTask<SessionInfo?> FindNextAsync(int lane, int generation, CancellationToken cancellationToken)
    {
        var query = new SessionQuery { Agent = AgentName, States = s_all, After = IdOf(lane, generation), Limit = 1 };
        return await runtime.Store.ListAsync(query, cancellationToken).ConfigureAwait(false) is [var next] && IsOf(next, lane) ? next : null;
    }

    /// <summary>Refuses to begin where events wait in as many lanes as there were before; lets lanes go on whose predecessors were deleted before they could hand over.</summary>
    public async ValueTask PrepareAsync(CancellationToken cancellationToken)
    {
        var open = await ListAsync(s_open, null, cancellationToken).ConfigureAwait(false);
        foreach (var session in open.Where(session => !Enumerable.Range(0, options.Lanes).Any(lane => IsOf(session, lane))))
        {
            if (session.State != SessionState.Suspended || (await runtime.Store.ReadSignalsAsync(session.Id, cancellationToken).ConfigureAwait(false)).Count > 0)
            {
                throw new InvalidOperationException($"Events wait in '{session.Id}', and now there are to be {options.Lanes} lanes: events of one key would be handled out of order. Run with as many lanes as there were until none waits.");
            }
        }

        for (var lane = 0; lane < options.Lanes; lane++)
        {
            if (open.Find(session => IsOf(session, lane)) is not { } oldest || GenerationOf(oldest.Id) is not (> 1 and var generation))
            {
                continue;
            }

            await BeginAfterEndedAsync(lane, generation, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Goes on at once with what a process of the same owner has left; what others have left is due when their leases end.</summary>
    public async ValueTask ResumeAsync(CancellationToken cancellationToken)
    {
        foreach (var session in await ListAsync(s_open, null, cancellationToken).ConfigureAwait(false))
        {
            if (session.State is SessionState.Created or SessionState.Running || (session.State == SessionState.Suspended && session.Owner == runtime.Options.Owner))
            {
                try
                {
                    await runtime.ResumeAsync(Lane, session.Id, cancellationToken).ConfigureAwait(false);
                }
                catch (SessionException)
                {
                    // One that cannot go on does not keep the others from it. The runtime tries again, and tells.
                }
            }
        }
    }

    /// <summary>Opens a session of a lane, if it is not there, and sees to it that its predecessor gets no more.</summary>
    public async ValueTask OpenAsync(int lane, int generation, CancellationToken cancellationToken)
    {
        try
        {
            if (await runtime.Store.FindAsync(IdOf(lane, generation), cancellationToken).ConfigureAwait(false) is null)
            {
                await runtime.StartAsync(Lane, (lane, generation), new SessionOptions { Id = IdOf(lane, generation), Mode = "events" }, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (SessionExistsException)
        {
            // Somebody was faster.
        }

        await SealAsync(lane, generation, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Tells the predecessor of a session that it gets no more.</summary>
    private async ValueTask SealAsync(int lane, int generation, CancellationToken cancellationToken)
    {
        if (generation == 1)
        {
            return;
        }

        try
        {
            await SignalAsync(lane, generation - 1, NextSignal, EndKey, JsonSerializer.SerializeToElement(EventEnvelope.End, EventJson.Default.EventEnvelope), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is InvalidSessionTransitionException or SessionNotFoundException)
        {
            await BeginAfterEndedAsync(lane, generation, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Lets a session begin whose predecessor has completed, or is gone. Mostly it was told so by the predecessor, and this is a repetition; but somebody may have deleted it before.</summary>
    private async ValueTask BeginAfterEndedAsync(int lane, int generation, CancellationToken cancellationToken)
    {
        if (await runtime.Store.FindAsync(IdOf(lane, generation - 1), cancellationToken).ConfigureAwait(false) is null or { State: SessionState.Completed or SessionState.Archived })
        {
            await BeginAsync(lane, generation, [], cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Lets the successor of a session begin.</summary>
    private async ValueTask HandOverAsync(int lane, int generation, CancellationToken cancellationToken)
    {
        var id = IdOf(lane, generation);
        var own = new List<string>();
        string[] before = [];
        foreach (var outcome in await runtime.ReadOutcomesAsync(Lane, id, cancellationToken).ConfigureAwait(false))
        {
            if (outcome is { Action: NextSignal, Status: ActionStatus.Completed } && outcome.Value.Deserialize(EventJson.Default.EventEnvelope) is { } envelope && envelope.IsWhole() && !envelope.IsEnd())
            {
                own.Add(EventHash.Of(envelope.Id));
            }
            else if (outcome is { Action: BeginSignal, Status: ActionStatus.Completed })
            {
                before = outcome.Value.Deserialize(EventJson.Default.StringArray) ?? [];
            }
        }

        // All of its own, as they may have been published to its successor too; of those before, the last ones, as many as are to be remembered.
        var room = (runtime.Options.MaxPayload - RecordOverhead) / 20;
        string[] ids = [.. before.TakeLast(Math.Max(0, options.EventsPerSession - own.Count)), .. own];
        await BeginAsync(lane, generation + 1, [.. ids.TakeLast(Math.Max(1, room))], cancellationToken).ConfigureAwait(false);
        _known.TryRemove(id, out _);
    }

    public void Dispose() => Array.ForEach(_mailboxes, static mailbox => mailbox.Dispose());

    /// <summary>Handles what was taken from a lane.</summary>
    public async Task<DurableEventOutcome> HandleAsync(int lane, int generation, EventEnvelope? envelope, ActionContext context, CancellationToken cancellationToken)
    {
        if (envelope?.IsEnd() == true)
        {
            await HandOverAsync(lane, generation, cancellationToken).ConfigureAwait(false);
            return Outcome(envelope, DurableEventStatus.Handled) with { IsEnd = true };
        }

        // Before the event is handled, so that a crash does not come between its handling and the record of it.
        if (context.Iteration >= options.EventsPerSession)
        {
            await OpenAsync(lane, generation + 1, cancellationToken).ConfigureAwait(false);
        }

        return envelope?.IsWhole() == true
            ? await OutcomeOfAsync(envelope, context, cancellationToken).ConfigureAwait(false)
            : Refused(new("", "", null, null), DurableEventStatus.InvalidBody, new JsonException("The signal is no event."));
    }

    /// <summary>Handles an event, here and now.</summary>
    public async Task<DurableEventOutcome> HandleNowAsync(EventEnvelope envelope, ActionContext context, CancellationToken cancellationToken)
    {
        var registration = ByName[envelope.Type];
        object? body;
        try
        {
            body = (envelope.Body is { } json ? registration.Read(json) : null) ?? throw new JsonException($"There is no event of type '{envelope.Type}', but null.");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException)
        {
            return Refused(envelope, DurableEventStatus.InvalidBody, e);
        }

        for (var attempt = 1; ; attempt++)
        {
            var outcome = await AttemptAsync(registration, envelope, body, context, attempt, cancellationToken).ConfigureAwait(false);
            if (outcome.Status is not (DurableEventStatus.Failed or DurableEventStatus.TimedOut) || attempt >= registration.Options.Attempts)
            {
                return outcome;
            }

            var pause = registration.Options.RetryDelay * Math.Pow(2, Math.Min(attempt - 1, 16));
            pause = pause < TimeSpan.FromMinutes(1) ? pause : TimeSpan.FromMinutes(1);
            await TimerSpan.DelayAsync(pause, context.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<bool> AcceptAsync(int lane, EventEnvelope envelope, CancellationToken cancellationToken)
    {
        var json = JsonSerializer.SerializeToElement(envelope, EventJson.Default.EventEnvelope);
        var length = JsonSerializer.SerializeToUtf8Bytes(json, EventJson.Default.JsonElement).Length;
        if (length > runtime.Options.MaxPayload - RecordOverhead)
        {
            // It would be accepted, and could not be recorded as taken.
            throw new PayloadTooLargeException(IdOf(lane, 0), $"event '{envelope.Type}'", length, runtime.Options.MaxPayload - RecordOverhead);
        }

        var isNew = true;
        while (true)
        {
            var generation = await _mailboxes[lane].EnterAsync(options.EventsPerSession, token => FindNewestAsync(lane, token), (next, token) => OpenAsync(lane, next, token), cancellationToken).ConfigureAwait(false);
            try
            {
                isNew &= await SignalAsync(lane, generation, NextSignal, KeyOf(envelope.Id), json, cancellationToken).ConfigureAwait(false);
                if (await IsNewestAsync(lane, generation, cancellationToken).ConfigureAwait(false) || await StandsBeforeEndAsync(lane, generation, envelope.Id, cancellationToken).ConfigureAwait(false))
                {
                    return isNew;
                }
            }
            catch (Exception e) when (e is InvalidSessionTransitionException or SessionNotFoundException)
            {
                // It has ended: whatever comes now is its successor's.
            }

            await _mailboxes[lane].ForgetAsync(generation, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Whether an event that was signalled to a session, which has a successor by now, stands before the end there: then it is handled there. So it need not be known to those who come after,
    /// however long the publisher was held up.
    /// </summary>
    private async ValueTask<bool> StandsBeforeEndAsync(int lane, int generation, string id, CancellationToken cancellationToken)
    {
        if (await runtime.Store.FindAsync(IdOf(lane, generation + 1), cancellationToken).ConfigureAwait(false) is null)
        {
            return false;
        }

        await SealAsync(lane, generation + 1, cancellationToken).ConfigureAwait(false);
        var unread = await runtime.Store.ReadSignalsAsync(IdOf(lane, generation), cancellationToken).ConfigureAwait(false);
        var end = unread.FirstOrDefault(static signal => signal is { Name: NextSignal, Key: EndKey });
        var own = unread.FirstOrDefault(signal => signal.Name == NextSignal && signal.Key == KeyOf(id));

        // Of one that was deleted before it was read, nothing is known. What was read and is no longer there was taken.
        return await runtime.Store.FindAsync(IdOf(lane, generation), cancellationToken).ConfigureAwait(false) is not null && (own is null || own.Number < end?.Number);
    }

    private static string KeyOf(string id) => $"event:{id}";

    /// <summary>Whether a session has no successor. In this order: while it is open its successor cannot have come and gone.</summary>
    private async ValueTask<bool> IsNewestAsync(int lane, int generation, CancellationToken cancellationToken) =>
        await runtime.Store.FindAsync(IdOf(lane, generation + 1), cancellationToken).ConfigureAwait(false) is null
        && await runtime.Store.FindAsync(IdOf(lane, generation), cancellationToken).ConfigureAwait(false) is { } info && s_open.Contains(info.State);

    /// <summary>Finds the newest session of a lane, or opens one, and sees to it that its predecessor gets no more.</summary>
    private async ValueTask<(int Generation, int Given)> FindNewestAsync(int lane, CancellationToken cancellationToken)
    {
        var newest = (await ListAsync(s_open, lane, cancellationToken).ConfigureAwait(false)).LastOrDefault() ?? (await ListAsync(s_all, lane, cancellationToken).ConfigureAwait(false)).LastOrDefault();
        switch (newest?.State)
        {
            case null:
                await OpenAsync(lane, 1, cancellationToken).ConfigureAwait(false);
                return (1, 0);
            case SessionState.Failed or SessionState.Cancelled:
                throw new EventLaneEndedException(newest.Id, newest.State);
            case SessionState.Completed or SessionState.Archived:
                var next = GenerationOf(newest.Id) + 1;
                await OpenAsync(lane, next, cancellationToken).ConfigureAwait(false);
                return (next, 0);
        }

        var generation = GenerationOf(newest.Id);
        await SealAsync(lane, generation, cancellationToken).ConfigureAwait(false);
        return (generation, (await runtime.Store.ReadSignalsAsync(newest.Id, cancellationToken).ConfigureAwait(false)).Count);
    }

    /// <summary>The sessions of a lane, or of all, those of other numbers of lanes included; of each lane the oldest first.</summary>
    private async ValueTask<List<SessionInfo>> ListAsync(SessionState[] states, int? lane, CancellationToken cancellationToken)
    {
        var found = new List<SessionInfo>();
        var query = new SessionQuery { Agent = AgentName, States = states, After = lane is { } one ? IdOf(one, 0) : null };
        while (await runtime.Store.ListAsync(query, cancellationToken).ConfigureAwait(false) is { Count: > 0 } page)
        {
            found.AddRange(page.Where(session => lane is not { } one || IsOf(session, one)));
            if (found.Count == 0 || found[^1] != page[^1])
            {
                // It is past the lane.
                break;
            }

            query = query with { After = page[^1].Id };
        }

        return found;
    }

    private bool IsOf(SessionInfo session, int lane) => session.Id.StartsWith(string.Create(CultureInfo.InvariantCulture, $"{name}/{lane}of{options.Lanes}/"), StringComparison.Ordinal);

    private ValueTask<bool> SignalAsync(int lane, int generation, string signal, string key, JsonElement value, CancellationToken cancellationToken) =>
        runtime.SignalAsync(IdOf(lane, generation), signal, value, new SignalOptions { Key = key }, cancellationToken);

    private async ValueTask BeginAsync(int lane, int generation, string[] ids, CancellationToken cancellationToken)
    {
        try
        {
            await SignalAsync(lane, generation, BeginSignal, "begin", JsonSerializer.SerializeToElement(ids, EventJson.Default.StringArray), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is InvalidSessionTransitionException or SessionNotFoundException)
        {
            // Somebody has cancelled the successor: there is nobody to hand over to.
        }
    }

    private async ValueTask<HashSet<string>> KnownAsync(string session, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue(session, out var known))
        {
            return known;
        }

        known = new(StringComparer.Ordinal);
        if (GenerationOf(session) > 1)
        {
            foreach (var outcome in await runtime.ReadOutcomesAsync(Lane, session, cancellationToken).ConfigureAwait(false))
            {
                if (outcome is { Action: BeginSignal, Status: ActionStatus.Completed })
                {
                    known.UnionWith(outcome.Value.Deserialize(EventJson.Default.StringArray) ?? []);
                }
            }
        }

        return _known[session] = known;
    }

    private async ValueTask<DurableEventOutcome> OutcomeOfAsync(EventEnvelope envelope, ActionContext context, CancellationToken cancellationToken)
    {
        if ((await KnownAsync(context.SessionId!, cancellationToken).ConfigureAwait(false)).Contains(EventHash.Of(envelope.Id)))
        {
            return Outcome(envelope, DurableEventStatus.Duplicate);
        }

        if (!ByName.TryGetValue(envelope.Type, out var registration))
        {
            return Refused(envelope, DurableEventStatus.UnknownType, new NotSupportedException($"Nobody handles events of type '{envelope.Type}'. Register a handler: agent.On(\"{envelope.Type}\", …)."));
        }

        return registration.Options.IsAtMostOnce
            ? await HandleOnceAsync(envelope, context, cancellationToken).ConfigureAwait(false)
            : await HandleNowAsync(envelope, context, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<DurableEventOutcome> HandleOnceAsync(EventEnvelope envelope, ActionContext context, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await context.RunChildAsync(Once, envelope, s_once, cancellationToken).ConfigureAwait(false);
            }
            catch (UncertainSessionException e) when (e.Session != context.SessionId)
            {
                // The lane does not wait for a person: that it is in doubt is what came of the event.
                try
                {
                    await runtime.SettleAsync(Once, e.Session, "Handle", Settlement.Completed(Refused(envelope, DurableEventStatus.InDoubt, e)), cancellationToken).ConfigureAwait(false);
                }
                catch (SessionException settled) when (settled is InvalidSessionTransitionException or SessionOwnedException)
                {
                    await Task.Delay(runtime.Options.PollInterval, context.TimeProvider, cancellationToken).ConfigureAwait(false);
                }
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                return Refused(envelope, DurableEventStatus.Failed, e);
            }
        }
    }

    private async ValueTask<DurableEventOutcome> AttemptAsync(EventRegistration registration, EventEnvelope envelope, object body, ActionContext context, int attempt, CancellationToken cancellationToken)
    {
        using var timeout = new LongTimeout(registration.Options.Timeout ?? Timeout.InfiniteTimeSpan, context.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var response = await registration.Handle(body, new DurableEventContext(this, envelope, context, attempt), either.Token).ConfigureAwait(false);
            return Fitting(Outcome(envelope, DurableEventStatus.Handled) with { Response = response, Attempts = attempt });
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // The session has lost its worker, or was cancelled: nothing has come of the event.
            throw new OperationCanceledException(cancellationToken);
        }
        catch (OperationCanceledException e) when (timeout.IsCancellationRequested)
        {
            var error = new TimeoutException($"The handler of '{envelope.Type}' took longer than {registration.Options.Timeout}.", e);
            return Refused(envelope, DurableEventStatus.TimedOut, error) with { Attempts = attempt };
        }
        catch (UncertainSessionException e)
        {
            return Refused(envelope, DurableEventStatus.InDoubt, e) with { Attempts = attempt };
        }
        catch (Exception e)
        {
            await context.EmitFailureAsync(e).ConfigureAwait(false);
            return Refused(envelope, DurableEventStatus.Failed, e) with { Attempts = attempt };
        }
    }

    /// <summary>A response that cannot be recorded is the handler's failure, not the lane's.</summary>
    private DurableEventOutcome Fitting(DurableEventOutcome outcome)
    {
        var length = JsonSerializer.SerializeToUtf8Bytes(outcome, EventJson.Default.DurableEventOutcome).Length;
        return length <= runtime.Options.MaxPayload - RecordOverhead
            ? outcome
            : outcome with { Status = DurableEventStatus.Failed, Response = null, Error = new(typeof(PayloadTooLargeException).FullName!, $"The response takes {length} bytes, and {runtime.Options.MaxPayload - RecordOverhead} are allowed: AgentRuntimeOptions.MaxPayload.") };
    }

    private static DurableEventOutcome Outcome(EventEnvelope envelope, DurableEventStatus status) => new(envelope.Id, envelope.Type, envelope.Key, status);

    private static DurableEventOutcome Refused(EventEnvelope envelope, DurableEventStatus status, Exception error) =>
        Outcome(envelope, status) with { Error = new(error.GetType().FullName!, error.Message.Length <= MaxMessage ? error.Message : error.Message[..MaxMessage]) };
}
