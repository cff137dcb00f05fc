namespace AgentFlow;

/// <summary>
/// An action runs a child, and the session that is there under the child's id is not that child: it belongs to another session or another agent, or was started with other inputs. An action
/// that runs again, after a crash or as another attempt, must call its children in the same order with the same inputs, or give them keys (<see cref="ChildOptions.Key"/>).
/// </summary>
public sealed class ChildMismatchException : SessionException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="session">The id of the session that was found.</param>
    /// <param name="difference">What differs.</param>
    public ChildMismatchException(string session, string difference)
        : base(session, $"Session '{session}' is not the child that the action asks for: {difference}. An action that runs again must call its children in the same order with the same inputs, or give them keys (ChildOptions.Key).")
    {
    }
}
