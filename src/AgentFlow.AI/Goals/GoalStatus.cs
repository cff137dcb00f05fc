namespace AgentFlow.AI;

/// <summary>A goal as it stands.</summary>
/// <param name="Goal">The goal.</param>
/// <param name="State">Where it stands.</param>
/// <param name="End">Why it has ended, if it has.</param>
/// <param name="Reason">The same in words; <see langword="null"/> while it has not ended, and when it was reached.</param>
/// <param name="Rank">What its priority comes to: its own, what it has gained by waiting, and what it inherits from goals that wait for it.</param>
/// <param name="Passes">How often another goal was started while everything that this one depends on was reached.</param>
/// <param name="Preemptions">How often its work was made void to resolve a deadlock.</param>
/// <param name="Holds">The resources that it holds, and how many units of each.</param>
/// <param name="WaitsFor">The goals, by name, that it waits for: those that have to be reached first, and those that hold what it needs.</param>
public sealed record GoalStatus(
    Goal Goal,
    GoalState State,
    GoalEnd End,
    string? Reason,
    int Rank,
    int Passes,
    int Preemptions,
    IReadOnlyDictionary<string, int> Holds,
    IReadOnlyList<string> WaitsFor);
