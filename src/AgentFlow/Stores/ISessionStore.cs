namespace AgentFlow;

/// <summary>
/// Keeps sessions. A store knows nothing of agents: it guards ids, numbers and opaque payloads. The conformance suite in AgentFlow.Testing
/// defines it; a store that passes it whole is one.
/// </summary>
/// <remarks>
/// Every method is atomic and may be called from any number of threads. One that changes something returns when the change is durable. An
/// exception of the medium (disk full, connection lost) is thrown as it is, and then either all of the change was made or none.
/// </remarks>
public interface ISessionStore : IAsyncDisposable
{
    /// <summary>Creates a session and claims it.</summary>
    /// <param name="session">The session: its id, agent, shape, mode, parent. The rest is the store's to fill in.</param>
    /// <param name="records">The first records of its journal.</param>
    /// <param name="owner">Who claims it.</param>
    /// <param name="lease">For how long.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>The claim.</returns>
    /// <exception cref="SessionExistsException">There is one with this id.</exception>
    ValueTask<SessionClaim> CreateAsync(SessionInfo session, IReadOnlyList<JournalRecord> records, string owner, TimeSpan lease, CancellationToken cancellationToken = default);

    /// <summary>Creates a session that shares the beginning of another's journal, with the latest snapshot within it, and adds its own records. Nobody owns it yet.</summary>
    /// <param name="fork">The new session.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>The new session.</returns>
    /// <exception cref="SessionNotFoundException">There is no source with that many records.</exception>
    /// <exception cref="SessionExistsException">There is one with the new id.</exception>
    /// <exception cref="FencedException">A key of its own records is among those that it shares. Nothing was written.</exception>
    ValueTask<SessionInfo> ForkAsync(SessionFork fork, CancellationToken cancellationToken = default);

    /// <summary>Finds a session.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>The session, or null.</returns>
    ValueTask<SessionInfo?> FindAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Lists sessions in the ordinal order of their ids.</summary>
    /// <param name="query">Which.</param>
    /// <param name="cancellationToken">Stops the listing.</param>
    /// <returns>The sessions.</returns>
    ValueTask<IReadOnlyList<SessionInfo>> ListAsync(SessionQuery query, CancellationToken cancellationToken = default);

    /// <summary>
    /// Lists sessions that nobody owns (or whose lease has ended) and that are to go on: those Created or Running, and those Suspended whose
    /// time has come or that have signals not yet looked at. Those waiting longest come first.
    /// </summary>
    /// <param name="agents">The agents' ids.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Stops the listing.</param>
    /// <returns>The sessions.</returns>
    ValueTask<IReadOnlyList<SessionInfo>> ListDueAsync(IReadOnlyCollection<string> agents, int limit, CancellationToken cancellationToken = default);

    /// <summary>How long until the next suspended session of these agents is due, on the store's clock.</summary>
    /// <param name="agents">The agents' ids.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>Zero or less if one is due already; null if none waits for a time.</returns>
    ValueTask<TimeSpan?> NextDueAsync(IReadOnlyCollection<string> agents, CancellationToken cancellationToken = default);

    /// <summary>Claims a session, whatever its state: its epoch rises by one.</summary>
    /// <param name="id">The session's id.</param>
    /// <param name="owner">Who claims it. An owner may claim again what it owns.</param>
    /// <param name="lease">For how long, on the store's clock.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>The claim, or null while another's lease lasts.</returns>
    /// <exception cref="SessionNotFoundException">There is none.</exception>
    ValueTask<SessionClaim?> ClaimAsync(string id, string owner, TimeSpan lease, CancellationToken cancellationToken = default);

    /// <summary>Prolongs a claim.</summary>
    /// <param name="claim">The claim.</param>
    /// <param name="lease">How long from now.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>Completes when it is prolonged.</returns>
    /// <exception cref="FencedException">Somebody else has claimed the session since.</exception>
    ValueTask RenewAsync(SessionClaim claim, TimeSpan lease, CancellationToken cancellationToken = default);

    /// <summary>Gives a session up. Does nothing if somebody else has claimed it since.</summary>
    /// <param name="claim">The claim.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>Completes when it is given up.</returns>
    ValueTask ReleaseAsync(SessionClaim claim, CancellationToken cancellationToken = default);

    /// <summary>Adds to a session.</summary>
    /// <param name="append">What to add.</param>
    /// <param name="cancellationToken">Stops the attempt before it has begun.</param>
    /// <returns>What the store's clock said: the timestamp of the records.</returns>
    /// <exception cref="FencedException">
    /// The epoch or the sequence number is no longer the session's, a key is recorded already, or a signal that it takes is not waiting. Nothing
    /// was written.
    /// </exception>
    ValueTask<DateTimeOffset> AppendAsync(SessionAppend append, CancellationToken cancellationToken = default);

    /// <summary>Reads a session's journal.</summary>
    /// <param name="id">The session's id.</param>
    /// <param name="after">The sequence number after which to begin.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The records in order.</returns>
    IAsyncEnumerable<JournalRecord> ReadAsync(string id, long after, CancellationToken cancellationToken = default);

    /// <summary>Finds the newest snapshot.</summary>
    /// <param name="id">The session's id.</param>
    /// <param name="upTo">Not newer than this sequence number.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>The snapshot, or null. A store may keep only the newest one.</returns>
    ValueTask<SessionSnapshot?> FindSnapshotAsync(string id, long upTo, CancellationToken cancellationToken = default);

    /// <summary>Leaves a signal for a session, whoever owns it.</summary>
    /// <param name="signal">The signal.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>Whether it is new; false if one with its sender and key has come before.</returns>
    /// <exception cref="SessionNotFoundException">There is no such session.</exception>
    /// <exception cref="InvalidSessionTransitionException">The session has ended.</exception>
    /// <exception cref="TooManySignalsException">As many wait for the session as the store keeps. One that has come before is not new, and not refused.</exception>
    /// <exception cref="PayloadTooLargeException">It is larger than the store takes.</exception>
    ValueTask<bool> SignalAsync(SignalRecord signal, CancellationToken cancellationToken = default);

    /// <summary>Reads the signals that no record has taken.</summary>
    /// <param name="id">The session's id.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>The signals in the order of arrival.</returns>
    ValueTask<IReadOnlyList<SignalRecord>> ReadSignalsAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Deletes a session that nobody owns, with all that belongs to it. Forks of it are not affected. Does nothing if there is none.</summary>
    /// <param name="id">The session's id.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>Completes when it is gone.</returns>
    /// <exception cref="SessionOwnedException">Somebody owns it.</exception>
    ValueTask DeleteAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Deletes a session only if it still stands as it was seen: nobody owns it, and its state, sequence number and epoch are the same.</summary>
    /// <param name="seen">The session as it was found or listed.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>Whether it was deleted; false if it has changed, is owned, or is gone already.</returns>
    ValueTask<bool> TryDeleteAsync(SessionInfo seen, CancellationToken cancellationToken = default);
}
