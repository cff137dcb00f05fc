namespace AgentFlow.Samples.Research.Reporting;

/// <summary>A report to hand over.</summary>
/// <param name="Markdown">The report.</param>
/// <param name="Quality">How far it can be trusted.</param>
public sealed record FinalReport(string Markdown, Quality Quality);
