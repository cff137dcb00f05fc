namespace AgentFlow;

/// <summary>Counts what is about to begin, so that an end can wait for it: once it is closed, nothing enters.</summary>
internal sealed class Entrance
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _emptied;
    private int _inside;

    /// <summary>Enters, unless it is closed.</summary>
    /// <returns>Whether <see cref="Exit"/> is to be called.</returns>
    public bool TryEnter()
    {
        lock (_gate)
        {
            _inside += _emptied is null ? 1 : 0;
            return _emptied is null;
        }
    }

    public void Exit()
    {
        lock (_gate)
        {
            if (--_inside == 0)
            {
                _emptied?.TrySetResult();
            }
        }
    }

    /// <summary>Closes it.</summary>
    /// <returns>Completes when nothing that entered is left.</returns>
    public Task CloseAsync()
    {
        lock (_gate)
        {
            _emptied ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_inside == 0)
            {
                _emptied.TrySetResult();
            }

            return _emptied.Task;
        }
    }
}
