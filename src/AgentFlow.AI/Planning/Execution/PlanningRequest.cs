namespace AgentFlow.AI;

/// <summary>What a <see cref="PlanningAgent"/> is to do.</summary>
/// <param name="Goals">What shall be so in the end, as <see cref="PlanningProblem.Goals"/>.</param>
public sealed record PlanningRequest(params string[] Goals)
{
    /// <summary>What is to be done, in order, as <see cref="PlanningProblem.Tasks"/>. Default: nothing in particular.</summary>
    public string[] Tasks { get; init; } = [];
}
