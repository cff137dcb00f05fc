using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentFlow;

/// <summary>
/// Runs sessions: runs with an id and a journal, which outlive the process. It claims what it works on, wakes what is due, and gives up what
/// waits. One for each process and store is usual; it is thread-safe.
/// </summary>
public sealed partial class AgentRuntime : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, AgentHost> _agents = new(StringComparer.Ordinal);

    /// <summary>
    /// Sessions that were set to work with another instance than the one that serves the rest of their agent's: they go on by it until they end here.
    /// </summary>
    private readonly ConcurrentDictionary<string, AgentHost> _own = new(StringComparer.Ordinal);

    /// <summary>Agents that were unregistered: a handle on one of their sessions does not register them again.</summary>
    private readonly ConcurrentDictionary<string, bool> _unregistered = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, SessionRun> _live = new(StringComparer.Ordinal);

    /// <summary>Sessions that are being claimed here: an owner may claim again what it owns, and must not do so by mistake.</summary>
    private readonly ConcurrentDictionary<string, Task<bool>> _waking = new(StringComparer.Ordinal);
    /// <summary>How long cancelled actions get to end.</summary>
    private static readonly TimeSpan s_timeToCancel = TimeSpan.FromSeconds(1);

    private readonly SessionWatch _watch = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly WakeLoop _wakes;

    /// <summary>Sessions on their way to work here: the runtime does not end before they are there, and then holds them back.</summary>
    private readonly Entrance _entrance = new();
    private int _isDisposed;

    /// <summary>Whether whatever comes to work here comes too late.</summary>
    private volatile bool _isOver;

    /// <summary>Creates a runtime. It does not own the store.</summary>
    /// <param name="store">Where sessions are kept.</param>
    /// <param name="options">How. Default: as documented there.</param>
    public AgentRuntime(ISessionStore store, AgentRuntimeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        Store = store;
        Options = options ?? new();
        Log = Options.LoggerFactory?.CreateLogger(typeof(AgentRuntime).FullName!) ?? NullLogger.Instance;
        Stopping = _stopping.Token;
        _wakes = new WakeLoop(this, Stopping);
    }

    /// <summary>Where the sessions are kept.</summary>
    public ISessionStore Store { get; }

    /// <summary>How they are kept.</summary>
    public AgentRuntimeOptions Options { get; }

    /// <summary>How many sessions are at work here.</summary>
    public int LiveSessions => _live.Count;

    internal ILogger Log { get; }

    /// <summary>Cancelled when the runtime is disposed.</summary>
    internal CancellationToken Stopping { get; }

    internal bool IsDisposed => Volatile.Read(ref _isDisposed) != 0;

    internal ConcurrentDictionary<string, SessionRun> Live => _live;

    /// <summary>The sessions that are claimed here and still being read, which may take longer than a lease: users' upcasts, a slow store.</summary>
    internal ConcurrentDictionary<SessionRun, bool> Loading { get; } = new();

    internal SessionWatch Watch => _watch;

    internal ICollection<string> AgentNames => _agents.Keys;

    /// <summary>
    /// Lets sessions of an agent be woken here: those that are due, and those whose worker has died. Starting or resuming one does so too, if no
    /// instance of the agent is registered; a session that is started or resumed with another instance goes on by that until it ends or this is called. The
    /// instance given here serves every session of the agent that is woken from then on.
    /// </summary>
    /// <typeparam name="TSelf">The agent.</typeparam>
    /// <typeparam name="TInput">Its input.</typeparam>
    /// <typeparam name="TResult">Its result.</typeparam>
    /// <param name="agent">The agent.</param>
    /// <exception cref="AgentIdConflictException">An agent of another class is registered under the same id.</exception>
    public void Register<TSelf, TInput, TResult>(IDurableAgent<TSelf, TInput, TResult> agent)
        where TSelf : IDurableAgent<TSelf, TInput, TResult>
    {
        var host = Host(agent);
        _agents[host.Graph.Name] = host;
        ForgetInstances(host.Graph.Name);
    }

    /// <summary>
    /// Lets go of an agent: its sessions are no longer woken here, those at work bring what is under way to its end and are given up as they stand, so that another worker goes on with them.
    /// What takes longer than <see cref="AgentRuntimeOptions.ShutdownGrace"/> is cancelled. Starting, resuming or registering takes the agent up again.
    /// </summary>
    /// <typeparam name="TSelf">The agent.</typeparam>
    /// <typeparam name="TInput">Its input.</typeparam>
    /// <typeparam name="TResult">Its result.</typeparam>
    /// <param name="agent">The agent.</param>
    /// <returns>Completes when none of its sessions is at work here.</returns>
    /// <exception cref="AgentIdConflictException">An agent of another class is registered under the same id; it stays.</exception>
    public async ValueTask UnregisterAsync<TSelf, TInput, TResult>(IDurableAgent<TSelf, TInput, TResult> agent)
        where TSelf : IDurableAgent<TSelf, TInput, TResult>
    {
        ArgumentNullException.ThrowIfNull(agent);
        var name = agent.Definition.Name;
        if (FindAgent(name) is { } registered && registered.Agent != typeof(TSelf))
        {
            throw new AgentIdConflictException(name, registered.Agent, typeof(TSelf));
        }

        SessionRun[] left;
        do
        {
            // What is under way may start another session of the agent.
            _unregistered[name] = true;
            _agents.TryRemove(name, out _);
            ForgetInstances(name);
            left = [.. _live.Values.Where(session => session.Agent == name)];
            foreach (var session in left)
            {
                session.HoldBack(SessionState.Running);
            }

            await LeaveAsync(left).ConfigureAwait(false);
        }
        while (left.Length > 0);
    }

    /// <summary>Starts a session.</summary>
    /// <typeparam name="TSelf">The agent.</typeparam>
    /// <typeparam name="TInput">Its input.</typeparam>
    /// <typeparam name="TResult">Its result.</typeparam>
    /// <param name="agent">The agent.</param>
    /// <param name="input">The arguments: the one input, a tuple of several, or <see cref="Unit"/>.</param>
    /// <param name="options">The session's id, mode and durability.</param>
    /// <param name="cancellationToken">Stops the attempt to start it; not the session.</param>
    /// <returns>The session, at work.</returns>
    /// <exception cref="SessionExistsException">There is one with this id.</exception>
    /// <exception cref="PayloadTooLargeException">The input is larger than <see cref="AgentRuntimeOptions.MaxPayload"/>.</exception>
    public async ValueTask<Session<TSelf, TResult>> StartAsync<TSelf, TInput, TResult>(
        IDurableAgent<TSelf, TInput, TResult> agent, TInput input, SessionOptions? options = null, CancellationToken cancellationToken = default)
        where TSelf : IDurableAgent<TSelf, TInput, TResult> =>
        await StartAnyAsync(agent, input, (options ?? new()) with { Id = SessionId.CheckChosen(options?.Id ?? SessionId.New()) }, cancellationToken).ConfigureAwait(false);

    /// <summary>Starts a session, which may be a child.</summary>
    private async ValueTask<Session<TSelf, TResult>> StartAnyAsync<TSelf, TInput, TResult>(
        IDurableAgent<TSelf, TInput, TResult> agent, TInput input, SessionOptions options, CancellationToken cancellationToken)
        where TSelf : IDurableAgent<TSelf, TInput, TResult>
    {
        ThrowIfDisposed();
        var host = Host(agent);
        var id = SessionId.Check(options.Id!);
        if (!WholeText.IsWhole(options.Mode))
        {
            throw new UnrecordableValueException(id, "The mode", new HalfCharacterException().Message);
        }

        ObjectDisposedException.ThrowIf(!_entrance.TryEnter(), this);
        try
        {
            return await StartAsync<TSelf, TInput, TResult>(host, id, input, options, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _entrance.Exit();
        }
    }

    private async ValueTask<Session<TSelf, TResult>> StartAsync<TSelf, TInput, TResult>(
        AgentHost<TSelf, TInput, TResult> host, string id, TInput input, SessionOptions options, CancellationToken cancellationToken)
        where TSelf : IDurableAgent<TSelf, TInput, TResult>
    {
        var run = host.Rent(input, Options.Run);
        SessionRun session;
        try
        {
            var info = new SessionInfo { Id = id, Agent = host.Graph.Name, Shape = host.Shape.Hash, Mode = options.Mode, Parent = options.Parent };
            var codec = Codec(info);
            var chain = JournalChain.Begin(codec);
            var created = chain.Seal([codec.Created(run, host.Shape, options)], after: 0, epoch: 0);
            var asked = Options.Run.TimeProvider.GetTimestamp();
            var claim = await Store.CreateAsync(info, created, Options.Owner, Options.Lease, cancellationToken).ConfigureAwait(false);
            codec.Life = chain.Next.ToArray();
            codec.IsSealedFromTheFirst = codec.HasKeys;
            chain.Advance();
            session = new SessionRun(this, run, host.Shape, claim, asked, codec, new SessionHistory { Durability = options.Durability }) { Chain = chain };
        }
        catch
        {
            run.LetGo();
            throw;
        }

        run.RecordWith(session);
        Enter(session, host);
        session.Go(cancels: false);
        return new Session<TSelf, TResult>(this, host, id, session.Rest);
    }

    /// <summary>
    /// Goes on with a session: one that is paused, that its worker has left, or that waits. One that is at work here, or has ended, is only
    /// given back; of one owned by another worker the handle tells when it ends.
    /// </summary>
    /// <typeparam name="TSelf">The agent.</typeparam>
    /// <typeparam name="TInput">Its input.</typeparam>
    /// <typeparam name="TResult">Its result.</typeparam>
    /// <param name="agent">The agent.</param>
    /// <param name="id">The session's id.</param>
    /// <param name="cancellationToken">Stops the attempt to resume it; not the session.</param>
    /// <returns>The session.</returns>
    /// <exception cref="SessionNotFoundException">There is none.</exception>
    /// <exception cref="IncompatibleSessionException">It was recorded by another shape of the agent, or by another agent.</exception>
    /// <exception cref="DamagedSessionException">What the store holds is damaged.</exception>
    public async ValueTask<Session<TSelf, TResult>> ResumeAsync<TSelf, TInput, TResult>(IDurableAgent<TSelf, TInput, TResult> agent, string id, CancellationToken cancellationToken = default)
        where TSelf : IDurableAgent<TSelf, TInput, TResult>
    {
        ThrowIfDisposed();
        var host = Host(agent);
        if (!await WakeAsync(host, SessionId.Check(id), isDue: false, cancellationToken).ConfigureAwait(false))
        {
            // It may be at work here for another agent.
            CheckAgent(await Store.FindAsync(id, cancellationToken).ConfigureAwait(false) ?? throw new SessionNotFoundException(id), host);
        }

        return new Session<TSelf, TResult>(this, host, id);
    }

    /// <summary>
    /// Finds a session without setting it to work: to look at it, or to read its events. Waiting for it, or giving it a signal, registers the
    /// agent unless one of its name is registered: then it goes on here. A runtime that must not work on sessions has <see cref="AgentRuntimeOptions.Wakes"/> off.
    /// </summary>
    /// <typeparam name="TSelf">The agent.</typeparam>
    /// <typeparam name="TInput">Its input.</typeparam>
    /// <typeparam name="TResult">Its result.</typeparam>
    /// <param name="agent">The agent.</param>
    /// <param name="id">The session's id.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>The session, or <see langword="null"/>.</returns>
    /// <exception cref="IncompatibleSessionException">It is another agent's.</exception>
    public async ValueTask<Session<TSelf, TResult>?> FindAsync<TSelf, TInput, TResult>(IDurableAgent<TSelf, TInput, TResult> agent, string id, CancellationToken cancellationToken = default)
        where TSelf : IDurableAgent<TSelf, TInput, TResult>
    {
        ThrowIfDisposed();
        ArgumentNullException.ThrowIfNull(agent);
        if (await Store.FindAsync(SessionId.Check(id), cancellationToken).ConfigureAwait(false) is not { } info)
        {
            return null;
        }

        var host = new AgentHost<TSelf, TInput, TResult>(agent);
        if (FindAgent(host.Graph.Name) is { } registered)
        {
            Same(registered, host);
        }

        CheckAgent(info, host);
        return new Session<TSelf, TResult>(this, host, id, adopt: () => Adopt(agent));
    }

    /// <summary>Starts a session, or goes on with the one that has its id: what a program does that may have been killed.</summary>
    /// <typeparam name="TSelf">The agent.</typeparam>
    /// <typeparam name="TInput">Its input.</typeparam>
    /// <typeparam name="TResult">Its result.</typeparam>
    /// <param name="agent">The agent.</param>
    /// <param name="input">The arguments, which are those of an existing session as well; see <see cref="SessionOptions.AllowDifferentInput"/>.</param>
    /// <param name="options">The session's id, mode and durability. The id is needed.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>The session.</returns>
    /// <exception cref="DifferentSessionException">The existing session was started with another input, mode, trigger or parent.</exception>
    public async ValueTask<Session<TSelf, TResult>> StartOrResumeAsync<TSelf, TInput, TResult>(
        IDurableAgent<TSelf, TInput, TResult> agent, TInput input, SessionOptions options, CancellationToken cancellationToken = default)
        where TSelf : IDurableAgent<TSelf, TInput, TResult>
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(options.Id);
        if (await Store.FindAsync(options.Id, cancellationToken).ConfigureAwait(false) is null)
        {
            try
            {
                return await StartAsync(agent, input, options, cancellationToken).ConfigureAwait(false);
            }
            catch (SessionExistsException)
            {
                // Somebody was faster.
            }
        }

        if (!options.AllowDifferentInput && await CompareAsync(agent, input, options, cancellationToken).ConfigureAwait(false) is { Count: > 0 } differences)
        {
            throw new DifferentSessionException(options.Id, differences);
        }

        return await ResumeAsync(agent, options.Id, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What differs between a session that is there and one that would be started.</summary>
    /// <exception cref="IncompatibleSessionException">It is another agent's.</exception>
    internal async ValueTask<IReadOnlyList<string>> CompareAsync<TSelf, TInput, TResult>(IDurableAgent<TSelf, TInput, TResult> agent, TInput input, SessionOptions options, CancellationToken cancellationToken)
        where TSelf : IDurableAgent<TSelf, TInput, TResult>
    {
        var id = SessionId.Check(options.Id!);
        var host = new AgentHost<TSelf, TInput, TResult>(agent);
        var info = await Store.FindAsync(id, cancellationToken).ConfigureAwait(false) ?? throw new SessionNotFoundException(id);
        CheckAgent(info, host);
        var codec = await CodecAsync(info, cancellationToken).ConfigureAwait(false);
        JsonElement created = default;
        await foreach (var record in Store.ReadAsync(id, 0, cancellationToken).ConfigureAwait(false))
        {
            created = codec.Read(record);
            break;
        }

        var run = host.Rent(input, Options.Run);
        try
        {
            return RecordedInput.Differences(info, created, run, host.Shape, codec, options);
        }
        finally
        {
            run.LetGo();
        }
    }

    /// <summary>Stops: nothing new starts, what is under way gets <see cref="AgentRuntimeOptions.ShutdownGrace"/>, and every session is given up as it stands.</summary>
    /// <returns>Completes when no session is at work here.</returns>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        var entered = _entrance.CloseAsync();
        HoldBack();
        await _stopping.CancelAsync().ConfigureAwait(false);
        await WithinGraceAsync(Task.WhenAll(_wakes.StopAsync(), entered)).ConfigureAwait(false);
        _isOver = true;

        // Those that came to work meanwhile.
        await LeaveAsync(HoldBack()).ConfigureAwait(false);
        await _wakes.DisposeAsync().ConfigureAwait(false);
        _watch.Close();
        _stopping.Dispose();
    }

    /// <summary>Waits until sessions that are held back have left, breaks off those that take too long, and leaves behind those that ignore it.</summary>
    private async ValueTask LeaveAsync(SessionRun[] sessions)
    {
        var rests = Task.WhenAll(sessions.Select(static s => s.Rest));
        if (await WithinGraceAsync(rests).ConfigureAwait(false))
        {
            return;
        }

        // What users have registered with a token runs when it is cancelled, and may block: it holds up neither the others nor this.
        var broken = sessions.Select(static session =>
            Task.Run(() => session.Break(new OperationCanceledException("The runtime was shut down."))));
        await EndsWithinAsync(Task.WhenAll(broken.Append(rests)), s_timeToCancel).ConfigureAwait(false);
        await Task.WhenAll(sessions.Select(static s => s.Rest.IsCompleted ? s.ReleaseAsync() : s.AbandonAsync())).ConfigureAwait(false);
    }

    private Task<bool> WithinGraceAsync(Task task) => EndsWithinAsync(task, Options.ShutdownGrace);

    private async Task<bool> EndsWithinAsync(Task task, TimeSpan time)
    {
        try
        {
            return await TimerSpan.WaitAsync(EndedAsync(), time, Options.Run.TimeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!task.IsFaulted)
        {
            // It may have ended at the same moment.
            return task.IsCompleted;
        }

        async Task<bool> EndedAsync()
        {
            await task.ConfigureAwait(false);
            return true;
        }
    }

    private AgentHost<TSelf, TInput, TResult> Host<TSelf, TInput, TResult>(IDurableAgent<TSelf, TInput, TResult> agent)
        where TSelf : IDurableAgent<TSelf, TInput, TResult>
    {
        ArgumentNullException.ThrowIfNull(agent);
        var name = agent.Definition.Name;
        if (Store is not ITransactionalSessionStore && agent.Definition.Actions.FirstOrDefault(static a => a.Effect == Effect.Transactional) is { } transactional)
        {
            throw new NotSupportedException($"Action '{transactional.Name}' of agent '{name}' is transactional, and {Store.GetType().Name} has no transactions. Use AgentFlow.Sqlite or AgentFlow.PostgreSql.");
        }

        if (agent.Definition.Actions.FirstOrDefault(static a => a.Effect == Effect.Transactional && (a.ForEach >= 0 || a.Mode == ActionMode.FireAndForget)) is { } uncommitted)
        {
            throw new NotSupportedException($"Action '{uncommitted.Name}' of agent '{name}' is transactional and runs for each element, or without being waited for: there is no outcome to commit with. Build the agent with this version, and see AF0312.");
        }

        if (Options.Encryption is null && agent.Contract.IsSensitive)
        {
            var members = agent.Contract.Inputs.Concat(agent.Contract.Actions).Where(static m => m.IsSensitive).Select(static m => $"'{m.Name}'");
            throw new InvalidOperationException($"Agent '{name}' passes on what is marked as sensitive ({string.Join(", ", members)}), and it would be recorded in clear. Set AgentRuntimeOptions.Encryption.");
        }

        var host = new AgentHost<TSelf, TInput, TResult>(agent);
        _unregistered.TryRemove(name, out _);
        Same(_agents.GetOrAdd(name, host), host);
        if (Options.Wakes)
        {
            _wakes.Start();
            _wakes.Nudge();
        }

        return host;
    }

    /// <summary>Lets sessions of an agent be woken here, on account of a handle that somebody waits for.</summary>
    private void Adopt<TSelf, TInput, TResult>(IDurableAgent<TSelf, TInput, TResult> agent)
        where TSelf : IDurableAgent<TSelf, TInput, TResult>
    {
        if (Options.Wakes && !_agents.ContainsKey(agent.Definition.Name) && !_unregistered.ContainsKey(agent.Definition.Name))
        {
            ThrowIfDisposed();
            Host(agent);
        }
    }

    /// <summary>The host, if the agent that is registered under its id is of the same class.</summary>
    private static AgentHost Same(AgentHost registered, AgentHost host) =>
        registered.Agent == host.Agent ? host : throw new AgentIdConflictException(host.Graph.Name, registered.Agent, host.Agent);

    internal AgentHost? FindAgent(string name) => _agents.GetValueOrDefault(name);

    /// <summary>What a session is woken with: the instance that it was set to work with here, or else the one that serves its agent.</summary>
    internal AgentHost? FindHost(string id, string agent) =>
        FindAgent(agent) is not { } registered ? null : _own.TryGetValue(id, out var own) && own.Graph.Name == agent ? own : registered;

    private void ForgetInstances(string agent)
    {
        foreach (var own in _own)
        {
            if (own.Value.Graph.Name == agent)
            {
                _own.TryRemove(own);
            }
        }
    }

    private static void CheckAgent(SessionInfo info, AgentHost host)
    {
        if (info.Agent != host.Graph.Name)
        {
            throw new IncompatibleSessionException(info.Id, $"it is a session of agent '{info.Agent}', not of '{host.Graph.Name}'");
        }
    }

    /// <summary>Sets a session to work here if it can be.</summary>
    /// <param name="host">What it goes on by.</param>
    /// <param name="id">The session.</param>
    /// <param name="isDue">Whether it goes on by itself, and not because somebody asks for it: one that was paused does not.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>Whether it was.</returns>
    internal async ValueTask<bool> WakeAsync(AgentHost host, string id, bool isDue, CancellationToken cancellationToken)
    {
        if (!_entrance.TryEnter())
        {
            return false;
        }

        try
        {
            return await WakeOnceAsync(host, id, isDue, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _entrance.Exit();
        }
    }

    /// <summary>Sets a session to work here once, however many ask for it.</summary>
    private async ValueTask<bool> WakeOnceAsync(AgentHost host, string id, bool isDue, CancellationToken cancellationToken)
    {
        var waking = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        while (!_waking.TryAdd(id, waking.Task))
        {
            if (_waking.TryGetValue(id, out var other) && await other.WaitAsync(cancellationToken).ConfigureAwait(false))
            {
                return false;
            }
        }

        var isWoken = false;
        try
        {
            return isWoken = !_live.ContainsKey(id) && await WakeAloneAsync(host, id, isDue, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _waking.TryRemove(id, out _);
            waking.SetResult(isWoken);
        }
    }

    private async ValueTask<bool> WakeAloneAsync(AgentHost host, string id, bool isDue, CancellationToken cancellationToken)
    {
        var info = await Store.FindAsync(id, cancellationToken).ConfigureAwait(false) ?? throw new SessionNotFoundException(id);
        CheckAgent(info, host);

        bool Stays(SessionState state) => state.IsEnded() || state == SessionState.Uncertain || (isDue && state == SessionState.Paused);
        if (Stays(info.State))
        {
            return false;
        }

        var asked = Options.Run.TimeProvider.GetTimestamp();
        if (await Store.ClaimAsync(id, Options.Owner, Options.Lease, cancellationToken).ConfigureAwait(false) is not { } claim)
        {
            return false;
        }

        if (Stays(claim.Info.State))
        {
            // Another worker, or a person, was faster.
            await GiveUpAsync(claim).ConfigureAwait(false);
            return false;
        }

        return await GoOnAsync(host, claim, asked, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Goes on with a session that was just claimed.</summary>
    internal async ValueTask<bool> GoOnAsync(AgentHost host, SessionClaim claim, long asked, CancellationToken cancellationToken)
    {
        CompilerServices.AgentRun? run = null;
        SessionRun? session = null;
        SessionLoader loader;
        SignalRecord? request;
        try
        {
            run = host.Rent(Options.Run);
            var history = new SessionHistory();
            var codec = await CodecAsync(claim.Info, cancellationToken).ConfigureAwait(false);
            session = new SessionRun(this, run, host.Shape, claim, asked, codec, history) { Chain = JournalChain.Begin(codec) };
            run.RecordWith(session);
            Loading[session] = true;
            loader = new SessionLoader(run, host.Shape, codec, history, claim.Id);
            await loader.LoadAsync(Store, long.MaxValue, cancellationToken).ConfigureAwait(false);
            loader.CheckEnd(claim.Info, isClaimed: true);

            // Nothing of a child starts that its parent wants cancelled.
            request = claim.Info.Parent is null
                ? null
                : session.FindRequest(await Store.ReadSignalsAsync(claim.Id, cancellationToken).ConfigureAwait(false));
            session.Chain = new JournalChain(codec, loader.Head ?? await HeadAsync(codec, claim.Info, cancellationToken).ConfigureAwait(false));
        }
        catch (DamagedSessionException) when (session?.IsLate ?? IsLate(asked))
        {
            // Another worker may have gone on since the claim: then what was read is newer than what was claimed.
            run?.LetGo();
            await GiveUpAsync(claim).ConfigureAwait(false);
            return false;
        }
        catch
        {
            run?.LetGo();
            await GiveUpAsync(claim).ConfigureAwait(false);
            throw;
        }
        finally
        {
            if (session is not null)
            {
                Loading.TryRemove(session, out _);
            }
        }

        session.GoOnAfter(loader.Read.Snapshot, loader.Read.Tail);
        Enter(session, host);
        if (loader.InDoubt.Count > 0)
        {
            session.Doubt(new UncertainSessionException(claim.Id, loader.InDoubt));
            return true;
        }

        session.Go(loader.IsCancelled, request);
        if (!_agents.ContainsKey(host.Graph.Name))
        {
            // Let go of meanwhile, by somebody who did not see this one.
            session.HoldBack(SessionState.Running);
        }

        return true;
    }

    /// <summary>Whether so much time has passed since a lease was asked for that another worker may have the session by now.</summary>
    private bool IsLate(long asked) => Options.Run.TimeProvider.GetElapsedTime(asked) > Options.Lease * 5 / 6;

    /// <summary>A session is no longer at work here.</summary>
    internal void Left(SessionRun session, SessionRest rest)
    {
        if (rest.State.IsEnded())
        {
            // Before somebody can set it to work again.
            _own.TryRemove(session.Session, out _);
        }

        _live.TryRemove(KeyValuePair.Create(session.Session, session));
        _watch.Tell(session.Session, rest);
        if (rest.State == SessionState.Suspended)
        {
            _wakes.Nudge();
        }
    }

    private SessionRun[] HoldBack()
    {
        var live = _live.Values.ToArray();
        foreach (var session in live)
        {
            session.HoldBack(SessionState.Running);
        }

        return live;
    }

    private void Enter(SessionRun session, AgentHost host)
    {
        if (FindAgent(host.Graph.Name) is { } registered && !ReferenceEquals(registered.Instance, host.Instance))
        {
            _own[session.Session] = host;
        }
        else
        {
            _own.TryRemove(session.Session, out _);
        }

        _live[session.Session] = session;
        if (_isOver)
        {
            session.Break(new ObjectDisposedException(nameof(AgentRuntime)));
        }
    }

    /// <summary>Refuses what is asked of a runtime that is disposed, or inside a transaction of its store, which would be waited for in vain.</summary>
    private void ThrowIfDisposed()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed) != 0, this);
        StoreTransaction.ThrowIfWithin(Store);
    }
}
