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
        for (var pause = _runtime.Options.PollInterval; ; pause = pause * 2 < s_longestPause ? pause * 2 : s_longestPause)
        {
            try
            {
                return await ask().ConfigureAwait(false);
            }
            catch (SessionException e) when ((e is DamagedSessionException or IncompatibleSessionException) && e.Session != Session)
            {
                AgentTelemetry.WakeFailed(e);
                RuntimeLog.ChildNotReadable(_runtime.Log, e.Session, Session, pause, e);
            }

            await WhileAtWorkAsync(token => PauseAsync(pause, token), call, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<bool> PauseAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        await Task.Delay(TimerSpan.For(pause), Clock, cancellationToken).ConfigureAwait(false);
        return true;
    }
}
