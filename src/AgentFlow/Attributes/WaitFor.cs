namespace AgentFlow;

/// <summary>Which of several dependencies an action waits for.</summary>
public enum WaitFor
{
    /// <summary>Every one of them.</summary>
    All,

    /// <summary>The first that completes.</summary>
    Any,
}
