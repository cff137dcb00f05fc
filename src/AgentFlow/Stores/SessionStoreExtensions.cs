namespace AgentFlow;

/// <summary>Shorter ways to call a store.</summary>
public static class SessionStoreExtensions
{
    /// <summary>Creates a paused session that shares the beginning of another's journal, and nothing else.</summary>
    /// <param name="store">The store.</param>
    /// <param name="source">The other session's id.</param>
    /// <param name="upTo">The last sequence number to share.</param>
    /// <param name="session">The new session.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>The new session.</returns>
    /// <exception cref="SessionNotFoundException">There is no source with that many records.</exception>
    /// <exception cref="SessionExistsException">There is one with the new id.</exception>
    public static ValueTask<SessionInfo> ForkAsync(this ISessionStore store, string source, long upTo, SessionInfo session, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        return store.ForkAsync(new SessionFork { Source = source, UpTo = upTo, Session = session }, cancellationToken);
    }
}
