using System.Text.Json;

namespace AgentFlow;

/// <summary>What can be done to a session from outside.</summary>
public sealed partial class AgentRuntime
{
    /// <summary>Gives a signal to a session, in JSON. Prefer the typed methods of <see cref="Session"/>.</summary>
    /// <param name="id">The session's id.</param>
    /// <param name="name">The id of the action that the signal completes.</param>
    /// <param name="value">The answer.</param>
    /// <param name="options">Who sends it.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>Whether it is new.</returns>
    /// <exception cref="SessionNotFoundException">There is no such session.</exception>
    /// <exception cref="InvalidSessionTransitionException">The session has ended.</exception>
    /// <exception cref="InvalidSignalException">
    /// The agent has no signal of this name, or the answer does not fit it. That is checked if the runtime knows the agent; if not, the worker that gets
    /// the signal refuses what does not fit, and the session goes on waiting.
    /// </exception>
    /// <exception cref="PayloadTooLargeException">The answer, as it would be recorded, is larger than <see cref="AgentRuntimeOptions.MaxPayload"/>, or than the store takes.</exception>
    /// <exception cref="PayloadTooDeepException">The answer is nested too deep.</exception>
    /// <exception cref="TooManySignalsException">As many signals wait for the session as the store keeps.</exception>
    public ValueTask<bool> SignalAsync(string id, string name, JsonElement value, SignalOptions? options = null, CancellationToken cancellationToken = default) =>
        SignalAsync(
            null,
            id,
            name,
            writer =>
            {
                try
                {
                    value.WriteTo(writer);
                }
                catch (InvalidOperationException e) when (value.ValueKind != JsonValueKind.Undefined)
                {
                    throw new InvalidSignalException(id, name, "a text in its answer has half of a character: one of a pair of surrogates without the other. Send whole characters", e);
                }
            },
            options,
            cancellationToken);

    /// <summary>
    /// Runs a failed or cancelled session again from where it stood: what has completed is kept, what has failed is done again.
    /// </summary>
    /// <typeparam name="TSelf">The agent.</typeparam>
    /// <typeparam name="TInput">Its input.</typeparam>
    /// <typeparam name="TResult">Its result.</typeparam>
    /// <param name="agent">The agent.</param>
    /// <param name="id">The session's id.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>The session, at work.</returns>
    /// <exception cref="InvalidSessionTransitionException">
    /// It has neither failed nor was cancelled; or something was undone in an earlier iteration, and what happens at most once has happened since.
    /// </exception>
    public async ValueTask<Session<TSelf, TResult>> RedriveAsync<TSelf, TInput, TResult>(
        IDurableAgent<TSelf, TInput, TResult> agent, string id, CancellationToken cancellationToken = default)
        where TSelf : IDurableAgent<TSelf, TInput, TResult>
    {
        ThrowIfDisposed();
        return await RedriveAsync(Host(agent), id, isMeant: true, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Refuses to do again what happens at most once and has happened, in the session itself or in children of it.</summary>
    private async ValueTask ThrowIfRepeatedAsync(
        JournalBranch.Wish wish, AgentGraph graph, List<JournalRecord> standing, string advice, CancellationToken cancellationToken)
    {
        if (JournalBranch.HappenedOnce(standing, graph) is { } once)
        {
            throw new InvalidSessionTransitionException(
                wish.Session, wish.From, wish.Operation, $"'{once}', which happens at most once, has happened and would happen again; {advice}");
        }

        if (standing.Count == 0)
        {
            return;
        }

        var query = new SessionQuery { Parent = wish.Session, States = [.. Enum.GetValues<SessionState>()] };
        while (await Store.ListAsync(query, cancellationToken).ConfigureAwait(false) is { Count: > 0 } page)
        {
            foreach (var child in page)
            {
                var owner = ChildId.OwnerOf(wish.Session, child.Id);
                if (standing.Find(r => owner is null || owner == (r.Iteration, r.Action)) is { } action
                    && await WhyNotReplacedAsync(child, cancellationToken).ConfigureAwait(false) is { } reason)
                {
                    throw new InvalidSessionTransitionException(
                        wish.Session, wish.From, wish.Operation, $"'{action.Action}' would have new children, but {reason}; {advice}");
                }
            }

            query = query with { After = page[^1].Id };
        }
    }

    /// <summary>
    /// What is struck so that chosen outcomes and what was undone are made anew. Nothing that happens at most once may rest on it, in children either.
    /// </summary>
    private async ValueTask<List<JournalRecord>> StrikesAsync(
        JournalBranch branch,
        JournalBranch.Wish wish,
        AgentGraph graph,
        Func<JournalRecord, bool> isChosen,
        Func<ActionPlace, bool>? isStruck,
        CancellationToken cancellationToken)
    {
        var strikes = branch.Strikes(wish, graph, isChosen, isStruck);
        const string Advice = "something was undone in an earlier iteration, from which on everything would be done anew";
        var resting = branch.RestingOnUndone(isChosen, isStruck);
        await ThrowIfRepeatedAsync(wish, graph, resting, Advice, cancellationToken).ConfigureAwait(false);
        return strikes;
    }

    private async ValueTask<Session<TSelf, TResult>> RedriveAsync<TSelf, TInput, TResult>(
        AgentHost<TSelf, TInput, TResult> host, string id, bool isMeant, CancellationToken cancellationToken)
        where TSelf : IDurableAgent<TSelf, TInput, TResult>
    {
        await ChangeAsync(id, "redrive", static state => state is SessionState.Failed or SessionState.Cancelled, SessionState.Running, async (codec, from) =>
        {
            var branch = new JournalBranch(await ReadAllAsync(codec, cancellationToken).ConfigureAwait(false));

            if (!isMeant && branch.FailedOnce(host.Graph) is { } once)
            {
                var reason = $"'{once}', which happens at most once, has failed: only a person can have it done again";
                throw new InvalidSessionTransitionException(id, from, "redrive", reason);
            }

            // What failed in earlier iterations was tolerated: the session went on.
            var last = branch.Outcomes.Select(static r => r.Iteration).DefaultIfEmpty(1).Max();
            bool HasFailed(JournalRecord record) => record.Kind == JournalKind.Failed && record.Iteration == last;
            var wish = new JournalBranch.Wish(id, from, "redrive");
            var strikes = await StrikesAsync(branch, wish, host.Graph, HasFailed, isStruck: null, cancellationToken).ConfigureAwait(false);
            return [.. strikes, new() { Kind = JournalKind.Struck }];
        }, cancellationToken).ConfigureAwait(false);
        await ReclaimAsync(host, id, cancellationToken).ConfigureAwait(false);
        return new Session<TSelf, TResult>(this, host, id);
    }

    /// <summary>Does chosen actions of a session again, and whatever depends on them; the rest is kept. The session is paused or suspended, or has failed.</summary>
    /// <typeparam name="TSelf">The agent.</typeparam>
    /// <typeparam name="TInput">Its input.</typeparam>
    /// <typeparam name="TResult">Its result.</typeparam>
    /// <param name="agent">The agent.</param>
    /// <param name="id">The session's id.</param>
    /// <param name="actions">The ids of the actions.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>The session, at work.</returns>
    /// <exception cref="ArgumentException">The agent has no such action.</exception>
    /// <exception cref="InvalidSessionTransitionException">
    /// It is at work or has ended well; fork it instead. Or what happens at most once has happened, rests on the actions, and is not among them.
    /// </exception>
    public async ValueTask<Session<TSelf, TResult>> RerunAsync<TSelf, TInput, TResult>(IDurableAgent<TSelf, TInput, TResult> agent, string id, IReadOnlyCollection<string> actions, CancellationToken cancellationToken = default)
        where TSelf : IDurableAgent<TSelf, TInput, TResult>
    {
        ThrowIfDisposed();
        ArgumentNullException.ThrowIfNull(actions);
        var host = Host(agent);
        var chosen = WithDependents(host.Graph, actions);
        await ChangeAsync(id, "rerun actions of", static state => state is SessionState.Paused or SessionState.Suspended or SessionState.Failed, SessionState.Running, async (codec, from) =>
        {
            var branch = new JournalBranch(await ReadAllAsync(codec, cancellationToken).ConfigureAwait(false));
            var last = branch.Outcomes.Select(static r => r.Iteration).DefaultIfEmpty(1).Max();
            var wish = new JournalBranch.Wish(id, from, "rerun actions of");
            var resting = branch.Standing(p => p.Iteration == last && chosen.Contains(p.Action) && !actions.Contains(p.Action));
            await ThrowIfRepeatedAsync(wish, host.Graph, resting, "name it as well if it is to happen again", cancellationToken).ConfigureAwait(false);
            bool IsChosen(JournalRecord r) => r.Iteration == last && (chosen.Contains(r.Action) || r.Kind == JournalKind.Failed);
            var strikes = await StrikesAsync(branch, wish, host.Graph, IsChosen, isStruck: null, cancellationToken).ConfigureAwait(false);
            var named = actions.Select(a => new ActionPlace(last, a)).ToHashSet();
            return
            [
                .. strikes
                    .Where(s => !named.Contains(JournalBranch.PlaceOf(s)))
                    .Concat(named.Select(place => branch.StrikeByName(place)))
                    .DefaultIfEmpty(new() { Kind = JournalKind.Struck }),
            ];
        }, cancellationToken).ConfigureAwait(false);
        await ReclaimAsync(host, id, cancellationToken).ConfigureAwait(false);
        return new Session<TSelf, TResult>(this, host, id);
    }

    /// <summary>Goes back to a checkpoint: what was recorded after it is struck, and done again. The session is paused, suspended or has failed.</summary>
    /// <typeparam name="TSelf">The agent.</typeparam>
    /// <typeparam name="TInput">Its input.</typeparam>
    /// <typeparam name="TResult">Its result.</typeparam>
    /// <param name="agent">The agent.</param>
    /// <param name="id">The session's id.</param>
    /// <param name="checkpoint">The checkpoint's name.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>The session, at work.</returns>
    /// <exception cref="ArgumentException">There is no such checkpoint, or it is part of a future that was undone.</exception>
    /// <exception cref="InvalidSessionTransitionException">What happens at most once has happened since.</exception>
    public async ValueTask<Session<TSelf, TResult>> RollBackAsync<TSelf, TInput, TResult>(IDurableAgent<TSelf, TInput, TResult> agent, string id, string checkpoint, CancellationToken cancellationToken = default)
        where TSelf : IDurableAgent<TSelf, TInput, TResult>
    {
        ThrowIfDisposed();
        var host = Host(agent);
        await ChangeAsync(id, "roll back", static state => state is SessionState.Paused or SessionState.Suspended or SessionState.Failed, SessionState.Running, async (codec, from) =>
        {
            var branch = new JournalBranch(await ReadAllAsync(codec, cancellationToken).ConfigureAwait(false));
            var after = branch.RecordedAfter(branch.Checkpoint(id, checkpoint).Sequence).ToList();
            var wish = new JournalBranch.Wish(id, from, "roll back");
            var advice = "RerunAsync has it happen again if it is named, and a fork does what comes after its place";
            await ThrowIfRepeatedAsync(wish, host.Graph, branch.Standing(after.Contains), advice, cancellationToken).ConfigureAwait(false);
            var undone = await StrikesAsync(
                branch, wish, host.Graph, static _ => false, after.Contains, cancellationToken).ConfigureAwait(false);
            var strikes = after.Select(JournalBranch.Strike).Concat(undone);
            return [.. strikes.DefaultIfEmpty(new() { Kind = JournalKind.Struck })];
        }, cancellationToken).ConfigureAwait(false);
        await ReclaimAsync(host, id, cancellationToken).ConfigureAwait(false);
        return new Session<TSelf, TResult>(this, host, id);
    }

    /// <summary>
    /// Starts a session that shares another's past up to a place, and goes on by itself from there. The other one is not touched.
    /// </summary>
    /// <typeparam name="TSelf">The agent.</typeparam>
    /// <typeparam name="TInput">Its input.</typeparam>
    /// <typeparam name="TResult">Its result.</typeparam>
    /// <param name="agent">The agent.</param>
    /// <param name="id">The other session's id.</param>
    /// <param name="options">Where to fork, and what to change.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>The new session, at work.</returns>
    /// <exception cref="ArgumentException">There is no such place, or an edit does not fit its action.</exception>
    /// <exception cref="InvalidSessionTransitionException">
    /// What happens at most once has happened before the place, and rests on an output that is edited.
    /// </exception>
    public async ValueTask<Session<TSelf, TResult>> ForkAsync<TSelf, TInput, TResult>(IDurableAgent<TSelf, TInput, TResult> agent, string id, ForkOptions options, CancellationToken cancellationToken = default)
        where TSelf : IDurableAgent<TSelf, TInput, TResult>
    {
        ThrowIfDisposed();
        ArgumentNullException.ThrowIfNull(options);
        var host = Host(agent);
        var source = await Store.FindAsync(id, cancellationToken).ConfigureAwait(false) ?? throw new SessionNotFoundException(id);
        var codec = await CodecAsync(source, cancellationToken).ConfigureAwait(false);
        var journal = await ReadAllAsync(codec, cancellationToken).ConfigureAwait(false);
        var branch = new JournalBranch(journal);
        var upTo = options.PlaceIn(source, branch);

        // What counted there and was undone later is not shared: the fork does it anew.
        var strikes = options.IsPlaceOnBranch ? branch.UndoneSince(upTo).Select(Strike).ToList() : [];
        if (upTo > journal.Count)
        {
            throw codec.Damaged($"it has {journal.Count} records, and its store says {source.Sequence}");
        }

        // Neither is what was compensated since: it stands no longer.
        var later = journal.Skip((int)upTo).Where(static r => r.Kind == JournalKind.Compensated);
        var struck = strikes.Select(JournalBranch.PlaceOf).ToHashSet();
        var shared = new JournalBranch([.. journal.Take((int)upTo), .. later]);
        var wish = new JournalBranch.Wish(id, source.State, "fork");

        // What was made of an output that the fork has another of is made anew.
        var last = shared.Outcomes.Select(static r => r.Iteration).DefaultIfEmpty(1).Max();
        var stale = WithDependents(host.Graph, options.Edited);
        stale.ExceptWith(options.Edited);
        var resting = shared.Standing(p => p.Iteration == last && stale.Contains(p.Action) && !struck.Contains(p));
        await ThrowIfRepeatedAsync(wish, host.Graph, resting, "fork it before that", cancellationToken).ConfigureAwait(false);
        bool IsStale(JournalRecord r) => r.Iteration == last && stale.Contains(r.Action);
        strikes.AddRange(await StrikesAsync(shared, wish, host.Graph, IsStale, struck.Contains, cancellationToken).ConfigureAwait(false));

        var fork = SessionId.CheckChosen(options.Id ?? SessionId.New());
        var forked = source with { Id = fork };
        var edits = await WithRunAsync(host, id, upTo, (run, _) => options.ToRecords(run, host, Codec(forked), strikes), cancellationToken).ConfigureAwait(false);
        JournalRecord[] pause = options.IsPaused ? [Codec(forked).StateChanged(SessionState.Paused, Options.Owner, null)] : [];
        JournalRecord[] own = [.. strikes, .. edits, new JournalRecord { Kind = JournalKind.Struck }, .. pause];
        await Store.ForkAsync(
            new SessionFork
            {
                Source = id,
                UpTo = upTo,
                Session = new SessionInfo { Id = fork, Agent = source.Agent, Shape = source.Shape, Mode = source.Mode, Parent = source.Parent },
                Records = ForkRecords(codec, forked, journal[(int)upTo - 1], epoch: 0, own),
                State = options.IsPaused ? SessionState.Paused : SessionState.Running,
            },
            cancellationToken).ConfigureAwait(false);
        if (!options.IsPaused)
        {
            await ReclaimAsync(host, fork, cancellationToken).ConfigureAwait(false);
        }

        return new Session<TSelf, TResult>(this, host, fork);
    }

    /// <summary>
    /// Brings what forks have found back: reads the output of an action from each, merges them, and records the merged one as the outcome of
    /// that action in a session where it has none yet. That session is paused or suspended; it goes on.
    /// </summary>
    /// <typeparam name="TSelf">The agent.</typeparam>
    /// <typeparam name="TInput">Its input.</typeparam>
    /// <typeparam name="TResult">Its result.</typeparam>
    /// <typeparam name="T">The action's output.</typeparam>
    /// <param name="agent">The agent.</param>
    /// <param name="into">The id of the session that takes it.</param>
    /// <param name="from">The ids of the forks.</param>
    /// <param name="action">The id of the action.</param>
    /// <param name="merge">Makes one output of several. It gets those of the forks in their order; a fork without one is left out.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>The session, at work.</returns>
    /// <exception cref="ArgumentException">The agent has no such action, or its output is no <typeparamref name="T"/>.</exception>
    /// <exception cref="InvalidSessionTransitionException">That session is neither paused nor suspended, or the action has an outcome there.</exception>
    public async ValueTask<Session<TSelf, TResult>> MergeAsync<TSelf, TInput, TResult, T>(
        IDurableAgent<TSelf, TInput, TResult> agent, string into, IReadOnlyList<string> from, string action, Func<IReadOnlyList<T>, T> merge, CancellationToken cancellationToken = default)
        where TSelf : IDurableAgent<TSelf, TInput, TResult>
    {
        ThrowIfDisposed();
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(merge);
        var host = Host(agent);
        var index = IndexOf(host.Graph, action);
        var found = new List<T>();
        foreach (var fork in from)
        {
            var (has, value) = await WithRunAsync(host, fork, long.MaxValue, (run, _) => (run.StatusOf(index) == ActionStatus.Completed, run.OutputOf(index)), cancellationToken).ConfigureAwait(false);
            if (has)
            {
                found.Add(value is T typed ? typed : throw new ArgumentException($"The output of '{action}' is no {typeof(T)}.", nameof(action)));
            }
        }

        var merged = Settlement.Completed(merge(found));
        await ChangeAsync(into, "merge into", static state => state is SessionState.Paused or SessionState.Suspended, SessionState.Running, async (codec, state) =>
        [
            await WithRunAsync(host, into, long.MaxValue, (run, loader) =>
            {
                if (!run.IsOpen(index))
                {
                    // What was done because of that outcome would stand beside another one.
                    var reason = $"'{action}' has an outcome there; fork it with another if that is meant";
                    throw new InvalidSessionTransitionException(into, state, "merge into", reason);
                }

                var place = new ActionPlace(run.Iteration, action);
                return merged.ToRecord(run, host, codec, place, loader.GenerationOf(place));
            }, cancellationToken).ConfigureAwait(false),
        ], cancellationToken).ConfigureAwait(false);
        await ReclaimAsync(host, into, cancellationToken).ConfigureAwait(false);
        return new Session<TSelf, TResult>(this, host, into);
    }

    /// <summary>Puts an ended session away: it can be read, and never goes on.</summary>
    /// <param name="id">The session's id.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>Completes when it is archived.</returns>
    /// <exception cref="InvalidSessionTransitionException">It has not ended.</exception>
    public async ValueTask ArchiveAsync(string id, CancellationToken cancellationToken = default) =>
        await ChangeAsync(id, "archive", static state => state.IsEnded() && state != SessionState.Archived, SessionState.Archived, (codec, _) =>
            new([codec.StateChanged(SessionState.Archived, Options.Owner, null)]), cancellationToken).ConfigureAwait(false);

    /// <summary>
    /// Deletes sessions that have ended and were not written to for some time. One that goes on again meanwhile, or that somebody owns, is kept;
    /// so is one that cannot be read, at the cost of no other.
    /// </summary>
    /// <param name="olderThan">For how long not, on the store's clock.</param>
    /// <param name="cancellationToken">Stops between two sessions.</param>
    /// <returns>How many were deleted.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    public async ValueTask<int> RetainAsync(TimeSpan olderThan, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(olderThan, TimeSpan.Zero);
        var query = new SessionQuery
        {
            States = [SessionState.Completed, SessionState.Failed, SessionState.Cancelled, SessionState.Archived],
            IdleFor = olderThan,
        };
        var deleted = 0;
        while (await Store.ListAsync(query, cancellationToken).ConfigureAwait(false) is { Count: > 0 } page)
        {
            foreach (var session in page)
            {
                cancellationToken.ThrowIfCancellationRequested();
                try
                {
                    deleted += await Store.TryDeleteAsync(session, cancellationToken).ConfigureAwait(false) ? 1 : 0;
                }
                catch (SessionException)
                {
                    // It is told when it is asked for.
                }
            }

            query = query with { After = page[^1].Id };
        }

        return deleted;
    }

    /// <summary>Cancels a session, whatever its agent: prefer <see cref="Session.CancelAsync"/>. Where the agent is known, here or elsewhere, the session goes on to undo what it has done.</summary>
    /// <param name="id">The session's id.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>Completes when the cancellation is asked for.</returns>
    /// <exception cref="SessionNotFoundException">There is no such session.</exception>
    /// <exception cref="InvalidSessionTransitionException">The session has ended.</exception>
    /// <exception cref="SessionOwnedException">Another worker owns it.</exception>
    public async ValueTask CancelAsync(string id, CancellationToken cancellationToken = default)
    {
        var info = await Store.FindAsync(SessionId.Check(id), cancellationToken).ConfigureAwait(false) ?? throw new SessionNotFoundException(id);
        await CancelAsync(FindHost(id, info.Agent), id, cancellationToken).ConfigureAwait(false);
    }

    internal async ValueTask CancelAsync(AgentHost? host, string id, CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        if (_live.TryGetValue(id, out var live) && live.Cancel())
        {
            return;
        }

        await ChangeAsync(id, "cancel", static state => !state.IsEnded(), SessionState.Running, static (_, _) => new([new JournalRecord { Kind = JournalKind.CancelRequested }]), cancellationToken).ConfigureAwait(false);
        if (host is not null)
        {
            await ReclaimAsync(host, id, cancellationToken).ConfigureAwait(false);
        }
    }

    internal async ValueTask PauseAsync(string id, CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        if (_live.TryGetValue(id, out var live))
        {
            live.HoldBack(SessionState.Paused);
            var rest = await live.Rest.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (rest.State != SessionState.Suspended)
            {
                return;
            }
        }

        await ChangeAsync(id, "pause", static state => !state.IsEnded(), SessionState.Paused, (codec, _) => new([codec.StateChanged(SessionState.Paused, Options.Owner, null)]), cancellationToken).ConfigureAwait(false);
    }

    internal async ValueTask<long> CheckpointAsync(string id, string name, CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!WholeText.IsWhole(name))
        {
            throw new ArgumentException("The name of the checkpoint has half of a surrogate pair, which is not a character.", nameof(name));
        }

        var record = new JournalRecord { Kind = JournalKind.Checkpoint, Action = name };
        if (_live.TryGetValue(id, out var live) && await live.TryRecordAsync(record).ConfigureAwait(false) is { } sequence)
        {
            return sequence;
        }

        return await ChangeAsync(id, "checkpoint", static state => state != SessionState.Archived, null, (_, _) => new([record]), cancellationToken).ConfigureAwait(false) + 1;
    }

    /// <summary>Waits until the session leaves its worker here, or for so long that one elsewhere may have written to it.</summary>
    internal async ValueTask<SessionRest?> NextChangeAsync(Task<SessionRest> next, CancellationToken cancellationToken)
    {
        try
        {
            return await next.WaitAsync(Options.PollInterval, Options.Run.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    /// <summary>How a session stands that is not at work here; null while it is to go on.</summary>
    internal async ValueTask<SessionRest?> ReadRestAsync(AgentHost host, string id, CancellationToken cancellationToken)
    {
        var info = await Store.FindAsync(id, cancellationToken).ConfigureAwait(false) ?? throw new SessionNotFoundException(id);
        if (info.State is not (SessionState.Completed or SessionState.Failed or SessionState.Cancelled or SessionState.Uncertain or SessionState.Archived))
        {
            return null;
        }

        SessionRest? Read(CompilerServices.AgentRun run, SessionLoader loader) => loader.HasPassed(info) ? null : RestOf(info, run, loader);
        var rest = await WithRunAsync(host, id, long.MaxValue, Read, cancellationToken).ConfigureAwait(false);
        if (rest is null && (await Store.FindAsync(id, cancellationToken).ConfigureAwait(false))?.Sequence == info.Sequence)
        {
            throw new DamagedSessionException(id, $"its snapshot goes beyond record {info.Sequence}, which its store says is the last");
        }

        return rest;
    }

    private static SessionRest RestOf(SessionInfo info, CompilerServices.AgentRun run, SessionLoader loader)
    {
        loader.CheckEnd(info, isClaimed: false);
        return ((info.State == SessionState.Archived ? loader.Became : info.State) switch
        {
            SessionState.Completed => new(SessionState.Completed, run.Plan.Result < 0 ? null : run.OutputOf(run.Plan.Result), null),
            SessionState.Uncertain => new SessionRest(SessionState.Uncertain, null, new UncertainSessionException(info.Id, loader.InDoubt)),
            SessionState.Cancelled => new SessionRest(SessionState.Cancelled, null, loader.Error),

            // What was recorded of the end says how it failed; only failures of actions can be made anew, with all that they hold.
            _ => new SessionRest(SessionState.Failed, null, IsFailureOfAction(loader.Error) ? run.RestoredError ?? loader.Error : loader.Error),
        }) with { Usage = run.Usage };
    }

    private static bool IsFailureOfAction(Exception? recorded) => recorded is null or RecordedException { Type: "AgentFlow.ActionFailedException" };

    /// <summary>Restores a session without working on it.</summary>
    internal async ValueTask<T> WithRunAsync<T>(AgentHost host, string id, long upTo, Func<CompilerServices.AgentRun, SessionLoader, T> read, CancellationToken cancellationToken)
    {
        var run = host.Rent(Options.Run);
        try
        {
            var history = new SessionHistory();
            run.RecordWith(new SessionReader(id));
            var codec = await CodecAsync(id, cancellationToken).ConfigureAwait(false);
            var loader = new SessionLoader(run, host.Shape, codec, history, id);
            await loader.LoadAsync(Store, upTo, cancellationToken).ConfigureAwait(false);
            return read(run, loader);
        }
        finally
        {
            run.LetGo();
        }
    }

    internal static int IndexOf(AgentGraph graph, string action) =>
        graph.Actions.FirstOrDefault(a => a.Name == action)?.Index ?? throw new ArgumentException($"Agent '{graph.Name}' has no action '{action}'.", nameof(action));

    private static JournalRecord Strike(JournalRecord outcome) => JournalBranch.Strike(JournalBranch.PlaceOf(outcome));

    private static HashSet<string> WithDependents(AgentGraph graph, IReadOnlyCollection<string> actions)
    {
        var chosen = new HashSet<int>();
        var pending = new Stack<int>(actions.Select(a => IndexOf(graph, a)));
        while (pending.TryPop(out var action))
        {
            if (!chosen.Add(action))
            {
                continue;
            }

            foreach (var edge in graph.Edges)
            {
                if (edge.From == action && edge.Kind != DependencyKind.Previous)
                {
                    pending.Push(edge.To);
                }
            }
        }

        return [.. chosen.Select(i => graph.Actions[i].Name)];
    }

    /// <summary>
    /// Adds to a session that is not at work, and gives it up. It is given up as well if users' code throws while it is decided what to add
    /// (an upcast, a converter, a setter): nobody waits for a lease that nobody uses.
    /// </summary>
    /// <returns>The sequence number after which the records were added.</returns>
    private async ValueTask<long> ChangeAsync(
        string id, string operation, Func<SessionState, bool> isLegal, SessionState? state, Func<JournalCodec, SessionState, ValueTask<IReadOnlyList<JournalRecord>>> decide, CancellationToken cancellationToken)
    {
        SessionId.Check(id);
        StoreTransaction.ThrowIfWithin(Store);
        var asked = Options.Run.TimeProvider.GetTimestamp();
        var claim = await Store.ClaimAsync(id, $"{Options.Owner}/{operation}", Options.Lease, cancellationToken).ConfigureAwait(false) ?? throw new SessionOwnedException(id);
        try
        {
            if (!isLegal(claim.Info.State))
            {
                throw new InvalidSessionTransitionException(id, claim.Info.State, operation);
            }

            var codec = await CodecAsync(claim.Info, cancellationToken).ConfigureAwait(false);
            var chain = new JournalChain(codec, await HeadAsync(codec, claim.Info, cancellationToken).ConfigureAwait(false));
            var records = chain.Seal(await decide(codec, claim.Info.State).ConfigureAwait(false), claim.Info.Sequence, claim.Epoch);
            await Store.AppendAsync(new SessionAppend { Claim = claim, After = claim.Info.Sequence, Records = records, State = state, Releases = true }, cancellationToken).ConfigureAwait(false);
            return claim.Info.Sequence;
        }
        catch (Exception e) when (e is FencedException || (e is DamagedSessionException && IsLate(asked)))
        {
            // The store answered late: another worker has gone on, and what was read is newer than what was claimed.
            await GiveUpAsync(claim).ConfigureAwait(false);
            throw new SessionOwnedException(id);
        }
        catch
        {
            await GiveUpAsync(claim).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Gives a claim up after something else has failed, which is what the caller needs to know.</summary>
    private async ValueTask GiveUpAsync(SessionClaim claim)
    {
        try
        {
            await Store.ReleaseAsync(claim, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // The lease ends by itself.
            AgentTelemetry.WakeFailed(e);
        }
    }

    /// <summary>Goes on with a session that was just given up.</summary>
    private async ValueTask ReclaimAsync(AgentHost host, string id, CancellationToken cancellationToken) =>
        await WakeAsync(host, id, isDue: false, cancellationToken).ConfigureAwait(false);

    /// <summary>Reads a whole journal, and sees that nothing of it was changed.</summary>
    private async ValueTask<IReadOnlyList<JournalRecord>> ReadAllAsync(JournalCodec codec, CancellationToken cancellationToken)
    {
        var records = new List<JournalRecord>();
        var chain = new ChainReader(codec);
        await foreach (var record in Store.ReadAsync(codec.Session, 0, cancellationToken).ConfigureAwait(false))
        {
            chain.Take(record);
            records.Add(record);
        }

        chain.Authenticate();
        return records;
    }
}
