namespace AgentFlow.AI;

/// <summary>An event cannot be accepted: its lane was cancelled, or has failed.</summary>
/// <param name="session">The lane's session.</param>
/// <param name="state">The state it has ended in.</param>
public sealed class EventLaneEndedException(string session, SessionState state)
    : InvalidOperationException($"Session '{session}' of a lane of events is {state}, so that it takes no more. Go on with it by DurableEventAgent.RedriveAsync, or delete it, and what waits in it, to go on without it.")
{
    /// <summary>The lane's session.</summary>
    public string Session { get; } = session;

    /// <summary>The state it has ended in.</summary>
    public SessionState State { get; } = state;
}
