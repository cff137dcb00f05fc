namespace AgentFlow.AI;

/// <summary>A tool was to be called that needs an approval, and there was none for exactly this call.</summary>
/// <param name="tool">The name of the tool.</param>
public sealed class ToolApprovalRequiredException(string tool)
    : Exception($"A call of tool '{tool}' has to be approved. Ask with {nameof(ToolApproval)}.{nameof(ToolApproval.Request)}, and pass what was decided as {nameof(ToolCallOptions)}.{nameof(ToolCallOptions.Approval)}.")
{
    /// <summary>The name of the tool.</summary>
    public string Tool { get; } = tool;
}
