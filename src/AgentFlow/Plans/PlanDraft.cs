namespace AgentFlow;

/// <summary>An action of a plan as it was read, before its names are bound.</summary>
internal sealed class PlanDraft
{
    public required PlanObject Json { get; init; }

    public required int Index { get; init; }

    public required string Name { get; init; }

    public required string OutputKey { get; init; }

    public required ActionNode Node { get; init; }

    public required PlanAction? Action { get; init; }

    public required IReadOnlyList<string> DependsOn { get; init; }

    public required bool WaitsForAll { get; init; }

    /// <summary>Every reference of the action, and where it stands.</summary>
    public required IReadOnlyList<(PlanReference Reference, string Where)> References { get; init; }
}
