namespace AgentFlow.AI;

/// <summary>Where plans are executed: what does the steps, and tells what is so.</summary>
public interface IPlanWorld
{
    /// <summary>Does a step.</summary>
    /// <param name="planStep">The step.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Completes when it is done; fails if it has failed.</returns>
    ValueTask ExecuteAsync(PlanStep planStep, CancellationToken cancellationToken);

    /// <summary>Looks at what is so now.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The facts: all that are so, of the objects of the problem.</returns>
    ValueTask<IReadOnlySet<Fact>> ObserveAsync(CancellationToken cancellationToken);
}
