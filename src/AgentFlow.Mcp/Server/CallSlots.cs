namespace AgentFlow.Mcp;

/// <summary>
/// How many calls run at a time and how many wait: of all clients together, and of one over HTTP, so that the slow calls of one do not hold up
/// the others.
/// </summary>
/// <param name="running">How many run at a time.</param>
/// <param name="waiting">How many wait, for their turn or for a decision.</param>
#pragma warning disable CA1001 // Nobody asks for a wait handle, so there is nothing to dispose of; calls may end after the server does.
internal sealed class CallSlots(CallLimit running, CallLimit waiting)
#pragma warning restore CA1001
{
    private readonly SemaphoreSlim _all = new(running.Total, running.Total);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Client> _clients = new(StringComparer.Ordinal);

    /// <summary>All calls that run or wait. Guarded by the gate.</summary>
    private int _calls;

    /// <summary>Takes a call on, unless as many run and wait as may.</summary>
    /// <param name="client">Whose call it is; null for the one at the other end of two streams.</param>
    /// <returns>The call, which ends when it is disposed of; null if there is no room for it.</returns>
    public Call? TryAdmit(string? client)
    {
        lock (_gate)
        {
            // Without overflow, whatever the limits are.
            if (_calls - running.Total >= waiting.Total)
            {
                return null;
            }

            Client? own = null;
            if (client is not null)
            {
                own = _clients.GetValueOrDefault(client) ?? new(new(running.PerClient, running.PerClient));
                if (own.Calls - running.PerClient >= waiting.PerClient)
                {
                    return null;
                }

                own.Calls++;
                _clients[client] = own;
            }

            _calls++;
            return new(this, client, own);
        }
    }

    private void Leave(string? name, Client? client)
    {
        lock (_gate)
        {
            _calls--;
            if (client is not null && --client.Calls == 0)
            {
                _clients.Remove(name!);
            }
        }
    }

    internal sealed class Client(SemaphoreSlim slots)
    {
        public SemaphoreSlim Slots => slots;

        /// <summary>Those that run and those that wait. Guarded by the gate.</summary>
        public int Calls { get; set; }
    }

    /// <summary>A call that waits for its turn, or has it.</summary>
    internal sealed class Call(CallSlots slots, string? name, Client? client) : IDisposable
    {
        private bool _hasOwn;
        private bool _hasTurn;

        /// <summary>Waits for the call's turn.</summary>
        public async ValueTask EnterAsync(CancellationToken cancellationToken)
        {
            if (client is not null)
            {
                await client.Slots.WaitAsync(cancellationToken).ConfigureAwait(false);
                _hasOwn = true;
            }

            await slots._all.WaitAsync(cancellationToken).ConfigureAwait(false);
            _hasTurn = true;
        }

        public void Dispose()
        {
            if (_hasTurn)
            {
                slots._all.Release();
            }

            if (_hasOwn)
            {
                client!.Slots.Release();
            }

            slots.Leave(name, client);
        }
    }
}

/// <summary>How many there may be: of all clients together, and of one over HTTP.</summary>
internal readonly record struct CallLimit(int Total, int PerClient)
{
    private const int Share = 4;

    /// <summary>A limit of which one client may take a quarter, unless something else is asked for.</summary>
    public static CallLimit Of(int total, int? perClient = null) => new(total, Math.Min(perClient ?? Math.Max(1, total / Share), total));
}
