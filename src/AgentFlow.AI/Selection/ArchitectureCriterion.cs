namespace AgentFlow.AI;

/// <summary>What patterns are judged by.</summary>
public enum ArchitectureCriterion
{
    /// <summary>How much there is to think through: steps, state, conditions, tools, data.</summary>
    TaskComplexity,

    /// <summary>How soon there has to be an answer.</summary>
    ResponseTime,

    /// <summary>How much load there will be.</summary>
    Scalability,

    /// <summary>How little may be used: computing, tokens, money.</summary>
    Resources,

    /// <summary>How little the team has done of this kind.</summary>
    TeamExpertise,

    /// <summary>How easy it has to be to keep up.</summary>
    Maintenance,

    /// <summary>Whether the same input has to have the same course.</summary>
    Determinism,

    /// <summary>How many kinds of expertise work together.</summary>
    Collaboration,

    /// <summary>Whether it is events that set it going.</summary>
    Events,

    /// <summary>Whether several goals compete.</summary>
    CompetingGoals,

    /// <summary>Whether the steps are known beforehand.</summary>
    KnownSteps,

    /// <summary>Whether the steps have to be found while it runs.</summary>
    StepsToBeFound,

    /// <summary>Whether no single agent may be missed.</summary>
    NoCentre,

    /// <summary>Whether decisions are made on several levels.</summary>
    Levels,
}
