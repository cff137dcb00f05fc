namespace AgentFlow.AI;

/// <summary>Where plans are executed: what does the steps, and tells what is so.</summary>
public interface IPlanWorld
{
    /// <summary>Does a step.</summary>
    /// <param name="planStep">The step.</param>
    /// <param name="context">The action that does it. After a crash a step may be done again, with the same <see cref="ActionContext.IdempotencyKey"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Completes when it is done; fails if it has failed.</returns>
    ValueTask ExecuteAsync(PlanStep planStep, ActionContext context, CancellationToken cancellationToken);

    /// <summary>Looks at what is so now.</summary>
    /// <param name="context">The action that looks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The facts: all that are so, of the objects of the problem.</returns>
    ValueTask<IReadOnlySet<Fact>> ObserveAsync(ActionContext context, CancellationToken cancellationToken);
}
