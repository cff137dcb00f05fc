namespace AgentFlow.AI;

/// <summary>A <see cref="GoalStack"/> as plain data: what sessions record. <see cref="GoalStack.Capture"/> makes it, <see cref="GoalStack.Restore"/> makes a stack of it.</summary>
/// <param name="Resources">The resources, and how many units there are of each.</param>
/// <param name="Goals">The goals, in the order in which they were pushed.</param>
public sealed record GoalStackSnapshot(Dictionary<string, int> Resources, GoalSnapshot[] Goals)
{
    /// <summary>A goal as it stands.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The goal.</returns>
    /// <exception cref="GoalException">There is no such goal.</exception>
    public GoalSnapshot Find(string name) => Array.Find(Goals, goal => goal.Name == name) ?? throw new GoalException($"There is no goal '{name}' in the snapshot.");
}
