namespace AgentFlow;

/// <summary>The fire-and-forget actions of the process: runs do not wait for them, a graceful shutdown does.</summary>
public static class AgentBackground
{
    private static readonly Lock Gate = new();
    private static readonly CancellationTokenSource Stop = new();
    private static int _count;
    private static TaskCompletionSource? _idle;

    /// <summary>Raised when a fire-and-forget action has finally failed. Handlers must not throw.</summary>
    public static event Action<AgentEvent>? ActionFailed;

    /// <summary>How many fire-and-forget actions are under way.</summary>
    public static int Count
    {
        get
        {
            lock (Gate)
            {
                return _count;
            }
        }
    }

    /// <summary>The token that fire-and-forget actions get: cancelled by <see cref="StopAsync"/>, never by the end of their run.</summary>
    public static CancellationToken Stopping => Stop.Token;

    /// <summary>Waits until no fire-and-forget action is under way.</summary>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>Completes when none is.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public static Task DrainAsync(CancellationToken cancellationToken = default)
    {
        lock (Gate)
        {
            if (_count == 0)
            {
                return Task.CompletedTask;
            }

            _idle ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            return _idle.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Shuts down: lets fire-and-forget actions finish, and cancels <see cref="Stopping"/> once the grace is over.</summary>
    /// <param name="grace">How long they may take; <see cref="Timeout.InfiniteTimeSpan"/>: any time.</param>
    /// <param name="timeProvider">The clock. Default: the system's.</param>
    /// <returns>Completes when none is under way.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The grace is negative.</exception>
    public static async Task StopAsync(TimeSpan grace, TimeProvider? timeProvider = null)
    {
        if (grace != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(grace, TimeSpan.Zero);
        }

        try
        {
            await TimerSpan.WaitAsync(DrainAsync(), grace, timeProvider ?? TimeProvider.System).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            await Stop.CancelAsync().ConfigureAwait(false);
            await DrainAsync().ConfigureAwait(false);
        }
    }

    internal static void Enter()
    {
        lock (Gate)
        {
            _count++;
        }
    }

    internal static void Exit()
    {
        TaskCompletionSource? idle = null;
        lock (Gate)
        {
            if (--_count == 0)
            {
                idle = _idle;
                _idle = null;
            }
        }

        idle?.TrySetResult();
    }

    internal static void Report(in AgentEvent failure) => ActionFailed?.Invoke(failure);
}
