namespace AgentFlow.AI;

/// <summary>What became of a step.</summary>
public enum StepOutcome
{
    /// <summary>It was done, and has the effects that it should.</summary>
    Done,

    /// <summary>It was not begun: something that it needs was not so.</summary>
    NeedsMissing,

    /// <summary>It has failed.</summary>
    Failed,

    /// <summary>It has ended without a failure, and not all is as it should be afterwards.</summary>
    EffectsMissing,
}
