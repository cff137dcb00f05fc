using System.Data.Common;

namespace AgentFlow;

/// <summary>Actions that write in the transaction that records their outcome.</summary>
internal sealed partial class SessionRun
{
    /// <summary>The transaction under way; there is one at most. Guarded by the gate.</summary>
    private StoreTransaction? _transaction;

    /// <summary>The transaction of an action, for its context. What an earlier attempt has left behind is given none.</summary>
    public override DbTransaction? TransactionOf(int action)
    {
        var ambient = StoreTransaction.Ambient;
        lock (_gate)
        {
            return _transaction is { IsOver: false } transaction && transaction.Action == action && (ambient is null || ambient == transaction) ? transaction.Inner : null;
        }
    }

    /// <summary>Begins the transaction of an attempt, in the order of what the session writes: nothing else of it is written until the transaction is over.</summary>
    public override async ValueTask<StoreTransaction> BeginTransactionAsync(int action, CancellationToken cancellationToken)
    {
        var transaction = new StoreTransaction(_runtime.Store, action, _run.Plan.NameOf(action));
        Enqueue(new Entry { Action = action, Transaction = transaction, Then = Then.Transact, Flushes = true });
        try
        {
            await transaction.Begun.WaitAsync(cancellationToken).ConfigureAwait(false);
            return transaction;
        }
        catch
        {
            transaction.TryEnd(TransactionEnd.RolledBack);
            throw;
        }
    }

    public override TransactionTimeoutException TransactionTimedOut(int action, Exception? error) =>
        new(_run.Plan.NameOf(action), _runtime.Options.TransactionTimeout, error);

    /// <summary>Runs an attempt in a transaction of the store. The caller has the right to write, and nothing else is written meanwhile.</summary>
    private async Task TransactAsync(StoreTransaction transaction)
    {
        Exception? failed = null;
        DateTimeOffset time = default;
        try
        {
            var store = (ITransactionalSessionStore)_runtime.Store;
            time = await store.ExecuteAsync(_claim, (inner, _) => BodyAsync(transaction, inner), default).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            failed = e;
        }

        lock (_gate)
        {
            _transaction = null;
        }

        EndTransaction(transaction, failed, time);
    }

    /// <summary>Counts what a transaction has left.</summary>
    private void EndTransaction(StoreTransaction transaction, Exception? failed, DateTimeOffset time)
    {
        var end = transaction.End;
        if (failed is TransactionRefusedException && end?.Record is not null)
        {
            Refused(transaction, end, failed);
        }
        else if (failed is not null && (end is null || end.Record is not null))
        {
            // Before the attempt had begun, or while its outcome was committed: what is in the store is not known here any more.
            var entry = new Entry { Action = transaction.Action, Transaction = transaction, Then = end is null ? Then.Transact : Then.Settle, Status = ActionStatus.Skipped };
            Fail([entry], failed);
        }
        else if (end?.Record is { } record)
        {
            transaction.Close();
            Committed(new Entry { Record = record, Action = transaction.Action, Status = end.Status, Error = end.Error, Usage = end.Usage, Then = Then.Settle }, time);
        }
        else
        {
            // Rolled back, by the store or by its failing to.
            transaction.Close();
            NoLongerTransacting();
            Write();
        }

        transaction.Close();
    }

    private void Committed(Entry entry, DateTimeOffset time)
    {
        Exception? broken;
        lock (_gate)
        {
            _unsettled++;
            broken = _broken;

            // Whatever gives the session up from here on lets the action go.
            _underWay = broken is null ? [entry] : [];
        }

        if (broken is not null)
        {
            NoLongerTransacting();
            Drop(entry, broken);
            return;
        }

        var counts = TryCount([entry], time, out var more);
        NoLongerTransacting();
        if (counts && more)
        {
            Write();
        }
    }

    private void NoLongerTransacting()
    {
        lock (_gate)
        {
            _transactions--;
        }
    }

    /// <summary>The database will not have what the action wrote: the action has failed, and nothing of it is left.</summary>
    private void Refused(StoreTransaction transaction, TransactionEnd end, Exception error)
    {
        transaction.Close();
        NoLongerTransacting();
        var place = PlaceOf(transaction.Action);
        var cost = new OutcomeCost(_run.AttemptsOf(transaction.Action), Clock.GetElapsedTime(_startedAt[transaction.Action]), end.Usage);
        var record = _codec.Outcome(_run, place, transaction.Action, ActionStatus.Failed, error, _history.Generation(place), cost);
        Enqueue(new Entry { Record = record, Action = transaction.Action, Status = ActionStatus.Failed, Error = error, Usage = end.Usage, Then = Then.Settle });
        Write();
    }

    private async ValueTask<SessionAppend?> BodyAsync(StoreTransaction transaction, DbTransaction inner)
    {
        if (!HoldsLease() || !transaction.Begin(inner))
        {
            return null;
        }

        lock (_gate)
        {
            _transaction = transaction;
        }

        transaction.Announce();
        var end = await transaction.WhenEndedAsync(_runtime.Options.TransactionTimeout, Clock).ConfigureAwait(false);
        return end.Record is null ? null : new SessionAppend { Claim = _claim, After = _sequence, Records = Chain.Seal([end.Record], _sequence, _claim.Epoch) };
    }

    /// <summary>Hands what an action came to to its transaction, if it has one that is open.</summary>
    /// <returns>The transaction that took it, or whose time was up before it could; otherwise null.</returns>
    private StoreTransaction? EndTransaction(int action, TransactionEnd end)
    {
        StoreTransaction? transaction;
        lock (_gate)
        {
            transaction = _transaction?.Action == action ? _transaction : null;
        }

        return transaction is not null && (transaction.TryEnd(end) || transaction.IsExpired) ? transaction : null;
    }
}
