namespace AgentFlow;

/// <summary>Whether somebody has to agree to a tool's call before it is made.</summary>
public enum ApprovalPolicy
{
    /// <summary>The call is made at once.</summary>
    NotRequired,

    /// <summary>Each call waits for an approval, which holds for exactly these arguments.</summary>
    Required,
}
