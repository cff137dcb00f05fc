using Npgsql;

namespace AgentFlow;

/// <summary>
/// Sends statements of many sessions together: all that has queued up while others were under way goes in one batch, one round trip and one
/// commit. If the server refuses one, all are undone, and each is sent alone.
/// </summary>
internal sealed class Pipeline(Func<CancellationToken, ValueTask<NpgsqlConnection>> open)
{
    /// <summary>How many batches are under way at most.</summary>
    private const int MaxLanes = 4;

    /// <summary>How many statements have to wait for another batch to be sent beside those under way: fewer are cheaper together with the next.</summary>
    private const int ManyWaiting = 64;
    private const int FewStatements = 4;
    private const int MaxYields = 64;

    /// <summary>A batch has at most so many statements.</summary>
    private const int MaxBatch = 256;

    private readonly Lock _gate = new();

    /// <summary>Guarded by the gate.</summary>
    private readonly Queue<Operation> _queue = new();
    private int _lanes;
    private TaskCompletionSource? _idle;

    /// <summary>Queues a statement.</summary>
    /// <exception cref="ObjectDisposedException">The store is closed.</exception>
    public void Add(Operation operation)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_idle is not null, typeof(PostgreSqlSessionStore));
            _queue.Enqueue(operation);
            if (_lanes > 0 && (_lanes == MaxLanes || _queue.Count < ManyWaiting))
            {
                return;
            }

            _lanes++;
        }

        _ = Task.Run(LaneAsync);
    }

    /// <summary>Sends what is queued, and takes no more.</summary>
    public Task StopAsync()
    {
        lock (_gate)
        {
            _idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_lanes == 0)
            {
                _idle.TrySetResult();
            }

            return _idle.Task;
        }
    }

    private async Task LaneAsync()
    {
        var batch = new List<Operation>();
        while (Take(batch))
        {
            // In the order of the sessions: batches that lock rows in one order do not wait for each other in a circle.
            Sort(batch);
            if (await TrySendAsync(batch).ConfigureAwait(false) is not { } failed)
            {
                await GatherAsync(batch.Count).ConfigureAwait(false);
                continue;
            }

            foreach (var operation in batch)
            {
                var exception = batch.Count == 1 || !Errors.IsUndone(failed) ? failed : await TrySendAsync([operation]).ConfigureAwait(false);
                if (exception is not null)
                {
                    operation.Fail(exception);
                }
            }
        }
    }

    /// <summary>Waits until those come back who were let go together, as long as they keep coming: one batch costs less than a few.</summary>
    private async Task GatherAsync(int last)
    {
        for (var i = 0; i < MaxYields && last > FewStatements; i++)
        {
            var before = Count();
            await Task.Yield();
            if (Count() is var count && (count == before || count >= last))
            {
                return;
            }
        }

        int Count()
        {
            lock (_gate)
            {
                return _queue.Count;
            }
        }
    }

    /// <summary>Takes what is queued.</summary>
    /// <returns>Whether there is anything; if not, the lane has ended.</returns>
    private bool Take(List<Operation> batch)
    {
        batch.Clear();
        TaskCompletionSource? idle;
        lock (_gate)
        {
            while (batch.Count < MaxBatch && _queue.TryDequeue(out var operation))
            {
                if (operation.IsCancelled)
                {
                    operation.Cancel();
                }
                else
                {
                    batch.Add(operation);
                }
            }

            if (batch.Count > 0)
            {
                return true;
            }

            _lanes--;
            idle = _lanes == 0 ? _idle : null;
        }

        idle?.TrySetResult();
        return false;
    }

    private static void Sort(List<Operation> batch)
    {
        if (batch.Count > 1)
        {
            var sorted = batch.OrderBy(static o => o.Session, StringComparer.Ordinal).ToArray();
            batch.Clear();
            batch.AddRange(sorted);
        }
    }

    /// <summary>Sends statements in one transaction.</summary>
    /// <returns>Why nothing of it was done, or is known to be done; or null.</returns>
    private async Task<Exception?> TrySendAsync(List<Operation> operations)
    {
        try
        {
            var connection = await open(default).ConfigureAwait(false);
            await using var closing = connection.ConfigureAwait(false);
            var batch = new NpgsqlBatch(connection);
            await using var disposing = batch.ConfigureAwait(false);
            foreach (var operation in operations)
            {
                operation.AddTo(batch);
            }

            var reader = await batch.ExecuteReaderAsync().ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                foreach (var operation in operations)
                {
                    await operation.ReadAsync(reader).ConfigureAwait(false);
                    await reader.NextResultAsync().ConfigureAwait(false);
                }
            }
        }
        catch (Exception e)
        {
            return e;
        }

        // Not before the reader is closed: the server commits after the last statement.
        foreach (var operation in operations)
        {
            operation.Complete();
        }

        return null;
    }
}
