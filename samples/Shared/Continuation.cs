namespace AgentFlow.Samples;

/// <summary>Begins a session, or goes on with it, whatever became of it the last time.</summary>
internal static class Continuation
{
    /// <summary>
    /// Starts a session or resumes it. One that has failed, because a server could not be reached for example, is tried again from where it
    /// stood.
    /// </summary>
    /// <param name="runtime">The runtime.</param>
    /// <param name="store">Its store.</param>
    /// <param name="agent">The agent.</param>
    /// <param name="input">Its input, which is the one that the session was started with.</param>
    /// <param name="id">The session's id, as a user typed it.</param>
    /// <exception cref="WrongUsageException">The id cannot be one, or belongs to a session with another input.</exception>
    public static async Task<Session<TSelf, TResult>> StartOrContinueAsync<TSelf, TInput, TResult>(
        AgentRuntime runtime, ISessionStore store, IDurableAgent<TSelf, TInput, TResult> agent, TInput input, string id)
        where TSelf : IDurableAgent<TSelf, TInput, TResult>
    {
        try
        {
            var before = await store.FindAsync(id);
            var session = await runtime.StartOrResumeAsync(agent, input, new() { Id = id });
            return before?.State is SessionState.Failed or SessionState.Cancelled ? await runtime.RedriveAsync(agent, id) : session;
        }
        catch (DifferentSessionException e)
        {
            throw new WrongUsageException($"'{id}' was begun with another {string.Join(" and ", e.Differences)}: give the same again to go on with it, or another id");
        }
        catch (ArgumentException e) when (e is not ArgumentNullException)
        {
            throw new WrongUsageException($"'{id}' cannot be an id: {e.Message.ReplaceLineEndings(" ")}");
        }
    }
}
