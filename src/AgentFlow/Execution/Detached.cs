namespace AgentFlow;

/// <summary>
/// Starts what outlives its caller. None of it may see the caller's execution context (its async-locals: tenant, culture, current activity): it
/// works for others as well.
/// </summary>
internal static class Detached
{
    /// <summary>A context without any async-local, in which sessions run: a session outlives the caller that starts or wakes it.</summary>
    public static ExecutionContext EmptyContext { get; } = CaptureEmpty();

    /// <summary>Creates a timer, not yet set, whose callbacks see an empty context.</summary>
    /// <param name="clock">The clock.</param>
    /// <param name="callback">What to do when it fires.</param>
    /// <param name="state">What the callback gets.</param>
    /// <returns>The timer.</returns>
    public static ITimer CreateTimer(TimeProvider clock, TimerCallback callback, object? state)
    {
        using var flow = Suppress();
        return clock.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Runs work on the thread pool, in an empty context.</summary>
    /// <param name="work">The work.</param>
    /// <returns>Completes with it.</returns>
    public static Task Run(Func<Task> work)
    {
        using var flow = Suppress();
        return Task.Run(work, CancellationToken.None);
    }

    /// <summary>Ends the flow of the caller's context into whatever is started until it is disposed.</summary>
    private static AsyncFlowControl? Suppress() => ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();

    private static ExecutionContext CaptureEmpty()
    {
        ExecutionContext? empty = null;
        var thread = new Thread(() => empty = ExecutionContext.Capture()) { IsBackground = true, Name = "AgentFlow context" };
        thread.UnsafeStart();
        thread.Join();
        return empty!;
    }
}
