using System.Text.RegularExpressions;
using Npgsql;

namespace AgentFlow;

/// <summary>The tables, by versions. A version that was published is never changed: another is added.</summary>
internal static partial class Schema
{
    /// <summary>The advisory lock under which schemas are changed: "AgentFlo" in ASCII.</summary>
    private const long Lock = 0x4167656E74466C6F;

    /// <summary>The statements that lead from each version to the next, in a schema that <c>search_path</c> points at.</summary>
    private static readonly string[] Versions =
    [
        """
        CREATE TABLE sessions(
            number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            id text COLLATE "C" NOT NULL UNIQUE,
            agent text COLLATE "C" NOT NULL,
            shape text NOT NULL,
            state smallint NOT NULL,
            mode text NOT NULL,
            sequence bigint NOT NULL,
            epoch bigint NOT NULL,
            owner text COLLATE "C",
            leased_until timestamptz,
            wake_at timestamptz,
            signals_seen bigint NOT NULL,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            parent text COLLATE "C",
            forked_from text,
            forked_at bigint NOT NULL,
            last_signal bigint NOT NULL
        ) WITH (fillfactor = 70);
        CREATE INDEX sessions_active ON sessions(agent) WHERE state IN (0, 1, 2);
        CREATE INDEX sessions_parent ON sessions(parent) WHERE parent IS NOT NULL;
        CREATE TABLE journal(
            session bigint NOT NULL,
            sequence bigint NOT NULL,
            recorded_at timestamptz NOT NULL,
            epoch bigint NOT NULL,
            kind smallint NOT NULL,
            iteration integer NOT NULL,
            action text NOT NULL,
            item integer NOT NULL,
            key text COLLATE "C",
            payload bytea NOT NULL,
            PRIMARY KEY(session, sequence));
        CREATE UNIQUE INDEX journal_keys ON journal(session, key) WHERE key IS NOT NULL;
        CREATE TABLE signals(
            session bigint NOT NULL,
            number bigint NOT NULL,
            name text NOT NULL,
            sender text COLLATE "C" NOT NULL,
            key text COLLATE "C",
            arrived_at timestamptz NOT NULL,
            payload bytea NOT NULL,
            taken boolean NOT NULL DEFAULT false,
            PRIMARY KEY(session, number));
        CREATE UNIQUE INDEX signals_keys ON signals(session, sender, key) WHERE key IS NOT NULL;
        CREATE TABLE snapshots(
            session bigint PRIMARY KEY,
            sequence bigint NOT NULL,
            payload bytea NOT NULL);
        """,
        """
        CREATE TABLE memories(
            sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            subject text COLLATE "C" NOT NULL,
            id text COLLATE "C" NOT NULL,
            kind smallint NOT NULL,
            session text COLLATE "C",
            created_at bigint NOT NULL,
            payload bytea NOT NULL,
            UNIQUE(subject, id));
        CREATE INDEX memories_in_order ON memories(subject, sequence);
        """,
    ];

    /// <summary>Checks the name of a schema, which takes no parameter where it is used.</summary>
    /// <exception cref="ArgumentException">It is malformed.</exception>
    public static string CheckName(string schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        return Name().IsMatch(schema) && !schema.EndsWith('\n') ? schema
            : throw new ArgumentException($"'{schema}' is no name of a schema: one has 1 to 63 lower-case ASCII letters, digits or _, and begins with a letter.", nameof(schema));
    }

    /// <summary>Brings a schema up to the present version, one process at a time.</summary>
    /// <exception cref="NotSupportedException">It was written by a later version of the library.</exception>
    public static async Task MigrateAsync(NpgsqlDataSource source, string schema, CancellationToken cancellationToken)
    {
        var connection = await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var closing = connection.ConfigureAwait(false);
        if (await VersionAsync(connection, schema, cancellationToken).ConfigureAwait(false) == Versions.Length)
        {
            return;
        }

        var transaction = await Connections.BeginAsync(connection, cancellationToken).ConfigureAwait(false);
        await using var ending = transaction.ConfigureAwait(false);
        await RunAsync(connection, FormattableString.Invariant($"SELECT pg_advisory_xact_lock({Lock})"), cancellationToken).ConfigureAwait(false);

        // Another process may have done it while this one waited for the lock.
        var version = await VersionAsync(connection, schema, cancellationToken).ConfigureAwait(false);
        if (version == 0)
        {
            await RunAsync(connection, $"CREATE SCHEMA IF NOT EXISTS {schema}; CREATE TABLE IF NOT EXISTS {schema}.migrations(version integer PRIMARY KEY, made_at timestamptz NOT NULL)", cancellationToken).ConfigureAwait(false);
        }

        await RunAsync(connection, $"SET LOCAL search_path TO {schema}", cancellationToken).ConfigureAwait(false);
        for (; version < Versions.Length; version++)
        {
            await RunAsync(connection, Versions[version], cancellationToken).ConfigureAwait(false);
            await RunAsync(connection, FormattableString.Invariant($"INSERT INTO migrations VALUES({version + 1}, clock_timestamp())"), cancellationToken).ConfigureAwait(false);
        }

        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes sure that a schema has the present version.</summary>
    /// <exception cref="NotSupportedException">It has another.</exception>
    public static async Task VerifyAsync(NpgsqlDataSource source, string schema, CancellationToken cancellationToken)
    {
        var connection = await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var closing = connection.ConfigureAwait(false);
        if (await VersionAsync(connection, schema, cancellationToken).ConfigureAwait(false) is var version && version != Versions.Length)
        {
            throw new NotSupportedException($"The schema '{schema}' has version {version}, and this library needs {Versions.Length}. Call PostgreSqlSessionStore.MigrateAsync as a role that may create tables.");
        }
    }

    [GeneratedRegex(@"^[a-z][a-z0-9_]{0,62}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();

    private static async Task<int> VersionAsync(NpgsqlConnection connection, string schema, CancellationToken cancellationToken)
    {
        // Not to_regclass: it may answer from a cache that is older than the lock.
        var exists = new NpgsqlCommand("SELECT EXISTS(SELECT FROM pg_tables WHERE schemaname = $1 AND tablename = 'migrations')", connection) { Parameters = { new NpgsqlParameter<string> { TypedValue = schema } } };
        await using (exists.ConfigureAwait(false))
        {
            if (await exists.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is not true)
            {
                return 0;
            }
        }

#pragma warning disable CA2100 // The schema's name is validated; names take no parameters.
        var read = new NpgsqlCommand($"SELECT max(version) FROM {schema}.migrations", connection);
#pragma warning restore CA2100
        await using (read.ConfigureAwait(false))
        {
            var version = await read.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) as int? ?? 0;
            return version <= Versions.Length ? version
                : throw new NotSupportedException($"The schema '{schema}' has version {version}, and this library knows {Versions.Length}. Use the library that wrote it, or a later one.");
        }
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
#pragma warning disable CA2100 // Constants of this assembly, and a validated name.
        var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        await using (command.ConfigureAwait(false))
        {
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
