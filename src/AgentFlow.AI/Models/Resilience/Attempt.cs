using System.Globalization;

namespace AgentFlow.AI;

/// <summary>One attempt: its time-out, and its place among those under way.</summary>
internal sealed class Attempt : IDisposable
{
    private readonly Deadline _deadline;
    private readonly SemaphoreSlim? _places;
    private readonly TimeSpan _timeout;
    private readonly CancellationToken _caller;
    private int _isDisposed;

    public Attempt(ModelResilienceOptions options, SemaphoreSlim? places, CancellationToken caller)
    {
        _places = places;
        _caller = caller;
        _timeout = options.AttemptTimeout ?? Timeout.InfiniteTimeSpan;
        _deadline = new(_timeout, options.TimeProvider, caller);
    }

    public CancellationToken Token => _deadline.Token;

    /// <summary>The time-out has been kept; what follows takes as long as it takes.</summary>
    public void Began() => _deadline.Stop();

    /// <summary>What to throw in place of a cancellation that was ours.</summary>
    public Exception? Translate(Exception error) => (error, _caller.IsCancellationRequested, _deadline.HasPassed) switch
    {
        (OperationCanceledException, true, _) => new OperationCanceledException(error.Message, error, _caller),
        (OperationCanceledException, false, true) => new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"The model did not answer within {_timeout.TotalSeconds:0.###} s."), error),
        _ => null,
    };

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            _deadline.Dispose();
            _places?.Release();
        }
    }
}
