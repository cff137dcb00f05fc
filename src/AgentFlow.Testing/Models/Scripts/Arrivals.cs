namespace AgentFlow.Testing;

/// <summary>What has arrived, in order; one can wait for a number of it. Thread-safe.</summary>
internal sealed class Arrivals<T>
{
    private readonly Lock _gate = new();
    private readonly List<T> _items = [];
    private readonly List<(int Count, TaskCompletionSource Waiter)> _waiters = [];

    public T Add(Func<int, T> create)
    {
        T item;
        TaskCompletionSource[] met;
        lock (_gate)
        {
            item = create(_items.Count);
            _items.Add(item);
            met = [.. _waiters.Where(w => w.Count <= _items.Count).Select(static w => w.Waiter)];
            _waiters.RemoveAll(w => w.Count <= _items.Count);
        }

        foreach (var waiter in met)
        {
            waiter.TrySetResult();
        }

        return item;
    }

    public IReadOnlyList<T> Snapshot()
    {
        lock (_gate)
        {
            return [.. _items];
        }
    }

    public Task WhenAsync(int count, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_items.Count >= count)
            {
                return Task.CompletedTask;
            }

            var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((count, waiter));
            return waiter.Task.WaitAsync(cancellationToken);
        }
    }
}
