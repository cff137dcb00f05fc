using System.ComponentModel;

namespace AgentFlow.CompilerServices;

/// <summary>What starting an action came to. For generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public enum StepResult
{
    /// <summary>It completed on the spot.</summary>
    Completed,

    /// <summary>It is under way; its continuation will be called.</summary>
    Pending,
}
