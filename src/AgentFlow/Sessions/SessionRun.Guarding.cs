namespace AgentFlow;

/// <summary>What runs without anybody awaiting it: an exception there costs the session, and nothing else.</summary>
internal sealed partial class SessionRun
{
    /// <summary>Lets a task go on by itself. Whatever it throws gives the session up.</summary>
    private void Watch(Task task)
    {
        if (task.IsCompletedSuccessfully)
        {
            return;
        }

        _ = WatchAsync(task);
    }

    private async Task WatchAsync(Task task)
    {
        try
        {
            await task.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            GiveUp(e);
        }
    }

    /// <summary>Does what a timer or the thread pool asks for. Whatever it throws gives the session up: there it would end the process.</summary>
    private void Guard(Action work)
    {
        try
        {
            work();
        }
        catch (Exception e)
        {
            GiveUp(e);
        }
    }

    private void GiveUp(Exception error)
    {
        AgentTelemetry.SessionBroken(Agent, error);
        RuntimeLog.SessionBroken(_runtime.Log, Session, Agent, error);
        try
        {
            Break(error);
        }
        finally
        {
            bool isEnding;
            lock (_gate)
            {
                isEnding = _isEnding;
            }

            if (isEnding)
            {
                // The run has ended and will not say so again.
                Leave();
            }
        }
    }
}
