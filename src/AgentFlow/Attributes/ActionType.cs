namespace AgentFlow;

/// <summary>What kind of thing an action calls.</summary>
public enum ActionType
{
    /// <summary>A function, a service, a data source.</summary>
    Tool,

    /// <summary>Another agent.</summary>
    Agent,

    /// <summary>A language model.</summary>
    Llm,

    /// <summary>A stored artefact.</summary>
    Relic,

    /// <summary>A workflow of its own.</summary>
    Workflow,
}
