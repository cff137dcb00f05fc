namespace AgentFlow;

/// <summary>Spans of time as timers take them.</summary>
internal static class TimerSpan
{
    /// <summary>The longest span that a timer of .NET takes; about 49.7 days. One that lasts longer is set again when it fires.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    /// <summary>
    /// The span to set a timer to so that it does not fire before a time is over, if that can be said: timers count whole milliseconds, and round down. Whoever
    /// sets one looks at the clock again when it fires, and sets it anew if the time is not over.
    /// </summary>
    /// <param name="left">What is left of the time.</param>
    /// <returns>At least zero, at most what a timer takes.</returns>
    public static TimeSpan For(TimeSpan left)
    {
        if (left <= TimeSpan.Zero)
        {
            return TimeSpan.Zero;
        }

        return left >= Longest ? Longest : TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds));
    }

    /// <summary>Waits for the whole of a span: never less, however long it is.</summary>
    /// <param name="span">The span.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>Completes when the span is over.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public static async Task DelayAsync(TimeSpan span, TimeProvider clock, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        for (var left = span; left > TimeSpan.Zero; left = span - clock.GetElapsedTime(started))
        {
            await Task.Delay(For(left), clock, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Waits for a task for the whole of a span and no longer, however long that is.</summary>
    /// <param name="task">The task.</param>
    /// <param name="span">The span; <see cref="Timeout.InfiniteTimeSpan"/>: any time.</param>
    /// <param name="clock">The clock.</param>
    /// <returns>What the task gives.</returns>
    /// <exception cref="TimeoutException">The span is over.</exception>
    public static async Task<T> WaitAsync<T>(Task<T> task, TimeSpan span, TimeProvider clock)
    {
        var started = clock.GetTimestamp();
        for (var left = span; ; left = span - clock.GetElapsedTime(started))
        {
            try
            {
                return await task.WaitAsync(span == Timeout.InfiniteTimeSpan ? span : For(left), clock).ConfigureAwait(false);
            }
            catch (TimeoutException) when (!task.IsFaulted && clock.GetElapsedTime(started) < span)
            {
                // The timer is over, the span is not.
            }
        }
    }

    /// <summary>Waits for a task, and no longer than for a span, however long that is.</summary>
    /// <param name="task">The task.</param>
    /// <param name="span">The span; <see cref="Timeout.InfiniteTimeSpan"/>: any time.</param>
    /// <param name="clock">The clock.</param>
    /// <returns>Completes with the task.</returns>
    /// <exception cref="TimeoutException">The span is over.</exception>
    public static Task WaitAsync(Task task, TimeSpan span, TimeProvider clock)
    {
        return WaitAsync(EndAsync(task), span, clock);

        static async Task<bool> EndAsync(Task task)
        {
            await task.ConfigureAwait(false);
            return true;
        }
    }

    /// <summary>A span of seconds; the longest there is if they are more.</summary>
    /// <param name="seconds">The seconds. Not a number is no span.</param>
    /// <returns>The span.</returns>
    public static TimeSpan OfSeconds(double seconds) =>
        seconds >= TimeSpan.MaxValue.TotalSeconds ? TimeSpan.MaxValue : TimeSpan.FromSeconds(seconds);

    /// <summary>A moment after another; the last there is if that would be later.</summary>
    /// <param name="moment">The moment.</param>
    /// <param name="span">How long after it.</param>
    /// <returns>The sum, between the first and the last moment there are.</returns>
    public static DateTimeOffset After(DateTimeOffset moment, TimeSpan span) =>
        span > DateTimeOffset.MaxValue - moment ? DateTimeOffset.MaxValue
        : span < DateTimeOffset.MinValue - moment ? DateTimeOffset.MinValue
        : moment + span;

    /// <summary>A moment after another, if there is a span.</summary>
    /// <param name="moment">The moment.</param>
    /// <param name="span">How long after it.</param>
    /// <returns>The sum, between the first and the last moment there are.</returns>
    public static DateTimeOffset? After(DateTimeOffset moment, TimeSpan? span) => span is { } after ? After(moment, after) : null;
}
