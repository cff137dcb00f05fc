using System.Collections.Concurrent;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace AgentFlow.Mcp;

/// <summary>One client's session over HTTP.</summary>
internal sealed class McpHttpSession : IAsyncDisposable
{
    private readonly TimeProvider _clock;
    private readonly McpServer _server;
    private readonly CancellationTokenSource _closing = new();
    private readonly CancellationTokenSource _closed = new();
    private readonly ConcurrentDictionary<RequestId, CancellationTokenSource> _calls = [];
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

    /// <summary>Whether it is going, or gone.</summary>
    public bool IsClosing { get; private set; }

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

    /// <summary>Lets a call be given up: once its client has cancelled it, no answer comes that would end its request.</summary>
    /// <param name="id">The call's id.</param>
    /// <param name="ending">Ends its request.</param>
    /// <returns>Whether no other call of this id is under way.</returns>
    public bool TryBegin(RequestId id, CancellationTokenSource ending) => _calls.TryAdd(id, ending);

    public void End(RequestId id, CancellationTokenSource ending) => _calls.TryRemove(new(id, ending));

    public async Task GiveUpAsync(RequestId id)
    {
        try
        {
            if (_calls.TryGetValue(id, out var ending))
            {
                await ending.CancelAsync().ConfigureAwait(false);
            }
        }
        catch (ObjectDisposedException)
        {
            // It was answered at the same moment.
        }
    }

    /// <summary>Whether this is the one request that hears what belongs to no other: the transport has one.</summary>
    public bool TryListen() => Interlocked.Exchange(ref _isListenedTo, 1) == 0;

    public bool IsIdle(TimeSpan timeout) => Volatile.Read(ref _uses) == 0 && _clock.GetElapsedTime(Interlocked.Read(ref _lastUse)) >= timeout;

    public async ValueTask DisposeAsync()
    {
        IsClosing = true;
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
