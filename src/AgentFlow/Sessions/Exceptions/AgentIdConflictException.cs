namespace AgentFlow;

/// <summary>Two agents of different types have one id, by which a session finds its agent. Set <c>Name</c> of <c>[Agent]</c> on one of them.</summary>
public sealed class AgentIdConflictException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="id">The id.</param>
    /// <param name="registered">The type of the agent that has the id with the runtime.</param>
    /// <param name="refused">The type of the agent that was refused.</param>
    public AgentIdConflictException(string id, Type registered, Type refused)
        : base($"Agent '{refused}' has the id '{id}', and so has '{registered}', which is registered. Sessions of one would be finished by the other. Set [Agent(Name = …)] on one of them.")
    {
        Id = id;
        Registered = registered;
        Refused = refused;
    }

    /// <summary>The id.</summary>
    public string Id { get; }

    /// <summary>The type of the agent that has the id with the runtime.</summary>
    public Type Registered { get; }

    /// <summary>The type of the agent that was refused.</summary>
    public Type Refused { get; }
}
