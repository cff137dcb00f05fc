namespace AgentFlow.AI;

/// <summary>Work that is cancelled at a time.</summary>
internal static class TimeLimit
{
    /// <summary>Whether it is too late to begin.</summary>
    public static bool IsOver(DateTimeOffset? deadline, ActionContext context) => deadline is { } end && context.TimeProvider.GetUtcNow() >= end;

    /// <summary>A share of the time that is left.</summary>
    public static DateTimeOffset? Share(DateTimeOffset? deadline, double share, ActionContext context) =>
        deadline is { } end && context.TimeProvider.GetUtcNow() is var now && now < end ? TimerSpan.After(now, (end - now) * share) : deadline;

    /// <summary>Does something until it is done or the time is up.</summary>
    /// <param name="deadline">The end of the time; null: there is none.</param>
    /// <param name="context">The action that does it.</param>
    /// <param name="body">What is done. Its token is cancelled when the time is up.</param>
    /// <param name="cancellationToken">The action's token.</param>
    /// <returns>Whether it was done in time, and what it came to.</returns>
    public static async ValueTask<(bool InTime, T? Value)> RunAsync<T>(DateTimeOffset? deadline, ActionContext context, Func<CancellationToken, ValueTask<T>> body, CancellationToken cancellationToken)
    {
        if (deadline is not { } end)
        {
            return (true, await body(cancellationToken).ConfigureAwait(false));
        }

        var left = end - context.TimeProvider.GetUtcNow();
        if (left <= TimeSpan.Zero)
        {
            return default;
        }

        using var timer = new LongTimeout(left, context.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            return (true, await body(either.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (timer.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return default;
        }
    }
}
