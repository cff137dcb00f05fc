namespace AgentFlow;

/// <summary>What is wrong with a plan. Where a rule is also the compiler's, its id stands beside it.</summary>
public enum PlanErrorKind
{
    /// <summary>It is no JSON, or a value is of another kind than it has to be.</summary>
    Malformed,

    /// <summary>A property that no plan has: nothing in a plan is without effect.</summary>
    UnknownProperty,

    /// <summary>A name that is none, or that another has (AF0108).</summary>
    InvalidName,

    /// <summary><c>depends_on</c> names no action (AF0101).</summary>
    UnknownAction,

    /// <summary>A <c>$reference</c> to something that nobody produces (AF0102).</summary>
    UnboundReference,

    /// <summary>A tool, agent, model, artefact or workflow that is not there.</summary>
    UnknownTarget,

    /// <summary>Parameters that do not fit the schema of what they are for (AF0104).</summary>
    InvalidParameters,

    /// <summary>Actions that wait for each other, or for themselves (AF0106, AF0107).</summary>
    Cycle,

    /// <summary>The output of an action that nobody waits for is asked for (AF0111).</summary>
    ForgottenOutput,

    /// <summary>Not one result, but none or several (AF0109).</summary>
    AmbiguousResult,

    /// <summary>A condition that is no expression.</summary>
    InvalidCondition,

    /// <summary>A policy that is malformed or does not fit its action (AF03xx).</summary>
    InvalidPolicy,

    /// <summary>More than <see cref="PlanLimits"/> allow.</summary>
    TooLarge,
}
