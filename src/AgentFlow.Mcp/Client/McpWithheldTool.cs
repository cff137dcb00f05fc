namespace AgentFlow.Mcp;

/// <summary>A tool that a server offers and that nobody has approved as it is now: it has changed since, or is not among the pins.</summary>
/// <param name="Name">What the server calls it.</param>
/// <param name="Description">How the server describes it now.</param>
/// <param name="Hash">What it is now: approve it with <see cref="McpTools.ApproveAsync"/>.</param>
/// <param name="ApprovedHash">What was approved; <see langword="null"/> if nothing was.</param>
public sealed record McpWithheldTool(string Name, string Description, string Hash, string? ApprovedHash);
