namespace AgentFlow;

/// <summary>
/// The events of one run on their way to one reader. The run's own events always enter, and the run starts nothing new while
/// <see cref="IsFull"/>; users' events wait for room. So the queue holds at most the capacity and a few events for each action under way.
/// </summary>
internal sealed class EventStream(int capacity)
{
    private readonly Lock _gate = new();

    /// <summary>Guarded by <see cref="_gate"/>.</summary>
    private readonly Queue<AgentEvent> _events = new();

    /// <summary>Those who wait for room. Guarded by <see cref="_gate"/>; completed outside it.</summary>
    private readonly Queue<TaskCompletionSource> _writers = new();

    /// <summary>The reader, if it waits. Guarded by <see cref="_gate"/>; completed outside it.</summary>
    private TaskCompletionSource<bool>? _reader;

    private volatile int _count;
    private volatile bool _completed;

    public bool IsFull => !_completed && _count >= capacity;

    /// <summary>Enters an event without waiting.</summary>
    public void Write(in AgentEvent e)
    {
        TaskCompletionSource<bool>? reader;
        lock (_gate)
        {
            if (_completed)
            {
                return;
            }

            _events.Enqueue(e);
            _count++;
            reader = _reader;
            _reader = null;
        }

        reader?.TrySetResult(true);
    }

    /// <summary>Enters an event once there is room for it.</summary>
    public async ValueTask WriteAsync(AgentEvent e, CancellationToken cancellationToken)
    {
        while (true)
        {
            TaskCompletionSource room;
            lock (_gate)
            {
                if (_completed)
                {
                    return;
                }

                if (_count < capacity)
                {
                    break;
                }

                room = new(TaskCreationOptions.RunContinuationsAsynchronously);
                _writers.Enqueue(room);
            }

            await room.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        Write(e);
    }

    /// <summary>Lets nothing more in; what is there can still be read.</summary>
    public void Complete()
    {
        TaskCompletionSource<bool>? reader;
        TaskCompletionSource[] writers;
        lock (_gate)
        {
            _completed = true;
            reader = _reader;
            _reader = null;
            writers = [.. _writers];
            _writers.Clear();
        }

        reader?.TrySetResult(false);
        foreach (var writer in writers)
        {
            writer.TrySetResult();
        }
    }

    /// <summary>Takes the next event.</summary>
    /// <param name="e">The event.</param>
    /// <param name="madeRoom">Whether the queue was full before and is no longer.</param>
    public bool TryRead(out AgentEvent e, out bool madeRoom)
    {
        TaskCompletionSource? writer = null;
        lock (_gate)
        {
            madeRoom = false;
            if (!_events.TryDequeue(out e))
            {
                return false;
            }

            madeRoom = _count-- == capacity;
            if (_count < capacity)
            {
                _writers.TryDequeue(out writer);
            }
        }

        writer?.TrySetResult();
        return true;
    }

    /// <summary>Waits for an event; <see langword="false"/> when there will be none.</summary>
    public ValueTask<bool> WaitToReadAsync()
    {
        lock (_gate)
        {
            if (_events.Count > 0)
            {
                return new(true);
            }

            if (_completed)
            {
                return new(false);
            }

            _reader ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            return new(_reader.Task);
        }
    }
}
