namespace AgentFlow.Mcp;

/// <summary>How many calls run at a time: of all clients together, and of one over HTTP, so that the slow calls of one do not hold up the others.</summary>
/// <param name="total">Of all.</param>
/// <param name="perClient">Of one.</param>
#pragma warning disable CA1001 // Nobody asks for a wait handle, so there is nothing to dispose of; calls may end after the server does.
internal sealed class CallSlots(int total, int perClient)
#pragma warning restore CA1001
{
    private readonly SemaphoreSlim _all = new(total, total);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Client> _clients = new(StringComparer.Ordinal);

    /// <summary>Waits for a turn.</summary>
    /// <param name="client">Whose call it is; null for the one at the other end of two streams.</param>
    /// <param name="cancellationToken">Gives the wait up.</param>
    /// <returns>The turn, which ends when it is disposed of.</returns>
    public async ValueTask<IDisposable> EnterAsync(string? client, CancellationToken cancellationToken)
    {
        var own = client is null ? null : Join(client);
        try
        {
            await (own?.Slots.WaitAsync(cancellationToken) ?? Task.CompletedTask).ConfigureAwait(false);
        }
        catch
        {
            Leave(client, own);
            throw;
        }

        try
        {
            await _all.WaitAsync(cancellationToken).ConfigureAwait(false);
            return new Turn(this, client, own);
        }
        catch
        {
            own?.Slots.Release();
            Leave(client, own);
            throw;
        }
    }

    private Client Join(string name)
    {
        lock (_gate)
        {
            if (!_clients.TryGetValue(name, out var client))
            {
                _clients[name] = client = new(new(perClient, perClient));
            }

            client.Calls++;
            return client;
        }
    }

    private void Leave(string? name, Client? client)
    {
        if (name is null || client is null)
        {
            return;
        }

        lock (_gate)
        {
            if (--client.Calls == 0)
            {
                _clients.Remove(name);
            }
        }
    }

    private sealed class Client(SemaphoreSlim slots)
    {
        public SemaphoreSlim Slots => slots;

        /// <summary>Those that run and those that wait. Guarded by the gate.</summary>
        public int Calls { get; set; }
    }

    private sealed class Turn(CallSlots slots, string? name, Client? client) : IDisposable
    {
        public void Dispose()
        {
            slots._all.Release();
            client?.Slots.Release();
            slots.Leave(name, client);
        }
    }
}
