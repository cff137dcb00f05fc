namespace AgentFlow.AI;

/// <summary>
/// How memories fade: exponentially since they were last touched, the more slowly the more often they were recalled (Ebbinghaus' curve as in Zhong et al. 2023,
/// <i>MemoryBank</i>, where each recall adds one to the strength and starts time anew).
/// </summary>
internal static class ForgettingCurve
{
    /// <summary>The share that time has left, 0 to 1.</summary>
    public static double Recency(MemoryRecord memory, DateTimeOffset now, TimeSpan halfLife)
    {
        var touched = memory.RecalledAt is { } recalled && recalled > memory.UpdatedAt ? recalled : memory.UpdatedAt;
        var age = Math.Max(0, (now - touched) / halfLife);
        return Math.Pow(0.5, age / (1 + memory.Recalls));
    }

    /// <summary>How strong a memory is, 0 to 1: what it is forgotten by.</summary>
    public static double Strength(MemoryRecord memory, DateTimeOffset now, TimeSpan halfLife) => Recency(memory, now, halfLife) * memory.Importance * memory.Confidence;
}
