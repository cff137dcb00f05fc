namespace AgentFlow.Testing;

/// <summary>A schedule was found under which an agent does not do what it does undisturbed.</summary>
public sealed class SimulationFailedException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="difference">What was different.</param>
    /// <param name="innerException">What was thrown, if anything was.</param>
    public SimulationFailedException(string schedule, string difference, Exception? innerException = null)
        : base($"{difference} Replay it with ReplayAsync(\"{schedule}\").", innerException) => Schedule = schedule;

    /// <summary>The schedule: give it to <see cref="Simulation{TSelf, TInput, TResult}.ReplayAsync"/>.</summary>
    public string Schedule { get; }
}
