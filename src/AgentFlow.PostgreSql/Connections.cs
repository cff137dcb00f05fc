using Npgsql;

namespace AgentFlow;

/// <summary>Connections to a schema that is up to date.</summary>
/// <param name="source">Gives connections.</param>
/// <param name="ownsSource">Whether it is disposed of with this.</param>
/// <param name="schema">The schema.</param>
/// <param name="migrates">Whether it is brought up to date before the first connection is given.</param>
internal sealed class Connections(NpgsqlDataSource source, bool ownsSource, string schema, bool migrates) : IAsyncDisposable
{
    /// <summary>How long a process may stay silent in the middle of a change.</summary>
    public static readonly TimeSpan MaxSilence = TimeSpan.FromSeconds(15);

    private readonly SemaphoreSlim _preparing = new(1);
    private volatile bool _isPrepared;

    public static NpgsqlDataSource CreateSource(string connectionString)
    {
        ArgumentException.ThrowIfNullOrEmpty(connectionString);
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        if (builder.MaxAutoPrepare == 0)
        {
            builder.MaxAutoPrepare = 32;
            builder.AutoPrepareMinUsages = 2;
        }

        return NpgsqlDataSource.Create(builder);
    }

    /// <summary>
    /// Begins a transaction that the server rolls back if the process stops in the middle of it: others wait for the rows it has changed.
    /// </summary>
    public static async Task<NpgsqlTransaction> BeginAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var limit = FormattableString.Invariant($"SET LOCAL idle_in_transaction_session_timeout = {(int)MaxSilence.TotalMilliseconds}");
#pragma warning disable CA2100 // A number.
            var command = new NpgsqlCommand(limit, connection, transaction);
#pragma warning restore CA2100
            await using var disposing = command.ConfigureAwait(false);
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            return transaction;
        }
        catch
        {
            await transaction.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken) => _isPrepared ? source.OpenConnectionAsync(cancellationToken) : PrepareAndOpenAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        _preparing.Dispose();
        if (ownsSource)
        {
            await source.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask<NpgsqlConnection> PrepareAndOpenAsync(CancellationToken cancellationToken)
    {
        await _preparing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_isPrepared)
            {
                await (migrates ? Schema.MigrateAsync(source, schema, cancellationToken) : Schema.VerifyAsync(source, schema, cancellationToken)).ConfigureAwait(false);
                _isPrepared = true;
            }
        }
        finally
        {
            _preparing.Release();
        }

        return await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
    }
}
