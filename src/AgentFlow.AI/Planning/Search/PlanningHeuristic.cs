namespace AgentFlow.AI;

/// <summary>How a <see cref="ForwardPlanner"/> guesses how far it is to the goals.</summary>
public enum PlanningHeuristic
{
    /// <summary>
    /// The dearest goal if nothing were ever deleted, h_max (Bonet and Geffner 2001), or <see cref="GoalCount"/> where that is higher. Never too high: plans are optimal. The default.
    /// </summary>
    Max,

    /// <summary>
    /// LM-cut (Helmert and Domshlak 2009): what sets of steps cost of which every plan has one. Never too high: plans are optimal. It takes longer for a state and looks at far fewer of them;
    /// for large problems that need the cheapest plan.
    /// </summary>
    LandmarkCut,

    /// <summary>
    /// The goals that are missing, divided by the most goals that a step adds, times the cost of the cheapest step that adds one. Never too
    /// high: plans are optimal. Much cheaper to compute than
    /// <see cref="Max"/>, and looks at more states.
    /// </summary>
    GoalCount,

    /// <summary>
    /// The cost of a plan that would do if nothing were ever deleted, as FF has it (Hoffmann and Nebel 2001); where some steps are free,
    /// its number of steps counts, too. It may be too high: plans are
    /// found much sooner, and may cost more than need be.
    /// </summary>
    RelaxedPlan,

    /// <summary>Nothing is guessed: uniform-cost search. Plans are optimal, and a reference for others.</summary>
    None,
}
