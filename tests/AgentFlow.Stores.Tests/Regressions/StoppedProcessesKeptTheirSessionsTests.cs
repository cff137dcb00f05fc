using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace AgentFlow.Stores.Tests.Regressions;

/// <summary>
/// A process that was stopped in the middle of a change kept its rows locked: until it went on, nobody could take its sessions, and everyone
/// who wrote to them waited.
/// </summary>
[Collection(Database.Tests)]
public sealed class StoppedProcessesKeptTheirSessionsTests
{
    private static readonly PostgreSqlSessionStoreOptions s_options = new() { MaxSilence = TimeSpan.FromSeconds(1) };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task In_the_midst_of_a_batch()
    {
        await using var database = Database.Open();
        var address = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        await using var line = new Line(address.Host!, address.Port);
        (address.Host, address.Port) = ("127.0.0.1", line.Port);
        await using var heir = database.OpenStore(s_options);
        await using var stopped = new PostgreSqlSessionStore(address.ToString(), new() { Schema = database.Schema });
        var claim = await stopped.CreateAsync("s", TimeSpan.FromMilliseconds(1));
        line.StopsBeforeSync = true;
        var renewal = stopped.RenewAsync(claim, Given.Lease, Ct).AsTask();
        await line.Stopped.WaitAsync(Patience, Ct);

        await IsTakenAsync(heir, claim.Info.Agent);
        line.GoOn();
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => renewal.WaitAsync(Patience, Ct));
        await Assert.ThrowsAsync<FencedException>(() => stopped.RenewAsync(claim, Given.Lease, Ct).AsTask());
    }

    [Fact]
    public async Task In_the_midst_of_a_transaction()
    {
        await using var database = Database.Open();
        await using var heir = database.OpenStore(s_options);
        var claim = await heir.CreateAsync("s", TimeSpan.FromMilliseconds(1));
        await using var stopped = new NpgsqlConnection(database.ConnectionString);
        await stopped.OpenAsync(Ct);
        await using var transaction = await stopped.BeginTransactionAsync(Ct);
        await using var update = new NpgsqlCommand($"UPDATE {database.Schema}.sessions SET leased_until = clock_timestamp() + interval '1 hour' WHERE id = 's'", stopped);
        Assert.Equal(1, await update.ExecuteNonQueryAsync(Ct));

        await IsTakenAsync(heir, claim.Info.Agent);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => transaction.CommitAsync(Ct));
    }

    [Fact]
    public async Task What_is_silent_and_keeps_nothing_is_left_alone()
    {
        await using var database = Database.Open();
        await using var store = database.OpenStore(s_options);
        var claim = await store.CreateAsync("s", TimeSpan.FromMilliseconds(1));
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync(Ct);
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        await using var read = new NpgsqlCommand($"SELECT count(*) FROM {database.Schema}.sessions", connection);
        Assert.Equal(1L, await read.ExecuteScalarAsync(Ct));
        await database.QueryAsync("SELECT pg_sleep(2)");
        Assert.Single(await store.ListDueAsync([claim.Info.Agent], 1, Ct));
        Assert.Equal(1L, await read.ExecuteScalarAsync(Ct));
        await transaction.CommitAsync(Ct);
    }

    [Fact]
    public async Task A_transaction_that_refers_to_a_session_may_take_its_time()
    {
        await using var database = Database.Open();
        await using var store = database.OpenStore(s_options);
        var claim = await store.CreateAsync("s", TimeSpan.FromMilliseconds(1));
        await database.QueryAsync($"CREATE TABLE {database.Schema}.orders(session text REFERENCES {database.Schema}.sessions(id))");
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync(Ct);
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        await using var insert = new NpgsqlCommand($"INSERT INTO {database.Schema}.orders VALUES ('s')", connection);
        Assert.Equal(1, await insert.ExecuteNonQueryAsync(Ct));
        await database.QueryAsync("SELECT pg_sleep(2)");
        Assert.Single(await store.ListDueAsync([claim.Info.Agent], 1, Ct));
        await transaction.CommitAsync(Ct);
    }

    private static async Task IsTakenAsync(PostgreSqlSessionStore heir, string agent)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(Patience);
        while ((await heir.ListDueAsync([agent], 1, patience.Token)).Count == 0)
        {
            await Task.Delay(50, patience.Token);
        }

        Assert.NotNull(await heir.ClaimAsync("s", "heir", Given.Lease, patience.Token));
    }

    /// <summary>A line to a server, of whose client nothing more comes when the last of a batch is due, as if its process were stopped.</summary>
    private sealed class Line : IAsyncDisposable
    {
        private static readonly byte[] s_sync = [(byte)'S', 0, 0, 0, 4];

        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _goesOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly CancellationTokenSource _ending = new();
        private readonly Task _accepting;
        private volatile bool _stopsBeforeSync;

        public Line(string host, int port)
        {
            _listener.Start();
            _accepting = AcceptAsync(host, port);
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public bool StopsBeforeSync
        {
            set => _stopsBeforeSync = value;
        }

        /// <summary>Completes when a client has stopped.</summary>
        public Task Stopped => _stopped.Task;

        public void GoOn()
        {
            _stopsBeforeSync = false;
            _goesOn.SetResult();
        }

        public async ValueTask DisposeAsync()
        {
            await _ending.CancelAsync();
            _listener.Dispose();
            await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _ending.Dispose();
        }

        private async Task AcceptAsync(string host, int port)
        {
            var relays = new List<Task>();
            try
            {
                while (true)
                {
                    relays.Add(RelayAsync(await _listener.AcceptTcpClientAsync(_ending.Token), host, port));
                }
            }
            finally
            {
                await Task.WhenAll(relays).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        private async Task RelayAsync(TcpClient client, string host, int port)
        {
            using var accepted = client;
            using var server = new TcpClient();
            await server.ConnectAsync(host, port, _ending.Token);
            await Task.WhenAny(ToServerAsync(client.GetStream(), server.GetStream()), ToClientAsync(server.GetStream(), client.GetStream()));
        }

        private async Task ToServerAsync(NetworkStream client, NetworkStream server)
        {
            var buffer = new byte[65_536];
            while (await client.ReadAsync(buffer, _ending.Token) is > 0 and var count)
            {
                var chunk = buffer.AsMemory(0, count);
                if (_stopsBeforeSync && chunk.Span.EndsWith(s_sync))
                {
                    await server.WriteAsync(chunk[..^s_sync.Length], _ending.Token);
                    _stopped.TrySetResult();
                    await _goesOn.Task.WaitAsync(_ending.Token);
                    chunk = s_sync;
                }

                await server.WriteAsync(chunk, _ending.Token);
            }
        }

        private async Task ToClientAsync(NetworkStream server, NetworkStream client)
        {
            var buffer = new byte[65_536];
            while (await server.ReadAsync(buffer, _ending.Token) is > 0 and var count)
            {
                await client.WriteAsync(buffer.AsMemory(0, count), _ending.Token);
            }
        }
    }
}
