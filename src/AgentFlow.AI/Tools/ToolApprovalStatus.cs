namespace AgentFlow.AI;

/// <summary>How far an approval has come.</summary>
public enum ToolApprovalStatus
{
    /// <summary>Nobody has decided.</summary>
    Requested,

    /// <summary>The call may be made.</summary>
    Granted,

    /// <summary>The call may not be made.</summary>
    Denied,
}
