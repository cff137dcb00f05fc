using ModelContextProtocol.Server;

namespace AgentFlow.Mcp;

/// <summary>One client's session over HTTP.</summary>
internal sealed class McpHttpSession : IAsyncDisposable
{
    private readonly TimeProvider _clock;
    private readonly McpServer _server;
    private readonly CancellationTokenSource _closing = new();
    private readonly CancellationTokenSource _closed = new();
    private readonly Task _running;
    private long _lastUse;
    private int _uses;
    private int _isListenedTo;

    public McpHttpSession(string id, string client, string? user, McpServerOptions options, TimeProvider clock)
    {
        (Id, Client, User, _clock) = (id, client, user, clock);
        Transport = new() { SessionId = id };
        _server = McpServer.Create(Transport, options);
        _running = _server.RunAsync(_closing.Token);
        _lastUse = clock.GetTimestamp();
        Closed = _closed.Token;
    }

    /// <summary>Cancelled when the session is gone: the transport does not end what comes to it afterwards.</summary>
    public CancellationToken Closed { get; }

    public string Id { get; }

    /// <summary>Whose it is, by <see cref="McpHttpRules.ClientOf"/>.</summary>
    public string Client { get; }

    public bool IsInUse => Volatile.Read(ref _uses) > 0;

    /// <summary>A timestamp of the clock.</summary>
    public long LastUse => Interlocked.Read(ref _lastUse);

    /// <summary>Who has begun it; null if nobody is known by name here.</summary>
    public string? User { get; }

    public StreamableHttpServerTransport Transport { get; }

    /// <summary>Keeps the session while a request is served.</summary>
    public Usage Use()
    {
        Interlocked.Increment(ref _uses);
        return new(this);
    }

    /// <summary>Whether this is the one request that hears what belongs to no other: the transport has one.</summary>
    public bool TryListen() => Interlocked.Exchange(ref _isListenedTo, 1) == 0;

    public bool IsIdle(TimeSpan timeout) => Volatile.Read(ref _uses) == 0 && _clock.GetElapsedTime(Interlocked.Read(ref _lastUse)) >= timeout;

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _server.DisposeAsync().ConfigureAwait(false);
        await Transport.DisposeAsync().ConfigureAwait(false);
        await _closed.CancelAsync().ConfigureAwait(false);
        _closing.Dispose();
        _closed.Dispose();
    }

    /// <summary>A request that is served.</summary>
    public readonly struct Usage(McpHttpSession session) : IDisposable
    {
        /// <inheritdoc />
        public void Dispose()
        {
            Interlocked.Exchange(ref session._lastUse, session._clock.GetTimestamp());
            Interlocked.Decrement(ref session._uses);
        }
    }
}
