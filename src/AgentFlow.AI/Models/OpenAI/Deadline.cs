namespace AgentFlow.AI;

/// <summary>A time-out beside the caller's cancellation, told apart from it.</summary>
internal sealed class Deadline : IDisposable
{
    private readonly LongTimeout _clock;
    private readonly CancellationTokenSource _linked;

    public Deadline(TimeSpan timeout, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        _clock = new(timeout, timeProvider);
        _linked = CancellationTokenSource.CreateLinkedTokenSource(_clock.Token, cancellationToken);
    }

    public CancellationToken Token => _linked.Token;

    public bool HasPassed => _clock.IsCancellationRequested;

    /// <summary>Begins anew: something has come.</summary>
    public void Restart() => _clock.Restart();

    /// <summary>Lets all the time pass that there is.</summary>
    public void Stop() => _clock.Stop();

    public void Dispose()
    {
        _linked.Dispose();
        _clock.Dispose();
    }
}
