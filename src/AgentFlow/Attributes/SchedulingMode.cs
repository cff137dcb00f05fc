namespace AgentFlow;

/// <summary>When actions start.</summary>
public enum SchedulingMode
{
    /// <summary>At the moment their dependencies have settled.</summary>
    Dataflow,

    /// <summary>When every action of the earlier waves has settled.</summary>
    Waves,
}
