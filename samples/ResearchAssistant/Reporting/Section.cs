using AgentFlow.Samples.Research.Extraction;

namespace AgentFlow.Samples.Research.Reporting;

/// <summary>A part of a report.</summary>
/// <param name="Title">Its heading.</param>
/// <param name="Findings">What it says.</param>
public sealed record Section(string Title, IReadOnlyList<Finding> Findings);
