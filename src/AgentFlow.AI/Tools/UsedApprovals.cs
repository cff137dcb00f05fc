namespace AgentFlow.AI;

/// <summary>The approvals that calls were made with in this process: each is good for one. The oldest are forgotten first. Thread-safe.</summary>
internal sealed class UsedApprovals
{
    private const int MaxKept = 100_000;

    private readonly Lock _gate = new();
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
    private readonly Queue<string> _byAge = new();

    /// <summary>Those of all invokers: an approval is good for one call, whoever makes it.</summary>
    public static UsedApprovals Shared { get; } = new();

    /// <summary>Uses an approval up.</summary>
    /// <returns>Whether it was not before.</returns>
    public bool TryUse(string id)
    {
        lock (_gate)
        {
            if (!_ids.Add(id))
            {
                return false;
            }

            _byAge.Enqueue(id);
            if (_byAge.Count > MaxKept)
            {
                _ids.Remove(_byAge.Dequeue());
            }

            return true;
        }
    }
}
