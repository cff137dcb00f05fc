namespace AgentFlow;

/// <summary>Children that cannot be read at present.</summary>
internal sealed partial class SessionRun
{
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Asks something of a child, and asks again for as long as the child cannot be read: it is damaged, or this version of its agent cannot read
    /// it. The action that runs the child does not fail because of that; it goes on once the store or the agent is repaired.
    /// </summary>
    private async ValueTask<T> WhenReadableAsync<T>(Func<Task<T>> ask, ChildCall call, CancellationToken cancellationToken)
    {
        for (var pause = _runtime.Options.PollInterval; ; pause = LongerThan(pause))
        {
            try
            {
                return await ask().ConfigureAwait(false);
            }
            catch (SessionException e) when (IsUnreadableChild(e))
            {
                ReportUnreadable(e, pause);
            }

            await WhileAtWorkAsync(token => PauseAsync(pause, token), call, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Cancels a child of a session that is ending, for which the session waits as long as the child cannot be read.</summary>
    private async Task CancelReadableAsync(string child)
    {
        for (var pause = _runtime.Options.PollInterval; !IsBroken; pause = LongerThan(pause))
        {
            try
            {
                await _runtime.CancelChildAsync(child, () => IsBroken).ConfigureAwait(false);
                return;
            }
            catch (SessionException e) when (IsUnreadableChild(e) && !_runtime.IsDisposed)
            {
                ReportUnreadable(e, pause);
            }

            try
            {
                await PauseAsync(pause, _runtime.Stopping).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // Once more, and then the session is given up.
            }
        }
    }

    private static TimeSpan LongerThan(TimeSpan pause) => pause * 2 < s_longestPause ? pause * 2 : s_longestPause;

    private bool IsUnreadableChild(SessionException error) =>
        (error is DamagedSessionException or IncompatibleSessionException) && error.Session != Session;

    private void ReportUnreadable(SessionException error, TimeSpan pause)
    {
        AgentTelemetry.WakeFailed(error);
        RuntimeLog.ChildNotReadable(_runtime.Log, error.Session, Session, pause, error);
    }

    private async Task<bool> PauseAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        await Task.Delay(TimerSpan.For(pause), Clock, cancellationToken).ConfigureAwait(false);
        return true;
    }
}
