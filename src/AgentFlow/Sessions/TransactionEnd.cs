namespace AgentFlow;

/// <summary>How a transaction of an action ends.</summary>
/// <param name="Record">What commits with it; null to roll it back.</param>
/// <param name="Status">What the action came to.</param>
/// <param name="Error">What it failed with.</param>
/// <param name="Usage">What it has spent.</param>
internal sealed record TransactionEnd(JournalRecord? Record, ActionStatus Status, Exception? Error, RunUsage Usage)
{
    /// <summary>The attempt has failed.</summary>
    public static TransactionEnd RolledBack { get; } = new(null, ActionStatus.Failed, null, default);

    /// <summary>Its time was up.</summary>
    public static TransactionEnd Expired { get; } = RolledBack with { };
}
