namespace AgentFlow.AI;

/// <summary>What the work for a goal has come to. Made by <see cref="Reached"/>, <see cref="Failed"/> and <see cref="Waits"/>.</summary>
/// <param name="State"><see cref="GoalState.Completed"/>, <see cref="GoalState.Failed"/>, <see cref="GoalState.Cancelled"/> (there was no time), or <see cref="GoalState.Waiting"/>.</param>
/// <param name="Text">What it has made, or why it has failed.</param>
public sealed record GoalWork(GoalState State, string? Text = null)
{
    /// <summary>New goals that it needs.</summary>
    public GoalSnapshot[] Subgoals { get; init; } = [];

    /// <summary>The goals, by name, that it waits for; the new ones are among them.</summary>
    public string[] Awaits { get; init; } = [];

    /// <summary>The resources that it needs besides.</summary>
    public Dictionary<string, int> Resources { get; init; } = [];

    /// <summary>The goal is reached.</summary>
    /// <param name="output">What was made, for goals that depend on it. Default: nothing.</param>
    /// <returns>The work.</returns>
    public static GoalWork Reached(string? output = null) => new(GoalState.Completed, output);

    /// <summary>The goal cannot be reached.</summary>
    /// <param name="reason">Why.</param>
    /// <returns>The work.</returns>
    public static GoalWork Failed(string reason) => new(GoalState.Failed, reason);

    /// <summary>The work goes on when subgoals are reached.</summary>
    /// <param name="subgoals">The subgoals: new goals.</param>
    /// <returns>The work.</returns>
    public static GoalWork Waits(params IReadOnlyList<Goal> subgoals)
    {
        ArgumentNullException.ThrowIfNull(subgoals);
        return new(GoalState.Waiting) { Subgoals = [.. subgoals.Select(GoalSnapshot.Of)], Awaits = [.. subgoals.Select(static goal => goal.Name)] };
    }
}
