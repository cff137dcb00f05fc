namespace AgentFlow.AI;

/// <summary>
/// Where a goal stands. Legal are: <see cref="Pending"/> to <see cref="Active"/>; <see cref="Active"/> to <see cref="Waiting"/> and <see cref="Completed"/>; <see cref="Waiting"/> to
/// <see cref="Active"/>, and to <see cref="Pending"/> when it is preempted; and from each of these three to <see cref="Failed"/> and <see cref="Cancelled"/>.
/// </summary>
public enum GoalState
{
    /// <summary>Nothing was done for it yet, or what was done is void. It holds no resource.</summary>
    Pending,

    /// <summary>It is being worked on, and holds its resources.</summary>
    Active,

    /// <summary>Work has begun, and waits for other goals or for more resources. It holds what it has.</summary>
    Waiting,

    /// <summary>It was reached.</summary>
    Completed,

    /// <summary>It will not be reached.</summary>
    Failed,

    /// <summary>It is no longer wanted.</summary>
    Cancelled,
}
