namespace AgentFlow;

/// <summary>
/// The one thread that writes. It takes all that has queued up while it was writing, does it in one transaction, and commits once for all of
/// it: under load, many share one flush of the disk. If the transaction fails, each request is tried in one of its own, so that an exception
/// reaches those whose change was not made, and nobody else.
/// </summary>
internal sealed class Writer : IDisposable
{
    /// <summary>A transaction has at most so many requests.</summary>
    private const int MaxGroup = 1024;

    private const int FewRequests = 4;
    private const int MaxYields = 256;

    private readonly Func<WriteConnection> _open;
    private readonly Thread _thread;
    private readonly ManualResetEventSlim _hasWork = new();
    private readonly Lock _gate = new();

    /// <summary>Guarded by the gate.</summary>
    private List<Request> _queue = [];
    private bool _isStopping;

    /// <summary>How many were taken together the last time. Only the thread touches it.</summary>
    private int _last;

    /// <summary>Only the thread touches it, once it runs. Null when it could not be mended: it is opened again.</summary>
    private WriteConnection? _connection;

    public Writer(Func<WriteConnection> open)
    {
        _open = open;
        _connection = open();
        _thread = new Thread(Loop) { IsBackground = true, Name = "AgentFlow.Sqlite writer" };
        _thread.Start();
    }

    /// <summary>Queues a request.</summary>
    /// <exception cref="ObjectDisposedException">The store is closed.</exception>
    public void Add(Request request)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isStopping, typeof(SqliteSessionStore));
            _queue.Add(request);
        }

        _hasWork.Set();
    }

    /// <summary>Does what is queued, and ends.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            if (!_isStopping)
            {
                _isStopping = true;
                _hasWork.Set();
            }
        }

        _thread.Join();
    }

    /// <summary>Closes the connection.</summary>
    public void Dispose()
    {
        Stop();
        _hasWork.Dispose();
        Sort(all: true);
        _connection?.Dispose();
    }

    private void Loop()
    {
        var taken = new List<Request>();
        var group = new List<Request>();
        while (Take(ref taken))
        {
            foreach (var request in taken)
            {
                if (request.IsCancelled)
                {
                    request.Cancel();
                    continue;
                }

                if (request.IsAlone || group.Count == MaxGroup)
                {
                    Do(group);
                }

                group.Add(request);
                if (request.IsAlone)
                {
                    Do(group);
                }
            }

            Do(group);
            taken.Clear();
        }
    }

    /// <summary>
    /// Waits until those come back who were let go together, as long as they keep coming: for many of them one flush costs less than a few
    /// flushes do. Two callers or three are not waited for.
    /// </summary>
    private void Gather()
    {
        for (var i = 0; i < MaxYields && _last > FewRequests; i++)
        {
            var before = Count();
            Thread.Yield();
            if (Count() is var count && (count == before || count >= _last))
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

    /// <summary>Waits for requests, and takes them all.</summary>
    private bool Take(ref List<Request> taken)
    {
        while (true)
        {
            _hasWork.Wait();
            Gather();
            lock (_gate)
            {
                _hasWork.Reset();
                if (_queue.Count > 0)
                {
                    (taken, _queue) = (_queue, taken);
                    _last = taken.Count;
                    if (_isStopping)
                    {
                        _hasWork.Set();
                    }

                    return true;
                }

                if (_isStopping)
                {
                    return false;
                }
            }
        }
    }

    private void Do(List<Request> group)
    {
        if (group.Count > 0 && TryDo(group) is { } failed)
        {
            foreach (var request in group)
            {
                var exception = group.Count == 1 ? failed : TryDo([request]);
                if (exception is not null)
                {
                    request.Fail(exception);
                }
            }
        }

        group.Clear();
    }

    /// <summary>Does a group in one transaction, or nothing of it.</summary>
    /// <returns>Why nothing of it was done, or null.</returns>
    private Exception? TryDo(List<Request> group)
    {
        try
        {
            _connection ??= _open();
            foreach (var request in group)
            {
                request.Execute(_connection);
            }

            _connection.Commit();
        }
        catch (Exception e)
        {
            Rollback();
            return e;
        }

        foreach (var request in group)
        {
            request.Complete();
        }

        Sort(all: false);
        return null;
    }

    /// <summary>Callers do not wait for it, and are not told if it fails: then it is left for the next time.</summary>
    private void Sort(bool all)
    {
        try
        {
            _connection?.Sort(all);
        }
        catch (Exception)
        {
            Rollback();
        }
    }

    /// <summary>Undoes what was done. A connection that cannot do even that is given up, which undoes it as well.</summary>
    private void Rollback()
    {
        try
        {
            _connection?.Rollback();
        }
        catch (Exception)
        {
            _connection!.Dispose();
            _connection = null;
        }
    }
}
