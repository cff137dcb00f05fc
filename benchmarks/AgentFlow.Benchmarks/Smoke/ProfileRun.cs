using System.Diagnostics;
using AgentFlow.Benchmarks.TenActions;

namespace AgentFlow.Benchmarks.Smoke;

/// <summary>Repeats one case for as long as a profiler wants to look at it.</summary>
internal static class ProfileRun
{
    /// <summary>Repeats a case.</summary>
    /// <param name="bodies"><c>sync</c> or <c>yielding</c>.</param>
    /// <param name="name">The case, as the tables call it.</param>
    /// <param name="time">For how long.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string bodies, string name, TimeSpan time)
    {
        var cases = bodies == "sync" ? TenActionRuns<SyncBodies>.All : TenActionRuns<YieldingBodies>.All;
        var loop = cases.Single(c => c.Name == name).Loop;
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < time)
        {
            await loop(1_000).ConfigureAwait(false);
        }

        return 0;
    }
}
