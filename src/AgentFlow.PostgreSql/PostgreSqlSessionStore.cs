using System.Data;
using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Npgsql;

namespace AgentFlow;

/// <summary>
/// Keeps sessions in PostgreSQL: the store for many machines. Leases and timestamps are of the database's clock. Each change is one conditional
/// statement and one round trip, and changes of several sessions share a batch and its commit.
/// </summary>
/// <remarks>What is lost with the connection is an <see cref="NpgsqlException"/>: the change was made whole or not at all, and which cannot be known. Texts must not contain U+0000, which PostgreSQL does not store.</remarks>
public sealed class PostgreSqlSessionStore : ITransactionalSessionStore
{
    private readonly SignalLimits _signalLimits;
    private readonly Connections _connections;
    private readonly Sql _sql;
    private readonly Pipeline _pipeline;
    private readonly TimeSpan _maxSilence;

    /// <summary>When stopped processes were last looked for; in the farthest future once the server has refused to end their connections.</summary>
    private long _lookedForSilentAt = Stopwatch.GetTimestamp();

    /// <summary>Opens a store. It connects when it is first used.</summary>
    /// <param name="connectionString">Where the database is, and how to connect. Unless it says otherwise, statements are prepared automatically.</param>
    /// <param name="options">How the store is opened.</param>
    /// <exception cref="ArgumentException">The connection string or the name of the schema is malformed.</exception>
    public PostgreSqlSessionStore(string connectionString, PostgreSqlSessionStoreOptions? options = null)
        : this(Connections.CreateSource(connectionString), options ?? new(), ownsSource: true)
    {
    }

    /// <summary>Opens a store over connections of the application, which disposes of them. <c>Max Auto Prepare</c> should be 32 or more.</summary>
    /// <param name="source">Gives connections.</param>
    /// <param name="options">How the store is opened.</param>
    /// <exception cref="ArgumentException">The name of the schema is malformed.</exception>
    public PostgreSqlSessionStore(NpgsqlDataSource source, PostgreSqlSessionStoreOptions? options = null)
        : this(source, options ?? new(), ownsSource: false)
    {
    }

    private PostgreSqlSessionStore(NpgsqlDataSource source, PostgreSqlSessionStoreOptions options, bool ownsSource)
    {
        ArgumentNullException.ThrowIfNull(source);
        _signalLimits = options.SignalLimits;
        _maxSilence = options.MaxSilence;
        _sql = new Sql(Schema.CheckName(options.Schema));
        _connections = new(source, ownsSource, options.Schema, options.Migrate);
        _pipeline = new Pipeline(_connections.OpenAsync);
    }

    /// <summary>Creates the schema, or brings it up to date: for deployments whose run-time role may not.</summary>
    /// <param name="source">Gives connections of a role that may create schemas and tables.</param>
    /// <param name="schema">The schema's name.</param>
    /// <param name="cancellationToken">Stops the attempt; then nothing was changed.</param>
    /// <returns>Completes when it is up to date.</returns>
    /// <exception cref="NotSupportedException">It was written by a later version of this library.</exception>
    /// <exception cref="ArgumentException">The name of the schema is malformed.</exception>
    public static Task MigrateAsync(NpgsqlDataSource source, string schema = "agentflow", CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        return Schema.MigrateAsync(source, Schema.CheckName(schema), cancellationToken);
    }

    /// <inheritdoc />
    public async ValueTask<SessionClaim> CreateAsync(SessionInfo session, IReadOnlyList<JournalRecord> records, string owner, TimeSpan lease, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(records);
        ArgumentNullException.ThrowIfNull(owner);
        SessionId.Check(session.Id);
        try
        {
            var (done, info) = await ChangeAsync(
                session.Id,
                _sql.Create,
                p =>
                {
                    Rows.Add(p, records);
                    p.Add(Rows.Of(session.Id));
                    p.Add(Rows.Of(session.Agent));
                    p.Add(Rows.Of(session.Shape));
                    p.Add(Rows.Of(session.Mode));
                    p.Add(Rows.Of(owner));
                    p.Add(Rows.Of((TimeSpan?)lease));
                    p.Add(Rows.Of(session.Parent));
                    p.Add(Rows.Of(session.ForkedFrom));
                    p.Add(Rows.Of(session.ForkedAt));
                },
                Rows.ReadInfo,
                cancellationToken).ConfigureAwait(false);
            return done ? new SessionClaim(info!, owner, info!.Epoch, info.CreatedAt) : throw new SessionExistsException(session.Id);
        }
        catch (PostgresException e) when (Errors.IsDuplicate(e))
        {
            throw new FencedException(session.Id);
        }
    }

    /// <inheritdoc />
    public async ValueTask<SessionInfo> ForkAsync(SessionFork fork, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(fork);
        var (source, upTo, session) = (fork.Source, fork.UpTo, fork.Session);
        SessionId.Check(session.Id);
        bool done;
        SessionInfo? info;
        try
        {
            (done, info) = await ChangeAsync(
                session.Id,
                _sql.Fork,
                p =>
                {
                    Rows.Add(p, fork.Records);
                    p.Add(Rows.Of(source));
                    p.Add(Rows.Of(upTo));
                    p.Add(Rows.Of(session.Id));
                    p.Add(Rows.Of(session.Mode));
                    p.Add(Rows.Of(session.Parent));
                    p.Add(Rows.Of((SessionState?)fork.State));
                },
                Rows.ReadInfo,
                cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException e) when (Errors.IsDuplicate(e))
        {
            throw new FencedException(session.Id);
        }

        return done ? info!
            : await FindAsync(source, cancellationToken).ConfigureAwait(false) is { } found && upTo >= 1 && upTo <= found.Sequence ? throw new SessionExistsException(session.Id)
            : throw new SessionNotFoundException(string.Create(CultureInfo.InvariantCulture, $"{source}@{upTo}"));
    }

    /// <inheritdoc />
    public async ValueTask<SessionInfo?> FindAsync(string id, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(id);
        var found = await ReadAsync(id, _sql.Find, [Rows.Of(id)], Rows.ReadInfo, cancellationToken).ConfigureAwait(false);
        return found.Count > 0 ? found[0] : null;
    }

    /// <inheritdoc />
    public async ValueTask<IReadOnlyList<SessionInfo>> ListAsync(SessionQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        var states = query.States.Count > 0 ? query.States : [.. Enum.GetValues<SessionState>().Where(static s => s != SessionState.Archived)];
        return await ReadAsync(
            "",
            _sql.List,
            [
                Rows.Of(query.After),
                Rows.Of(query.Agent),
                Rows.Of(query.Parent),
                Rows.Of(query.UpdatedBefore),
                Rows.Of([.. states.Select(static s => (short)s)]),
                Rows.Of((long)query.Limit),
                Rows.Of(query.IdleFor),
            ],
            Rows.ReadInfo,
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public async ValueTask<IReadOnlyList<SessionInfo>> ListDueAsync(IReadOnlyCollection<string> agents, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(agents);
        await EndSilentAsync(cancellationToken).ConfigureAwait(false);
        return await ReadAsync("", _sql.ListDue, [Rows.Of([.. agents]), Rows.Of((long)limit)], Rows.ReadInfo, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public async ValueTask<TimeSpan?> NextDueAsync(IReadOnlyCollection<string> agents, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(agents);
        var next = await ReadAsync("", _sql.NextDue, [Rows.Of([.. agents])], static r => r.IsDBNull(0) ? (TimeSpan?)null : r.GetFieldValue<TimeSpan>(0), cancellationToken).ConfigureAwait(false);
        return next[0];
    }

    /// <inheritdoc />
    public async ValueTask<SessionClaim?> ClaimAsync(string id, string owner, TimeSpan lease, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(id);
        ArgumentNullException.ThrowIfNull(owner);
        var (done, claim) = await ChangeAsync(
            id,
            _sql.Claim,
            p =>
            {
                p.Add(Rows.Of(id));
                p.Add(Rows.Of(owner));
                p.Add(Rows.Of((TimeSpan?)lease));
            },
            r => Rows.ReadInfo(r) is var info ? new SessionClaim(info, owner, info.Epoch, r.GetFieldValue<DateTimeOffset>(15)) : null,
            cancellationToken).ConfigureAwait(false);
        return done ? claim
            : await FindAsync(id, cancellationToken).ConfigureAwait(false) is null ? throw new SessionNotFoundException(id)
            : null;
    }

    /// <inheritdoc />
    public async ValueTask RenewAsync(SessionClaim claim, TimeSpan lease, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(claim);
        var (done, _) = await ChangeAsync(
            claim.Id,
            _sql.Renew,
            p =>
            {
                p.Add(Rows.Of(claim.Id));
                p.Add(Rows.Of(claim.Epoch));
                p.Add(Rows.Of(claim.Owner));
                p.Add(Rows.Of((TimeSpan?)lease));
            },
            static _ => true,
            cancellationToken).ConfigureAwait(false);
        if (!done)
        {
            throw new FencedException(claim.Id);
        }
    }

    /// <inheritdoc />
    public async ValueTask ReleaseAsync(SessionClaim claim, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(claim);
        await ChangeAsync(
            claim.Id,
            _sql.Release,
            p =>
            {
                p.Add(Rows.Of(claim.Id));
                p.Add(Rows.Of(claim.Epoch));
            },
            static _ => true,
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public async ValueTask<DateTimeOffset> AppendAsync(SessionAppend append, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(append);
        var (sql, bind) = StatementOf(append);
        try
        {
            var (done, time) = await ChangeAsync(append.Claim.Id, sql, bind, static r => r.GetFieldValue<DateTimeOffset>(0), cancellationToken).ConfigureAwait(false);
            return done ? time : throw await RefusalAsync(append, cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException e) when (Errors.IsDuplicate(e))
        {
            throw new FencedException(append.Claim.Id);
        }
    }

    /// <inheritdoc />
    /// <remarks>The session is not locked while the body runs: if somebody claims it meanwhile, the body's writes are rolled back with a <see cref="FencedException"/>. The transaction is an <see cref="NpgsqlTransaction"/> at the level "read committed".</remarks>
    public async ValueTask<DateTimeOffset> ExecuteAsync(SessionClaim claim, Func<DbTransaction, CancellationToken, ValueTask<SessionAppend?>> body, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(claim);
        ArgumentNullException.ThrowIfNull(body);
        if (await FindAsync(claim.Id, cancellationToken).ConfigureAwait(false) is var found && (found is null || found.Epoch != claim.Epoch || found.Owner != claim.Owner))
        {
            throw found is null ? new SessionNotFoundException(claim.Id) : new FencedException(claim.Id);
        }

        var connection = await _connections.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var closing = connection.ConfigureAwait(false);
        var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken).ConfigureAwait(false);
        await using var ending = transaction.ConfigureAwait(false);
        var append = await body(transaction, cancellationToken).ConfigureAwait(false);
        if (append is null)
        {
            await transaction.RollbackAsync(CancellationToken.None).ConfigureAwait(false);
            return (await ReadAsync(claim.Id, Sql.Clock, [], static r => r.GetFieldValue<DateTimeOffset>(0), CancellationToken.None).ConfigureAwait(false))[0];
        }

        if (transaction.Connection is null)
        {
            throw new InvalidOperationException($"The body of a transaction of session '{claim.Id}' has ended it. It must leave that to the store.");
        }

        var (sql, bind) = StatementOf(append);
        DateTimeOffset? time;
        try
        {
            time = await RunAsync(connection, transaction, sql, bind).ConfigureAwait(false);
        }
        catch (PostgresException e) when (Errors.IsDuplicate(e))
        {
            throw new FencedException(claim.Id);
        }
        catch (PostgresException e) when (Errors.IsRefusal(e))
        {
            throw new TransactionRefusedException(claim.Id, e);
        }

        if (time is null)
        {
            await transaction.RollbackAsync(CancellationToken.None).ConfigureAwait(false);
            throw await RefusalAsync(append, CancellationToken.None).ConfigureAwait(false);
        }

        try
        {
            await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (PostgresException e) when (Errors.IsRefusal(e))
        {
            throw new TransactionRefusedException(claim.Id, e);
        }

        return time.Value;
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<JournalRecord> ReadAsync(string id, long after, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(id);
        var connection = await _connections.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var closing = connection.ConfigureAwait(false);
        var command = CommandOf(connection, _sql.Read, [Rows.Of(id), Rows.Of(after)]);
        await using var disposing = command.ConfigureAwait(false);
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var ending = reader.ConfigureAwait(false);
        var expected = Math.Max(0, after);
        var last = -1L;
        while (await ReadRowAsync(id, reader, cancellationToken).ConfigureAwait(false))
        {
            last = reader.GetInt64(0);
            if (reader.IsDBNull(1))
            {
                break;
            }

            var record = Rows.ReadRecord(reader);
            if (record.Sequence != ++expected)
            {
                throw Missing(expected);
            }

            yield return record;
        }

        if (last < 0)
        {
            throw new SessionNotFoundException(id);
        }

        if (expected < last)
        {
            throw Missing(expected + 1);
        }

        DamagedSessionException Missing(long sequence) => new(id, string.Create(CultureInfo.InvariantCulture, $"record {sequence} is missing"));
    }

    /// <inheritdoc />
    public async ValueTask<SessionSnapshot?> FindSnapshotAsync(string id, long upTo, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(id);
        var found = await ReadAsync(
            id,
            _sql.FindSnapshot,
            [Rows.Of(id), Rows.Of(upTo)],
            static r => r.IsDBNull(0) ? null : new SessionSnapshot(r.GetInt64(0), r.GetFieldValue<byte[]>(1)),
            cancellationToken).ConfigureAwait(false);
        return found.Count > 0 ? found[0] : throw new SessionNotFoundException(id);
    }

    /// <inheritdoc />
    public async ValueTask<bool> SignalAsync(SignalRecord signal, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(signal);
        _signalLimits.CheckSize(signal);
        try
        {
            var (done, _) = await ChangeAsync(
                signal.Session,
                _sql.Signal,
                p =>
                {
                    p.Add(Rows.Of(signal.Session));
                    p.Add(Rows.Of(signal.Name));
                    p.Add(Rows.Of(signal.Sender));
                    p.Add(Rows.Of(signal.Key));
                    p.Add(Rows.Of((ReadOnlyMemory<byte>?)signal.Payload));
                    p.Add(Rows.Of((long)_signalLimits.MaxPending));
                },
                static _ => true,
                cancellationToken).ConfigureAwait(false);
            if (done)
            {
                return true;
            }
        }
        catch (PostgresException e) when (Errors.IsDuplicate(e))
        {
            // Two at the same time: the other one was first.
            return false;
        }

        var info = await FindAsync(signal.Session, cancellationToken).ConfigureAwait(false) ?? throw new SessionNotFoundException(signal.Session);
        if (info.State.IsEnded())
        {
            throw new InvalidSessionTransitionException(info.Id, info.State, "signal");
        }

        if (signal.Key is not null && await ReadAsync(info.Id, _sql.HasSignal, [Rows.Of(info.Id), Rows.Of(signal.Sender), Rows.Of(signal.Key)], static r => r.GetBoolean(0), cancellationToken).ConfigureAwait(false) is [true])
        {
            return false;
        }

        throw new TooManySignalsException(info.Id, _signalLimits.MaxPending);
    }

    /// <inheritdoc />
    public async ValueTask<IReadOnlyList<SignalRecord>> ReadSignalsAsync(string id, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(id);
        var found = await ReadAsync(id, _sql.ReadSignals, [Rows.Of(id)], r => r.IsDBNull(0) ? null : Rows.ReadSignal(r, id), cancellationToken).ConfigureAwait(false);
        return found switch
        {
            [] => throw new SessionNotFoundException(id),
            [null] => [],
            _ => [.. found.OfType<SignalRecord>()],
        };
    }

    /// <inheritdoc />
    public async ValueTask DeleteAsync(string id, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(id);
        await DeleteAsync(id, seen: null, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public async ValueTask<bool> TryDeleteAsync(SessionInfo seen, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(seen);
        return await DeleteAsync(seen.Id, seen, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits for what is under way, and closes the connections that are the store's own.</summary>
    /// <returns>Completes when they are closed.</returns>
    public async ValueTask DisposeAsync()
    {
        await _pipeline.StopAsync().ConfigureAwait(false);
        await _connections.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Ends the connections of processes that have stopped in the middle of a change, unless that was done a short while ago.</summary>
    private async Task EndSilentAsync(CancellationToken cancellationToken)
    {
        var looked = Interlocked.Read(ref _lookedForSilentAt);
        if (Stopwatch.GetElapsedTime(looked) < _maxSilence / 3
            || Interlocked.CompareExchange(ref _lookedForSilentAt, Stopwatch.GetTimestamp(), looked) != looked)
        {
            return;
        }

        try
        {
            NpgsqlParameter[] limit = [Rows.Of((TimeSpan?)_maxSilence)];
            await ReadAsync("", _sql.EndSilent, limit, static r => r.GetInt64(0), cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException e)
        {
            // What is due is asked for all the same.
            if (e.SqlState is PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.UndefinedFunction or PostgresErrorCodes.FeatureNotSupported)
            {
                // This role may not end connections. Whatever a stopped process has locked stays locked until its connection closes.
                Interlocked.Exchange(ref _lookedForSilentAt, long.MaxValue);
            }
        }
    }

    private async Task<bool> DeleteAsync(string id, SessionInfo? seen, CancellationToken cancellationToken)
    {
        var connection = await _connections.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var closing = connection.ConfigureAwait(false);
        var transaction = await Connections.BeginAsync(connection, cancellationToken).ConfigureAwait(false);
        await using var ending = transaction.ConfigureAwait(false);
        long number;
        var find = CommandOf(connection, _sql.Lock, [Rows.Of(id)]);
        await using (find.ConfigureAwait(false))
        {
            var reader = await find.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using var reading = reader.ConfigureAwait(false);
            if (!await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                return false;
            }

            if (!reader.IsDBNull(0) && reader.GetBoolean(0))
            {
                return seen is not null ? false : throw new SessionOwnedException(id);
            }

            if (seen is not null && ((SessionState)reader.GetInt16(2) != seen.State || reader.GetInt64(3) != seen.Sequence || reader.GetInt64(4) != seen.Epoch))
            {
                return false;
            }

            number = reader.GetInt64(1);
        }

        var delete = CommandOf(connection, _sql.Delete, [Rows.Of(number)]);
        await using (delete.ConfigureAwait(false))
        {
            await delete.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }

        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        return true;
    }

    private static NpgsqlCommand CommandOf(NpgsqlConnection connection, string sql, NpgsqlParameter[] parameters)
    {
#pragma warning disable CA2100 // The statements are constants with a validated name of a schema.
        var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        command.Parameters.AddRange(parameters);
        return command;
    }

    private static async Task<DateTimeOffset?> RunAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string sql, Action<NpgsqlParameterCollection> bind)
    {
        var command = CommandOf(connection, sql, []);
        await using (command.ConfigureAwait(false))
        {
            command.Transaction = transaction;
            bind(command.Parameters);
            var reader = await command.ExecuteReaderAsync(CancellationToken.None).ConfigureAwait(false);
            await using var reading = reader.ConfigureAwait(false);
            return await reader.ReadAsync(CancellationToken.None).ConfigureAwait(false) ? reader.GetFieldValue<DateTimeOffset>(0) : null;
        }
    }

    private static async ValueTask<bool> ReadRowAsync(string id, NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException e)
        {
            throw Errors.For(id, e);
        }
    }

    /// <summary>The common case, a record and nothing else, has a statement of its own.</summary>
    private (string Sql, Action<NpgsqlParameterCollection> Bind) StatementOf(SessionAppend append)
    {
        if (append is { Records: [var record], State: null, SetsWake: false, SignalsSeen: null, Releases: false, Snapshot: null, Consumed: [] })
        {
            return (_sql.AppendOne, p =>
            {
                p.Add(Rows.Of((short)record.Kind));
                p.Add(Rows.Of(record.Iteration));
                p.Add(Rows.Of(record.Action));
                p.Add(Rows.Of(record.Item));
                p.Add(Rows.Of(record.Key));
                p.Add(Rows.Of((ReadOnlyMemory<byte>?)record.Payload));
                AddCondition(p, append);
            });
        }

        return (_sql.AppendMany, p =>
        {
            Rows.Add(p, append.Records);
            AddCondition(p, append);
            p.Add(Rows.Of(Rows.StatesBefore(append.State)));
            p.Add(Rows.Of(append.State));
            p.Add(Rows.Of(append.SetsWake));
            p.Add(Rows.Of(append.WakeAfter));
            p.Add(Rows.Of(append.SignalsSeen));
            p.Add(Rows.Of(append.Releases));
            p.Add(Rows.Of(append.Snapshot?.Sequence));
            p.Add(Rows.Of(append.Snapshot?.Payload));
            p.Add(Rows.Of([.. append.Consumed]));
        });
    }

    private static void AddCondition(NpgsqlParameterCollection parameters, SessionAppend append)
    {
        parameters.Add(Rows.Of(append.Claim.Id));
        parameters.Add(Rows.Of(append.Claim.Epoch));
        parameters.Add(Rows.Of(append.Claim.Owner));
        parameters.Add(Rows.Of(append.After));
    }

    /// <summary>Finds out why an append was refused.</summary>
    private async Task<SessionException> RefusalAsync(SessionAppend append, CancellationToken cancellationToken)
    {
        var id = append.Claim.Id;
        return await FindAsync(id, cancellationToken).ConfigureAwait(false) switch
        {
            null => new SessionNotFoundException(id),
            { } info when info.Epoch == append.Claim.Epoch && info.Owner == append.Claim.Owner && info.Sequence == append.After && append.State is { } state && !info.State.CanBecome(state) =>
                new InvalidSessionTransitionException(id, info.State, $"make {state}"),
            _ => new FencedException(id),
        };
    }

    private Task<(bool Done, T? Result)> ChangeAsync<T>(string session, string sql, Action<NpgsqlParameterCollection> bind, Func<DbDataReader, T> read, CancellationToken cancellationToken)
    {
        var operation = new Operation<T>(session, sql, bind, read, cancellationToken);
        _pipeline.Add(operation);
        return operation.Task;
    }

    private async Task<List<T>> ReadAsync<T>(string session, string sql, NpgsqlParameter[] parameters, Func<DbDataReader, T> read, CancellationToken cancellationToken)
    {
        try
        {
            var connection = await _connections.OpenAsync(cancellationToken).ConfigureAwait(false);
            await using var closing = connection.ConfigureAwait(false);
            var command = CommandOf(connection, sql, parameters);
            await using var disposing = command.ConfigureAwait(false);
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using var ending = reader.ConfigureAwait(false);
            var rows = new List<T>();
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                rows.Add(read(reader));
            }

            return rows;
        }
        catch (PostgresException e)
        {
            throw Errors.For(session, e);
        }
    }
}
