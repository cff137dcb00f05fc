namespace AgentFlow;

/// <summary>The statements, each of which is atomic and takes one round trip. Conditions are part of what they change.</summary>
internal sealed class Sql(string schema)
{
    public const string Clock = "SELECT clock_timestamp()";

    /// <summary>What is read of a session, in the order that <see cref="Rows.ReadInfo"/> expects.</summary>
    private const string Columns = "id, agent, shape, state, mode, sequence, epoch, owner, wake_at, signals_seen, created_at, updated_at, parent, forked_from, forked_at";
    private const string RecordColumns = "session, sequence, recorded_at, epoch, kind, iteration, action, item, key, payload";
    private const string UnnestedRecords = "unnest($1::smallint[], $2::integer[], $3::text[], $4::integer[], $5::text[], $6::bytea[]) WITH ORDINALITY AS r(kind, iteration, action, item, key, payload, place)";

    /// <summary>The part of an append that is conditional. A statement reads the clock once.</summary>
    private const string Changes = """
        updated_at = t.now, state = COALESCE({0}, state), wake_at = CASE WHEN {1} THEN t.now + {2} ELSE wake_at END,
        signals_seen = COALESCE({3}, signals_seen), owner = CASE WHEN {4} THEN NULL ELSE owner END
        FROM (SELECT clock_timestamp() AS now) t
        """;

    public string Create { get; } = $"""
        WITH s AS (
            INSERT INTO {schema}.sessions(id, agent, shape, state, mode, sequence, epoch, owner, leased_until, signals_seen, created_at, updated_at, parent, forked_from, forked_at, last_signal)
            SELECT $7, $8, $9, 0, $10, cardinality($1::smallint[]), 1, $11, now + $12, 0, now, now, $13, $14, $15, 0 FROM (SELECT clock_timestamp() AS now) t
            ON CONFLICT (id) DO NOTHING
            RETURNING *),
        j AS (
            INSERT INTO {schema}.journal({RecordColumns})
            SELECT s.number, r.place, s.created_at, 0, r.kind, r.iteration, r.action, r.item, r.key, r.payload FROM s, {UnnestedRecords})
        SELECT {Columns} FROM s
        """;

    public string Fork { get; } = $"""
        WITH f AS (SELECT * FROM {schema}.sessions WHERE id = $7 AND $8 BETWEEN 1 AND sequence),
        s AS (
            INSERT INTO {schema}.sessions(id, agent, shape, state, mode, sequence, epoch, signals_seen, created_at, updated_at, parent, forked_from, forked_at, last_signal)
            SELECT $9, f.agent, f.shape, $12, $10, $8 + cardinality($1::smallint[]), 0, 0, now, now, $11, f.id, $8, 0 FROM f, (SELECT clock_timestamp() AS now) t
            ON CONFLICT (id) DO NOTHING
            RETURNING *),
        j AS (
            INSERT INTO {schema}.journal({RecordColumns})
            SELECT s.number, o.sequence, o.recorded_at, o.epoch, o.kind, o.iteration, o.action, o.item, o.key, o.payload
            FROM s, f JOIN {schema}.journal o ON o.session = f.number AND o.sequence <= $8
            UNION ALL
            SELECT s.number, $8 + r.place, s.created_at, 0, r.kind, r.iteration, r.action, r.item, r.key, r.payload FROM s, {UnnestedRecords}),
        p AS (
            INSERT INTO {schema}.snapshots(session, sequence, payload)
            SELECT s.number, o.sequence, o.payload FROM s, f JOIN {schema}.snapshots o ON o.session = f.number AND o.sequence <= $8)
        SELECT {Columns} FROM s
        """;

    public string Find { get; } = $"SELECT {Columns} FROM {schema}.sessions WHERE id = $1";

    public string List { get; } = $"""
        SELECT {Columns} FROM {schema}.sessions
        WHERE ($1 IS NULL OR id > $1) AND ($2 IS NULL OR agent = $2) AND ($3 IS NULL OR parent = $3) AND ($4 IS NULL OR updated_at < $4) AND state = ANY($5)
            AND ($7 IS NULL OR updated_at <= (SELECT clock_timestamp()) - $7)
        ORDER BY id LIMIT $6
        """;

    /// <summary>Sessions that another process is about to claim are passed over.</summary>
    public string ListDue { get; } = $"""
        SELECT {Columns} FROM {schema}.sessions s
        WHERE agent = ANY($1) AND state IN (0, 1, 2) AND (owner IS NULL OR leased_until <= (SELECT clock_timestamp()))
            AND (state <> 2 OR wake_at <= (SELECT clock_timestamp())
                OR EXISTS(SELECT FROM {schema}.signals g WHERE g.session = s.number AND NOT g.taken AND g.number > s.signals_seen))
        ORDER BY COALESCE(wake_at, updated_at) LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED
        """;

    /// <summary>
    /// Ends connections of this role that have written to sessions, or are listing those that are due, and whose client has been silent since:
    /// its process has stopped, and its rows stay locked. A transaction that only refers to a session, by a foreign key for example, is spared.
    /// </summary>
    public string EndSilent { get; } = $"""
        SELECT count(pg_terminate_backend(a.pid)) FROM pg_stat_activity a
        WHERE a.datname = current_database() AND a.usename = current_user AND a.pid <> pg_backend_pid()
            AND a.wait_event IN ('ClientRead', 'ClientWrite') AND a.state <> 'idle' AND a.state_change < clock_timestamp() - $1
            AND EXISTS(SELECT FROM pg_locks l WHERE l.pid = a.pid AND l.relation = '{schema}.sessions'::regclass
                AND (l.mode = 'RowExclusiveLock' OR (l.mode = 'RowShareLock' AND a.state = 'active')) AND l.granted)
        """;

    public string NextDue { get; } = $"SELECT min(wake_at) - clock_timestamp() FROM {schema}.sessions WHERE agent = ANY($1) AND state IN (0, 1, 2) AND state = 2";

    public string Claim { get; } = $"""
        UPDATE {schema}.sessions SET owner = $2, epoch = epoch + 1, leased_until = clock_timestamp() + $3
        WHERE id = $1 AND (owner IS NULL OR owner = $2 OR leased_until <= clock_timestamp())
        RETURNING {Columns}, clock_timestamp()
        """;

    public string Renew { get; } = $"UPDATE {schema}.sessions SET leased_until = clock_timestamp() + $4 WHERE id = $1 AND epoch = $2 AND owner = $3 RETURNING 1";

    public string Release { get; } = $"UPDATE {schema}.sessions SET owner = NULL WHERE id = $1 AND epoch = $2 RETURNING 1";

    /// <summary>Adds one record, and changes nothing else. Nothing is written unless the epoch, the owner and the sequence number are what they have to be.</summary>
    public string AppendOne { get; } = $"""
        WITH s AS (
            UPDATE {schema}.sessions SET sequence = sequence + 1, updated_at = clock_timestamp()
            WHERE id = $7 AND epoch = $8 AND owner = $9 AND sequence = $10
            RETURNING number, sequence, epoch, updated_at)
        INSERT INTO {schema}.journal({RecordColumns})
        SELECT number, sequence, updated_at, epoch, $1, $2, $3, $4, $5, $6 FROM s
        RETURNING recorded_at
        """;

    /// <summary>Adds any number of records, changes the state, from one that can become it, keeps a snapshot, takes signals. A taken signal's key is remembered.</summary>
    public string AppendMany { get; } = $"""
        WITH s AS (
            UPDATE {schema}.sessions SET sequence = sequence + cardinality($1::smallint[]), {Format(Changes, "$12", "$13", "$14", "$15", "$16")}
            WHERE id = $7 AND epoch = $8 AND owner = $9 AND sequence = $10 AND state = ANY($11)
                AND (SELECT count(*) FROM {schema}.signals g WHERE g.session = sessions.number AND g.number = ANY($19) AND NOT g.taken) = cardinality($19::bigint[])
            RETURNING number, epoch, updated_at),
        j AS (
            INSERT INTO {schema}.journal({RecordColumns})
            SELECT s.number, $10 + r.place, s.updated_at, s.epoch, r.kind, r.iteration, r.action, r.item, r.key, r.payload FROM s, {UnnestedRecords}),
        p AS (
            INSERT INTO {schema}.snapshots(session, sequence, payload) SELECT number, $17, $18 FROM s WHERE $17 IS NOT NULL
            ON CONFLICT (session) DO UPDATE SET sequence = excluded.sequence, payload = excluded.payload),
        d AS (DELETE FROM {schema}.signals g USING s WHERE g.session = s.number AND g.number = ANY($19) AND g.key IS NULL),
        u AS (UPDATE {schema}.signals g SET taken = true, payload = '' FROM s WHERE g.session = s.number AND g.number = ANY($19) AND g.key IS NOT NULL)
        SELECT updated_at FROM s
        """;

    public string Read { get; } = $"""
        SELECT s.sequence, j.sequence, j.recorded_at, j.epoch, j.kind, j.iteration, j.action, j.item, j.key, j.payload
        FROM {schema}.sessions s LEFT JOIN {schema}.journal j ON j.session = s.number AND j.sequence > $2 WHERE s.id = $1 ORDER BY j.sequence
        """;

    public string FindSnapshot { get; } = $"SELECT p.sequence, p.payload FROM {schema}.sessions s LEFT JOIN {schema}.snapshots p ON p.session = s.number AND p.sequence <= $2 WHERE s.id = $1";

    /// <summary>Leaves a signal, unless it is there already or too many wait. Only a session that has had so many is counted.</summary>
    public string Signal { get; } = $"""
        WITH s AS (
            UPDATE {schema}.sessions SET last_signal = last_signal + 1
            WHERE id = $1 AND state NOT IN (4, 5, 6, 8)
                AND NOT EXISTS(SELECT FROM {schema}.signals g WHERE g.session = sessions.number AND g.sender = $3 AND g.key = $4)
                AND (last_signal < $6 OR (SELECT count(*) FROM (SELECT FROM {schema}.signals g WHERE g.session = sessions.number AND NOT g.taken LIMIT $6) w) < $6)
            RETURNING number, last_signal)
        INSERT INTO {schema}.signals(session, number, name, sender, key, arrived_at, payload)
        SELECT number, last_signal, $2, $3, $4, clock_timestamp(), $5 FROM s
        RETURNING 1
        """;

    public string HasSignal { get; } = $"SELECT EXISTS(SELECT FROM {schema}.sessions s JOIN {schema}.signals g ON g.session = s.number WHERE s.id = $1 AND g.sender = $2 AND g.key = $3)";

    public string ReadSignals { get; } = $"""
        SELECT g.number, g.name, g.sender, g.key, g.arrived_at, g.payload
        FROM {schema}.sessions s LEFT JOIN {schema}.signals g ON g.session = s.number AND NOT g.taken WHERE s.id = $1 ORDER BY g.number
        """;

    /// <summary>Keeps others from writing to a session that is to be deleted.</summary>
    public string Lock { get; } = $"SELECT owner IS NOT NULL AND leased_until > clock_timestamp(), number, state, sequence, epoch FROM {schema}.sessions WHERE id = $1 FOR UPDATE";

    public string Delete { get; } = $"""
        WITH j AS (DELETE FROM {schema}.journal WHERE session = $1),
        g AS (DELETE FROM {schema}.signals WHERE session = $1),
        p AS (DELETE FROM {schema}.snapshots WHERE session = $1)
        DELETE FROM {schema}.sessions WHERE number = $1
        """;

    private static string Format(string text, params string[] parameters)
    {
        for (var i = 0; i < parameters.Length; i++)
        {
            text = text.Replace("{" + (char)('0' + i) + "}", parameters[i], StringComparison.Ordinal);
        }

        return text;
    }
}
