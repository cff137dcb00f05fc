using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace AgentFlow.Mcp;

/// <content>How a connection is made, kept, and listened to.</content>
public sealed partial class McpTools
{
    /// <summary>The connection that there is, or a new one.</summary>
    private async ValueTask<McpClient> ClientAsync(CancellationToken cancellationToken, CancellationToken caller)
    {
        if (Volatile.Read(ref _client) is { Completion.IsCompleted: false } alive)
        {
            return alive;
        }

        await _connecting.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_client is { } old)
            {
                if (!old.Completion.IsCompleted)
                {
                    return old;
                }

                Volatile.Write(ref _client, null);
                await CloseAsync(old).ConfigureAwait(false);
            }

            var client = await McpConnecting.CreateAsync(_transport, ClientOptions, _options.ProtocolVersion, cancellationToken).ConfigureAwait(false);
            Volatile.Write(ref _client, client);
            _listening = ListenAsync(client, _listening);
            return client;
        }
        catch (Exception e) when (!caller.IsCancellationRequested && !_closing.IsCancellationRequested && e is not ObjectDisposedException)
        {
            throw new McpConnectionException(_name, tool: null, _secrets.Redact(e));
        }
        finally
        {
            _connecting.Release();
        }
    }

    private McpClientOptions ClientOptions(string? version) => new()
    {
        ProtocolVersion = version,
        ClientInfo = new() { Name = "AgentFlow", Version = typeof(McpTools).Assembly.GetName().Version?.ToString(3) ?? "0" },
        InitializationTimeout = _options.ConnectTimeout < TimerSpan.Longest ? _options.ConnectTimeout : TimerSpan.Longest,
        TimeProvider = _options.TimeProvider,
        Handlers = new()
        {
            NotificationHandlers =
            [
                new(NotificationMethods.ToolListChangedNotification, OnChangedAsync),

                // What has changed before the server listened to the subscription is not told.
                new(NotificationMethods.SubscriptionsAcknowledgedNotification, OnChangedAsync),
            ],
        },
    };

    private ValueTask OnChangedAsync(JsonRpcNotification notification, CancellationToken cancellationToken)
    {
        WantRefresh();
        return default;
    }

    /// <summary>Since the revision of July 2026 a server tells of changes only whoever asks to be told, for as long as the request is open.</summary>
    private async Task ListenAsync(McpClient client, Task before)
    {
        await before.ConfigureAwait(false);
        try
        {
            if (!TellsOfChanges(client) || string.CompareOrdinal(client.NegotiatedProtocolVersion, FirstWithSubscriptions) < 0)
            {
                return;
            }

            while (client == Volatile.Read(ref _client) && !client.Completion.IsCompleted)
            {
                await McpCall.ListenAsync(client, _options.TimeProvider, _closing.Token).ConfigureAwait(false);
                await Task.Delay(ListenPause, _options.TimeProvider, _closing.Token).ConfigureAwait(false);
            }
        }
#pragma warning disable CA1031 // Nobody waits for it. If the connection is lost, the next call finds out and connects again.
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (!_closing.IsCancellationRequested && client == Volatile.Read(ref _client) && !client.Completion.IsCompleted)
            {
                _options.OnRefreshFailed?.Invoke(e);
            }
        }
    }

    /// <summary>Whether the server can tell that its tools have changed. One that has said nothing of what it can has no capabilities at all.</summary>
    private static bool TellsOfChanges(McpClient client)
    {
        try
        {
            return client.ServerCapabilities.Tools?.ListChanged == true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Gives up a connection, unless another call has done so already.</summary>
    private async ValueTask DropAsync(McpClient client)
    {
        if (Interlocked.CompareExchange(ref _client, null, client) == client)
        {
            await CloseAsync(client).ConfigureAwait(false);
        }
    }

    /// <summary>Closes a connection. What has broken it is thrown once more by the SDK, and was told before.</summary>
    private static async ValueTask CloseAsync(McpClient client)
    {
        try
        {
            await client.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or HttpRequestException or McpException or OperationCanceledException)
        {
            // It is closed.
        }
    }
}
