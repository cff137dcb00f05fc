namespace AgentFlow;

/// <summary>The right to write to a session until the lease ends or somebody else claims it.</summary>
/// <param name="Info">The session as it was when claimed.</param>
/// <param name="Owner">Who claimed it.</param>
/// <param name="Epoch">The number of the claim.</param>
/// <param name="Time">What the store's clock said.</param>
public sealed record SessionClaim(SessionInfo Info, string Owner, long Epoch, DateTimeOffset Time)
{
    /// <summary>The session's id.</summary>
    public string Id => Info.Id;
}
