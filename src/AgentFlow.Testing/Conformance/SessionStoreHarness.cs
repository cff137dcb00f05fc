namespace AgentFlow.Testing;

/// <summary>How the conformance suite gets at a store.</summary>
public abstract class SessionStoreHarness
{
    /// <summary>
    /// How long the leases and waits are that the suite lets end. Default: ten seconds. Where time cannot be moved, take a fraction of a second:
    /// nothing has to be done within it.
    /// </summary>
    public virtual TimeSpan Unit => TimeSpan.FromSeconds(10);

    /// <summary>How much the stores keep of the signals that wait for one session. Default: 10,000 of them, as any store. Open stores with less, so that the suite need not give so many.</summary>
    public virtual SignalLimits SignalLimits => new();

    /// <summary>Opens a new, empty store.</summary>
    /// <returns>The store; the suite disposes of it.</returns>
    public abstract ValueTask<ISessionStore> CreateAsync();

    /// <summary>Opens a store again whose process has died: nothing was disposed of.</summary>
    /// <param name="store">The store.</param>
    /// <returns>The store that finds what the first one has written; null if it keeps nothing beyond its process.</returns>
    public abstract ValueTask<ISessionStore?> ReopenAsync(ISessionStore store);

    /// <summary>Lets time pass on the store's clock.</summary>
    /// <param name="time">How long.</param>
    /// <returns>Completes when it has passed.</returns>
    public abstract ValueTask PassAsync(TimeSpan time);
}
