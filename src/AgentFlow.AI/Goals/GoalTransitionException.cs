namespace AgentFlow.AI;

/// <summary>A goal was to change its state in a way that is not legal. It is as it was.</summary>
public sealed class GoalTransitionException : InvalidOperationException
{
    internal GoalTransitionException(Goal goal, GoalState from, GoalState to)
        : base($"Goal '{goal.Name}' is {from} and cannot become {to}.{Hint(from, to)}")
    {
        Goal = goal;
        From = from;
        To = to;
    }

    /// <summary>The goal.</summary>
    public Goal Goal { get; }

    /// <summary>Where it stands.</summary>
    public GoalState From { get; }

    /// <summary>Where it was to go.</summary>
    public GoalState To { get; }

    private static string Hint(GoalState from, GoalState to) => (from, to) switch
    {
        (GoalState.Completed or GoalState.Failed or GoalState.Cancelled, _) => " It has ended; push it under another name to try again.",
        (GoalState.Pending, _) => $" Its work has not begun: {nameof(GoalStack)}.{nameof(GoalStack.StartNext)} begins it.",
        (GoalState.Waiting, GoalState.Completed) => $" {nameof(GoalStack)}.{nameof(GoalStack.StartNext)} takes it up again when what it waits for is there.",
        _ => "",
    };
}
