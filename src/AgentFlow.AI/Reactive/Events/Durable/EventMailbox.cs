namespace AgentFlow.AI;

/// <summary>Where a process puts the events of a lane: the newest session of the lane, as far as it knows.</summary>
internal sealed class EventMailbox : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>The number of the session among those of the lane; 0: not known. Guarded by the gate, as is the next.</summary>
    private int _generation;

    /// <summary>How many events it was given by this process.</summary>
    private int _given;

    /// <summary>Takes a place for an event.</summary>
    /// <param name="limit">How many places there are in a session.</param>
    /// <param name="find">Finds the newest session, and how many places of it are taken.</param>
    /// <param name="open">Opens the successor of a session.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>The session.</returns>
    public async ValueTask<int> EnterAsync(int limit, Func<CancellationToken, ValueTask<(int Generation, int Given)>> find, Func<int, CancellationToken, ValueTask> open, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_generation == 0)
            {
                (_generation, _given) = await find(cancellationToken).ConfigureAwait(false);
            }

            if (_given >= limit)
            {
                await open(_generation + 1, cancellationToken).ConfigureAwait(false);
                (_generation, _given) = (_generation + 1, 0);
            }

            _given++;
            return _generation;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Forgets a session that turned out not to be the newest, or to have ended.</summary>
    public async ValueTask ForgetAsync(int generation, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (_generation == generation)
        {
            _generation = 0;
        }

        _gate.Release();
    }

    public void Dispose() => _gate.Dispose();
}
