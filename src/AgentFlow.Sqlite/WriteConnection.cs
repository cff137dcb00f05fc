using System.Data.Common;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace AgentFlow;

/// <summary>The one connection that writes. Only the writer's thread uses it.</summary>
internal sealed partial class WriteConnection : StoreConnection
{
    /// <summary>How many rows are remembered, so that an append reads nothing.</summary>
    private const int MaxRows = 4096;

    private readonly DatabaseFile _file;
    private readonly StoreClock _clock;
    private readonly Leases _leases;

    /// <summary>Sessions' rows as the transaction under way has left them.</summary>
    private readonly Dictionary<string, SessionRow> _rows = new(StringComparer.Ordinal);
    private readonly Statement _begin;
    private readonly Statement _commit;
    private readonly Statement _rollback;
    private readonly Statement _insertSession;
    private readonly Statement _updateSession;
    private readonly Statement _updateState;
    private readonly JournalTail _tail;
    private readonly JournalCursor _journal;
    private readonly Statement _insertSnapshot;
    private readonly Statement _readSnapshot;
    private readonly Statement _insertSignal;
    private readonly Statement _findSignal;
    private readonly Statement _dropSignal;
    private readonly Statement _takeSignal;
    private readonly Statement _hasSignal;
    private readonly Statement[] _delete;

    /// <summary>Opens a database, creates it if it is missing, and brings its schema up to date.</summary>
    public WriteConnection(DatabaseFile file, StoreClock clock, Leases leases, FileHealth health, bool checks)
        : base(Checked(file), health, SqliteOpenMode.ReadWriteCreate)
    {
        try
        {
            _file = file;
            _clock = clock;
            _leases = leases;
            if (Schema.Query(Inner, "PRAGMA journal_mode = WAL") is not "wal")
            {
                throw new NotSupportedException($"'{file.Path}' cannot have a write-ahead log. Keep the database on a local disk.");
            }

            // A commit is on the disk when it returns: also where fsync alone does not see to that.
            Schema.Query(Inner, "PRAGMA synchronous = FULL");
            Schema.Query(Inner, "PRAGMA fullfsync = ON");
            Schema.Query(Inner, "PRAGMA checkpoint_fullfsync = ON");
            Schema.Query(Inner, "PRAGMA journal_size_limit = 67108864");

            // Sessions write to a page each: pages stay in memory, and go to the file once for many times that they are written to the log.
            Schema.Query(Inner, "PRAGMA cache_size = -65536");
            Schema.Query(Inner, "PRAGMA wal_autocheckpoint = 4000");
            Schema.Migrate(Inner);
            if (checks)
            {
                health.Tell(FindDamage(), HasLostRows());
            }

            _begin = Prepare("BEGIN IMMEDIATE");
            _commit = Prepare("COMMIT");
            _rollback = Prepare("ROLLBACK");
            _insertSession = Prepare("""
                INSERT INTO agentflow_sessions(id, agent, shape, state, mode, sequence, epoch, wake_at, signals_seen, created_at, updated_at, parent, forked_from, forked_at, last_signal, pending, snapshot_at, checksum)
                VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)
                """);

            // Without the state, no index has to be written.
            _updateSession = Prepare("UPDATE agentflow_sessions SET sequence = ?2, epoch = ?3, wake_at = ?4, signals_seen = ?5, updated_at = ?6, last_signal = ?7, pending = ?8, snapshot_at = ?9, checksum = ?10 WHERE number = ?1");
            _updateState = Prepare("UPDATE agentflow_sessions SET sequence = ?2, epoch = ?3, wake_at = ?4, signals_seen = ?5, updated_at = ?6, last_signal = ?7, pending = ?8, snapshot_at = ?9, checksum = ?10, state = ?11 WHERE number = ?1");
            _tail = new JournalTail(Prepare);
            _journal = new JournalCursor(Prepare);
            _insertSnapshot = Prepare("REPLACE INTO agentflow_snapshots(session, sequence, payload, checksum) VALUES(?1, ?2, ?3, ?4)");
            _readSnapshot = Prepare("SELECT sequence, payload, checksum FROM agentflow_snapshots WHERE session = ?1 AND sequence <= ?2");
            _insertSignal = Prepare("INSERT INTO agentflow_signals(session, number, name, sender, key, arrived_at, payload, taken, checksum) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8)");
            _findSignal = Prepare("SELECT 1 FROM agentflow_signals WHERE session = ?1 AND sender = ?2 AND key = ?3");
            _dropSignal = Prepare("DELETE FROM agentflow_signals WHERE session = ?1 AND number = ?2 AND taken = 0 AND key IS NULL");
            _hasSignal = Prepare("SELECT 1 FROM agentflow_signals WHERE session = ?1 AND number = ?2 AND taken = 0");
            _takeSignal = Prepare("UPDATE agentflow_signals SET taken = 1, payload = x'' WHERE session = ?1 AND number = ?2 AND taken = 0");
            _delete =
            [
                Prepare("DELETE FROM agentflow_journal WHERE session = ?1"),
                Prepare("DELETE FROM agentflow_signals WHERE session = ?1"),
                Prepare("DELETE FROM agentflow_snapshots WHERE session = ?1"),
                Prepare("DELETE FROM agentflow_sessions WHERE number = ?1"),
            ];
            if (health.MayWrite)
            {
                RecoverTail();
            }

            file.Opened();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Whether a transaction is under way.</summary>
    private bool IsInTransaction => raw.sqlite3_get_autocommit(Handle) == 0;

    /// <summary>Makes durable what the transaction has changed, if there is one.</summary>
    public void Commit()
    {
        if (IsInTransaction)
        {
            _file.Check();
            _commit.Run();
        }

        Committed();
    }

    /// <summary>Undoes what the transaction has changed, if there is one.</summary>
    public void Rollback()
    {
        _rows.Clear();
        _leases.Rollback();
        _tail.Forget();

        // Some errors end the transaction by themselves.
        if (IsInTransaction)
        {
            _rollback.Run();
        }
    }

    /// <summary>Moves what was appended last to where it is found by its session, if there is enough of it, or if all of it is to be moved.</summary>
    public void Sort(bool all = false)
    {
        if (!_tail.IsLong && !(all && _tail.Any))
        {
            return;
        }

        Begin();
        _tail.Sort();
        Commit();
    }

    /// <summary>Runs users' code in a transaction, and waits for it: the thread is the writer's own.</summary>
    public DateTimeOffset Execute(SessionClaim claim, Func<DbTransaction, CancellationToken, ValueTask<SessionAppend?>> body, CancellationToken cancellationToken)
    {
        Check(claim);
        Health.RefuseWriting();
        using var transaction = Inner.BeginTransaction(deferred: false);
        var append = body(transaction, cancellationToken).AsTask().GetAwaiter().GetResult();
        if (transaction.Connection is null || !IsInTransaction)
        {
            throw new InvalidOperationException($"The body of a transaction of session '{claim.Id}' has ended it. It must leave that to the store.");
        }

        if (append is null)
        {
            Rollback();
            return _clock.Now;
        }

        var time = Append(append);
        _file.Check();
        try
        {
            transaction.Commit();
        }
        catch (SqliteException e) when (e.SqliteErrorCode == raw.SQLITE_CONSTRAINT)
        {
            throw new TransactionRefusedException(claim.Id, e);
        }

        Committed();
        return time;
    }

    public SessionClaim Create(SessionInfo session, IReadOnlyList<JournalRecord> records, string owner, TimeSpan lease)
    {
        RefuseExisting(session.Id);
        Begin();
        var now = _clock.Now;
        var info = session with { State = SessionState.Created, Sequence = records.Count, Epoch = 1, Owner = null, WakeAt = null, SignalsSeen = 0, CreatedAt = now, UpdatedAt = now };
        var row = Insert(info);
        try
        {
            Add(row, 0, 0, records, now);
        }
        catch (FencedException)
        {
            Remove(row);
            throw;
        }

        _leases.TryClaim(info.Id, owner, info.Epoch, lease);
        return new SessionClaim(info with { Owner = owner }, owner, info.Epoch, now);
    }

    public SessionInfo Fork(SessionFork fork)
    {
        var (source, upTo, session) = (fork.Source, fork.UpTo, fork.Session);
        var from = Get(source);
        if (upTo < 1 || upTo > from.Info.Sequence)
        {
            throw new SessionNotFoundException($"{source}@{upTo}");
        }

        RefuseExisting(session.Id);
        Begin();
        var now = _clock.Now;
        var info = session with
        {
            Agent = from.Info.Agent,
            Shape = from.Info.Shape,
            State = fork.State,
            Sequence = upTo + fork.Records.Count,
            Epoch = 0,
            Owner = null,
            WakeAt = null,
            SignalsSeen = 0,
            CreatedAt = now,
            UpdatedAt = now,
            ForkedFrom = source,
            ForkedAt = upTo,
        };
        var row = Insert(info);
        try
        {
            _journal.Begin(from.Number, after: 0);
            for (var sequence = 1L; sequence <= upTo; sequence++)
            {
                _tail.InsertSorted(row, _journal.Read(source, sequence));
            }

            if (_readSnapshot.Bind(1, from.Number).Bind(2, upTo).Step())
            {
                var snapshot = new SessionSnapshot(_readSnapshot.Number(0), _readSnapshot.Bytes(1).ToArray());
                Insert(row, JournalRow.ChecksumOf(source, snapshot) == _readSnapshot.Number(2) ? snapshot : throw new DamagedSessionException(source, "its snapshot has another checksum"));
                row = row with { SnapshotAt = snapshot.Sequence };
                Update(_rows[info.Id], row);
            }

            Add(row, upTo, 0, fork.Records, now);
            return info;
        }
        catch (FencedException)
        {
            // A refusal leaves the transaction to the others who share it.
            Remove(row);
            throw;
        }
        finally
        {
            _journal.End();
            _readSnapshot.Reset();
        }
    }

    public SessionClaim? Claim(string id, string owner, TimeSpan lease)
    {
        var row = Get(id);
        var epoch = row.Info.Epoch + 1;
        Health.RefuseWriting();
        if (!_leases.TryClaim(id, owner, epoch, lease))
        {
            return null;
        }

        Begin();
        var info = row.Info with { Epoch = epoch };
        Update(row, row with { Info = info });
        return new SessionClaim(info with { Owner = owner }, owner, epoch, _clock.Now);
    }

    public DateTimeOffset Append(SessionAppend append)
    {
        var row = Check(append.Claim);
        if (append.After != row.Info.Sequence)
        {
            throw new FencedException(row.Info.Id);
        }

        var state = append.State ?? row.Info.State;
        if (!row.Info.State.CanBecome(state))
        {
            throw new InvalidSessionTransitionException(row.Info.Id, row.Info.State, $"make {state}");
        }

        Begin();
        foreach (var number in append.Consumed)
        {
            if (!Waits(row, number))
            {
                throw new FencedException(row.Info.Id);
            }
        }

        var now = _clock.Now;
        Add(row, append.After, row.Info.Epoch, append.Records, now);
        if (append.Snapshot is not null)
        {
            Insert(row, append.Snapshot);
        }

        var taken = 0;
        foreach (var number in append.Consumed)
        {
            taken += Take(row, number);
        }

        Update(row, row with
        {
            Pending = row.Pending - taken,
            SnapshotAt = append.Snapshot?.Sequence ?? row.SnapshotAt,
            Info = row.Info with
            {
                State = state,
                Sequence = row.Info.Sequence + append.Records.Count,
                UpdatedAt = now,
                WakeAt = append.SetsWake ? TimerSpan.After(now, append.WakeAfter) : row.Info.WakeAt,
                SignalsSeen = append.SignalsSeen ?? row.Info.SignalsSeen,
            },
        });
        if (append.Releases)
        {
            _leases.End(append.Claim);
        }

        return now;
    }

    public bool Signal(SignalRecord signal, SignalLimits limits)
    {
        var row = Get(signal.Session);
        if (row.Info.State.IsEnded())
        {
            throw new InvalidSessionTransitionException(row.Info.Id, row.Info.State, "signal");
        }

        if (signal.Key is not null && Has(row, signal))
        {
            return false;
        }

        limits.CheckPending(row.Info.Id, row.Pending);
        Begin();
        signal = signal with { Number = row.LastSignal + 1, Timestamp = _clock.Now };
        _insertSignal.Bind(1, row.Number).Bind(2, signal.Number).Bind(3, signal.Name).Bind(4, signal.Sender).Bind(5, signal.Key)
            .Bind(6, signal.Timestamp.UtcTicks).Bind(7, signal.Payload.Span).Bind(8, JournalRow.ChecksumOf(signal)).Run();
        Update(row, row with { LastSignal = signal.Number, Pending = row.Pending + 1 });
        return true;
    }

    public bool Delete(string id)
    {
        if (_leases.IsOwned(id))
        {
            throw new SessionOwnedException(id);
        }

        return FindCached(id) is { } row && Delete(row);
    }

    public bool TryDelete(SessionInfo seen) =>
        !_leases.IsOwned(seen.Id) && FindCached(seen.Id) is { } row && row.Info.StandsAs(seen) && Delete(row);

    private bool Delete(SessionRow row)
    {
        Begin();
        Remove(row);
        _leases.Forget(row.Info.Id);
        return true;
    }

    /// <summary>A database of that name which is not the store's is neither opened nor created.</summary>
    private static string Checked(DatabaseFile file)
    {
        file.CheckFile();
        return file.Path;
    }

    /// <summary>Begins a transaction unless one is under way.</summary>
    private void Begin()
    {
        Health.RefuseWriting();
        if (!IsInTransaction)
        {
            _begin.Run();
        }
    }

    private void Committed()
    {
        _leases.Commit();
        if (_rows.Count > MaxRows)
        {
            _rows.Clear();
        }
    }

    private SessionRow? FindCached(string id)
    {
        if (!_rows.TryGetValue(id, out var row))
        {
            row = FindRow(id);
            if (row is not null)
            {
                _rows.Add(id, row);
            }
        }

        return row;
    }

    private SessionRow Get(string id) => FindCached(id) ?? throw new SessionNotFoundException(id);

    private SessionRow Check(SessionClaim claim)
    {
        var row = Get(claim.Id);
        return row.Info.Epoch == claim.Epoch && _leases.IsHeld(claim) ? row : throw new FencedException(claim.Id);
    }

    private void RefuseExisting(string id)
    {
        if (FindCached(id) is not null)
        {
            throw new SessionExistsException(id);
        }
    }

    private bool Has(SessionRow row, SignalRecord signal)
    {
        try
        {
            return _findSignal.Bind(1, row.Number).Bind(2, signal.Sender).Bind(3, signal.Key).Step();
        }
        finally
        {
            _findSignal.Reset();
        }
    }

    private bool Waits(SessionRow row, long number)
    {
        try
        {
            return _hasSignal.Bind(1, row.Number).Bind(2, number).Step();
        }
        finally
        {
            _hasSignal.Reset();
        }
    }

    /// <summary>A signal without a key is of no more use; the key of another is remembered.</summary>
    private int Take(SessionRow row, long number)
    {
        _dropSignal.Bind(1, row.Number).Bind(2, number).Run();
        if (_dropSignal.Changes > 0)
        {
            return 1;
        }

        _takeSignal.Bind(1, row.Number).Bind(2, number).Run();
        return _takeSignal.Changes;
    }

    /// <summary>Adds records; if one of them is refused, none.</summary>
    private void Add(SessionRow row, long after, long epoch, IReadOnlyList<JournalRecord> records, DateTimeOffset now)
    {
        if (!_tail.TryAddKeys(row, records))
        {
            throw new FencedException(row.Info.Id);
        }

        var sequence = after;
        foreach (var record in records)
        {
            _tail.Insert(row, record with { Sequence = ++sequence, Timestamp = now, Epoch = epoch });
        }
    }

    private void Insert(SessionRow row, SessionSnapshot snapshot) =>
        _insertSnapshot.Bind(1, row.Number).Bind(2, snapshot.Sequence).Bind(3, snapshot.Payload.Span).Bind(4, JournalRow.ChecksumOf(row.Info.Id, snapshot)).Run();

    private SessionRow Insert(SessionInfo info)
    {
        var row = new SessionRow(0, info, 0, 0, 0);
        _insertSession.Bind(1, info.Id).Bind(2, info.Agent).Bind(3, info.Shape).Bind(4, (long)info.State).Bind(5, info.Mode).Bind(6, info.Sequence).Bind(7, info.Epoch)
            .Bind(8, info.WakeAt?.UtcTicks).Bind(9, info.SignalsSeen).Bind(10, info.CreatedAt.UtcTicks).Bind(11, info.UpdatedAt.UtcTicks).Bind(12, info.Parent)
            .Bind(13, info.ForkedFrom).Bind(14, info.ForkedAt).Bind(15, 0L).Bind(16, 0L).Bind(17, 0L).Bind(18, row.Checksum).Run();
        row = row with { Number = _insertSession.LastRow };
        _rows[info.Id] = row;
        return row;
    }

    private void Update(SessionRow before, SessionRow row)
    {
        var isSameState = before.Info.State == row.Info.State;
        var update = isSameState ? _updateSession : _updateState;
        update.Bind(1, row.Number).Bind(2, row.Info.Sequence).Bind(3, row.Info.Epoch).Bind(4, row.Info.WakeAt?.UtcTicks).Bind(5, row.Info.SignalsSeen)
            .Bind(6, row.Info.UpdatedAt.UtcTicks).Bind(7, row.LastSignal).Bind(8, row.Pending).Bind(9, row.SnapshotAt).Bind(10, row.Checksum);
        if (!isSameState)
        {
            update.Bind(11, (long)row.Info.State);
        }

        update.Run();
        _rows[row.Info.Id] = update.Changes == 1 ? row : throw new DamagedSessionException(row.Info.Id, "its row is gone");
    }

    private void Remove(SessionRow row)
    {
        foreach (var delete in _delete)
        {
            delete.Bind(1, row.Number).Run();
        }

        _tail.Remove(row);
        _rows.Remove(row.Info.Id);
    }
}
