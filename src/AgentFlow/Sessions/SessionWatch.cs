namespace AgentFlow;

/// <summary>Those who wait for sessions to leave their worker. There is an entry only while somebody waits.</summary>
internal sealed class SessionWatch
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, TaskCompletionSource<SessionRest>> _waiters = new(StringComparer.Ordinal);
    private bool _isClosed;

    /// <summary>The next time the session leaves its worker in this process.</summary>
    public Task<SessionRest> Next(string id)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, typeof(AgentRuntime));
            if (!_waiters.TryGetValue(id, out var waiter))
            {
                _waiters[id] = waiter = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            return waiter.Task;
        }
    }

    public void Tell(string id, SessionRest rest)
    {
        TaskCompletionSource<SessionRest>? waiter;
        lock (_gate)
        {
            _waiters.Remove(id, out waiter);
        }

        waiter?.TrySetResult(rest);
    }

    /// <summary>Nobody waits any longer.</summary>
    public void Close()
    {
        List<TaskCompletionSource<SessionRest>> waiters;
        lock (_gate)
        {
            _isClosed = true;
            waiters = [.. _waiters.Values];
            _waiters.Clear();
        }

        foreach (var waiter in waiters)
        {
            waiter.TrySetException(new ObjectDisposedException(nameof(AgentRuntime)));

            // Those who waited may be gone: nobody else is to hear of it.
            _ = waiter.Task.Exception;
        }
    }
}
