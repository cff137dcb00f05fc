using System.Text.Json;

namespace AgentFlow;

/// <summary>A handle on a session: it holds nothing of the session itself, and any number of them may exist.</summary>
public abstract class Session
{
    /// <summary>Lets the session go on here, if the handle was made without that; called once.</summary>
    private Action? _adopt;

    private protected Session(AgentRuntime runtime, AgentHost host, string id, Action? adopt)
    {
        _adopt = adopt;
        Runtime = runtime;
        Host = host;
        Id = id;
    }

    /// <summary>The session's id.</summary>
    public string Id { get; }

    /// <summary>The runtime that the handle belongs to.</summary>
    public AgentRuntime Runtime { get; }

    private protected AgentHost Host { get; }

    /// <summary>What the store knows of the session.</summary>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>The session.</returns>
    /// <exception cref="SessionNotFoundException">It was deleted.</exception>
    public async ValueTask<SessionInfo> GetInfoAsync(CancellationToken cancellationToken = default) =>
        await Runtime.Store.FindAsync(Id, cancellationToken).ConfigureAwait(false) ?? throw new SessionNotFoundException(Id);

    /// <summary>
    /// Waits until nothing of the session is under way: it is suspended, paused, uncertain, or has ended. A signal that was given before is looked at first.
    /// </summary>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>The state it is in.</returns>
    /// <exception cref="SessionException">It has a signal to go on with, and cannot.</exception>
    public async Task<SessionState> WaitAsync(CancellationToken cancellationToken = default)
    {
        StoreTransaction.ThrowIfWithin(Runtime.Store);
        Adopt();
        while (true)
        {
            var next = Runtime.Watch.Next(Id);
            if (!Runtime.Live.ContainsKey(Id))
            {
                var info = await GetInfoAsync(cancellationToken).ConfigureAwait(false);
                if (info.State is not (SessionState.Created or SessionState.Running) && !await HasNewsAsync(info, cancellationToken).ConfigureAwait(false))
                {
                    if (await StillStandsAsync(info, cancellationToken).ConfigureAwait(false))
                    {
                        return info.State;
                    }

                    continue;
                }
            }

            await Runtime.NextChangeAsync(next, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Whether a session rests as it did before its signals were read. A worker may have taken the signal meanwhile, so that it was in the store neither as news nor as something that was seen.
    /// </summary>
    private async ValueTask<bool> StillStandsAsync(SessionInfo info, CancellationToken cancellationToken) =>
        info.State != SessionState.Suspended || (!Runtime.Live.ContainsKey(Id) && await GetInfoAsync(cancellationToken).ConfigureAwait(false) == info);

    /// <summary>Whoever waits for the session, or gives it something to go on with, means it to go on.</summary>
    private protected void Adopt() => Interlocked.Exchange(ref _adopt, null)?.Invoke();

    /// <summary>Whether a signal has come that no worker has looked at. If so, the session is set to work.</summary>
    private async ValueTask<bool> HasNewsAsync(SessionInfo info, CancellationToken cancellationToken)
    {
        if (info.State != SessionState.Suspended || !Runtime.Options.Wakes)
        {
            return false;
        }

        var signals = await Runtime.Store.ReadSignalsAsync(Id, cancellationToken).ConfigureAwait(false);
        if (signals.Count == 0 || signals[^1].Number <= info.SignalsSeen)
        {
            return false;
        }

        // Waiting for a session must not change the instance that continues it.
        await Runtime.WakeAsync(Runtime.FindHost(Id, Host.Graph.Name) ?? Host, Id, isDue: true, cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>Gives a signal to the session. It may come early, and it may come again.</summary>
    /// <typeparam name="T">The answer.</typeparam>
    /// <param name="signal">The signal.</param>
    /// <param name="value">The answer.</param>
    /// <param name="options">Who sends it.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>Whether it is new; false if one with its sender and key has come before.</returns>
    /// <exception cref="InvalidSessionTransitionException">The session has ended.</exception>
    /// <exception cref="InvalidSignalException">The session's agent has no such signal, or the answer does not fit it.</exception>
    /// <exception cref="PayloadTooLargeException">The answer, as it would be recorded, is larger than <see cref="AgentRuntimeOptions.MaxPayload"/>, or than the store takes.</exception>
    /// <exception cref="PayloadTooDeepException">The answer is nested too deep.</exception>
    /// <exception cref="TooManySignalsException">As many signals wait for the session as the store keeps.</exception>
    public ValueTask<bool> SignalAsync<T>(SignalKey<T> signal, T value, SignalOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(signal);
        Adopt();
        return Runtime.SignalAsync(Host, Id, signal.Name, signal.Contract is { } contract ? writer => JsonSerializer.Serialize(writer, value, contract) : null, options, cancellationToken);
    }

    /// <summary>
    /// Cancels the session: what it has done is undone, and then it is cancelled. A session that has failed already, and is undoing what it did,
    /// ends as failed.
    /// </summary>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>Completes when the cancellation is asked for; <see cref="WaitAsync"/> tells when it is over.</returns>
    /// <exception cref="InvalidSessionTransitionException">The session has ended.</exception>
    /// <exception cref="SessionOwnedException">Another worker owns it.</exception>
    public ValueTask CancelAsync(CancellationToken cancellationToken = default)
    {
        Adopt();
        return Runtime.CancelAsync(Host, Id, cancellationToken);
    }

    /// <summary>Pauses the session: what is under way comes to its end, nothing new starts.</summary>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>Completes when nothing is under way. It may have ended meanwhile.</returns>
    /// <exception cref="InvalidSessionTransitionException">The session has ended.</exception>
    /// <exception cref="SessionOwnedException">Another worker owns it.</exception>
    public ValueTask PauseAsync(CancellationToken cancellationToken = default) => Runtime.PauseAsync(Id, cancellationToken);

    /// <summary>Goes on with the session; see <see cref="AgentRuntime.ResumeAsync"/>.</summary>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>Completes when it is at work, if it can be.</returns>
    public async ValueTask ResumeAsync(CancellationToken cancellationToken = default)
    {
        Adopt();
        await Runtime.WakeAsync(Host, Id, isDue: false, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// What happens in the session, from its beginning to its end: what is recorded already, then what comes, however long that takes and in
    /// whatever process. Starts, retries, progress, tokens and users' own events are told as they happen, in this process only; a slow reader
    /// loses some of these, and nothing that is recorded.
    /// </summary>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The events; the last one tells how the session has ended.</returns>
    public IAsyncEnumerable<AgentEvent> Events(CancellationToken cancellationToken = default) => Runtime.ReadEventsAsync(Host, Id, cancellationToken);

    /// <summary>
    /// What has failed in the session's last iteration, the first first, and not more than 1,000: actions, those with
    /// <see cref="OptionalAttribute"/> among them, and elements that
    /// <see cref="ForEachAttribute.AllowPartialFailure"/> has left out (with <see cref="ActionFailedException.Item"/>). They are read from
    /// the journal, whether the session has
    /// completed in spite of them or not, and in whatever process they happened; the causes are <see cref="RecordedException"/>s.
    /// Fire-and-forget actions are not among them.
    /// </summary>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The failures.</returns>
    /// <exception cref="SessionNotFoundException">The session was deleted.</exception>
    public ValueTask<IReadOnlyList<ActionFailedException>> GetFailuresAsync(CancellationToken cancellationToken = default) =>
        Runtime.WithRunAsync(Host, Id, long.MaxValue, static (run, _) => run.Failures, cancellationToken);

    /// <summary>
    /// The session as a document: who it is, or all that is known of it. What is marked with <see cref="SensitiveAttribute"/> is left out, and so is what
    /// the last error of an agent says that has anything of the kind: it may quote it.
    /// </summary>
    /// <param name="isFull">Whether the state, the checkpoints and the relatives are part of it. Default: no.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>JSON with <c>session_id</c>, <c>mode</c>, <c>last_checkpoint</c>, <c>created_at</c>; or <c>state</c>, <c>checkpoints</c>, <c>metadata</c> besides.</returns>
    public ValueTask<JsonElement> ExportAsync(bool isFull = false, CancellationToken cancellationToken = default) => Runtime.ExportAsync(Host, Id, isFull, cancellationToken);

    /// <summary>Gives the present place in the journal a name.</summary>
    /// <param name="name">The name; the latest of equal ones counts.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>The sequence number of the checkpoint.</returns>
    public ValueTask<long> CheckpointAsync(string name, CancellationToken cancellationToken = default) => Runtime.CheckpointAsync(Id, name, cancellationToken);
}

/// <inheritdoc />
/// <typeparam name="TAgent">The agent.</typeparam>
/// <typeparam name="TResult">What the agent returns, or <see cref="Unit"/>.</typeparam>
public sealed class Session<TAgent, TResult> : Session
{
    /// <summary>How the session leaves this worker, if the handle is the one that started it.</summary>
    private readonly Task<SessionRest>? _rest;
    private Task<TResult>? _result;

    internal Session(AgentRuntime runtime, AgentHost host, string id, Task<SessionRest>? rest = null, Action? adopt = null)
        : base(runtime, host, id, adopt) => _rest = rest;

    /// <summary>
    /// The session's result, once it has completed, however long that takes and in whatever process it is worked on. Fails with what the
    /// session failed with (an <see cref="ActionFailedException"/> whose inner exception is a <see cref="RecordedException"/>, or a
    /// <see cref="RecordedException"/>, if that was in another process); with <see cref="OperationCanceledException"/> if it was cancelled; with <see cref="UncertainSessionException"/>
    /// while it is uncertain.
    /// </summary>
    public Task<TResult> Result
    {
        get
        {
            var result = Volatile.Read(ref _result);
            return result is { IsFaulted: false, IsCanceled: false } ? result : _result = Observed(GetResultAsync());
        }
    }

    /// <summary>Waits for the end: its result, or what it failed with.</summary>
    internal async Task<SessionRest> WhenEndedAsync(CancellationToken cancellationToken)
    {
        StoreTransaction.ThrowIfWithin(Runtime.Store);
        while (true)
        {
            var next = Runtime.Watch.Next(Id);
            SessionRest? rest = null;
            if (!Runtime.Live.ContainsKey(Id))
            {
                rest = AsThrown(await Runtime.ReadRestAsync(Host, Id, cancellationToken).ConfigureAwait(false));
            }

            rest ??= await Runtime.NextChangeAsync(next, cancellationToken).ConfigureAwait(false);
            switch (rest?.State)
            {
                case SessionState.Completed or SessionState.Failed or SessionState.Uncertain:
                case SessionState.Running when rest.Error is not (null or FencedException or LeaseLostException):
                    return rest;
                case SessionState.Cancelled:
                    return rest with { Error = rest.Error as OperationCanceledException ?? new OperationCanceledException($"Session '{Id}' was cancelled.", rest.Error) };
            }
        }
    }

    /// <summary>Waits until the session is no longer uncertain, whoever settles it, and in whatever process.</summary>
    internal async Task<SessionInfo> WhenSettledAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var next = Runtime.Watch.Next(Id);
            if (!Runtime.Live.ContainsKey(Id) && await GetInfoAsync(cancellationToken).ConfigureAwait(false) is { State: not SessionState.Uncertain } info)
            {
                return info;
            }

            await Runtime.NextChangeAsync(next, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>What a session fails with is recorded: a result that nobody awaits leaves nothing for the finalizer to report.</summary>
    private static Task<TResult> Observed(Task<TResult> result)
    {
        result.ContinueWith(static t => t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return result;
    }

    private async Task<TResult> GetResultAsync()
    {
        Adopt();
        var rest = await WhenEndedAsync(CancellationToken.None).ConfigureAwait(false);
        if (rest.Error is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(rest.Error);
        }

        return rest.Result is null ? default! : (TResult)rest.Result;
    }

    /// <summary>The exception itself, with its stack, where it was thrown here: the record of it only says what it was.</summary>
    private SessionRest? AsThrown(SessionRest? recorded) =>
        recorded?.Error is { } error && _rest is { IsCompletedSuccessfully: true } here && here.Result is { Error: { } thrown } rest && rest.State == recorded.State && thrown.Message == error.Message
            ? rest
            : recorded;
}
