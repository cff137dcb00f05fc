using System.Data.Common;

namespace AgentFlow;

/// <summary>Actions that write in the transaction that records their outcome.</summary>
internal sealed partial class SessionRun
{
    /// <summary>The transaction under way; there is one at most. Guarded by the gate.</summary>
    private Transaction? _transaction;

    /// <summary>The transaction of an action, for its context.</summary>
    public override DbTransaction? TransactionOf(int action)
    {
        lock (_gate)
        {
            return _transaction?.Action == action ? _transaction.Inner : null;
        }
    }

    private void BeginTransaction(int action) => Enqueue(new Entry { Action = action, Then = Then.Transact, Flushes = true });

    /// <summary>Runs an action in a transaction of the store. The caller has the right to write, and nothing else is written meanwhile.</summary>
    private async Task TransactAsync(int action)
    {
        var store = (ITransactionalSessionStore)_runtime.Store;
        var transaction = new Transaction(action);
        Exception? failed = null;
        DateTimeOffset time = default;
        try
        {
            time = await store.ExecuteAsync(_claim, (inner, cancellationToken) => BodyAsync(transaction, inner), default).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            failed = e;
        }

        lock (_gate)
        {
            _transaction = null;
        }

        var end = transaction.Ended.Task.IsCompleted ? await transaction.Ended.Task.ConfigureAwait(false) : null;
        if (failed is not null)
        {
            Fail([new Entry { Action = action, Status = ActionStatus.Skipped, Then = end is { Record: null } ? Then.Nothing : Then.Settle }], failed);
            return;
        }

        if (end!.Record is null)
        {
            Continue();
            return;
        }

        var entry = new Entry { Record = end.Record, Action = action, Status = end.Status, Error = end.Error, Usage = end.Usage, Then = Then.Settle };
        if (end.Status == ActionStatus.Completed)
        {
            if (TryCount([entry], time, out var more) && more)
            {
                Write();
            }

            return;
        }

        Enqueue(entry);
        Continue();
    }

    private async ValueTask<SessionAppend?> BodyAsync(Transaction transaction, DbTransaction inner)
    {
        transaction.Inner = inner;
        lock (_gate)
        {
            _transaction = transaction;
        }

        Starting(transaction.Action);
        if (!_run.StartPrepared(this, transaction.Action))
        {
            transaction.Ended.TrySetResult(new(null, ActionStatus.Skipped, null, default));
        }

        var end = await transaction.Ended.Task.ConfigureAwait(false);
        return end.Record is null || end.Status != ActionStatus.Completed ? null : new SessionAppend { Claim = _claim, After = _sequence, Records = [end.Record] };
    }

    /// <summary>Hands what an action came to to its transaction, if it has one.</summary>
    private bool EndTransaction(int action, JournalRecord? record, ActionStatus status, Exception? error, RunUsage usage = default)
    {
        Transaction? transaction;
        lock (_gate)
        {
            transaction = _transaction?.Action == action ? _transaction : null;
        }

        return transaction is not null && transaction.Ended.TrySetResult(new(record, status, error, usage));
    }

    /// <summary>Goes on writing what has queued up meanwhile.</summary>
    private void Continue() => Write();

    private sealed class Transaction(int action)
    {
        public int Action { get; } = action;

        public DbTransaction? Inner { get; set; }

        public TaskCompletionSource<End> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed record End(JournalRecord? Record, ActionStatus Status, Exception? Error, RunUsage Usage);
}
