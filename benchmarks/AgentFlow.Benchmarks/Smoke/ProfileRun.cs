using System.Diagnostics;
using AgentFlow.Benchmarks.Generator;
using AgentFlow.Benchmarks.TenActions;

namespace AgentFlow.Benchmarks.Smoke;

/// <summary>Repeats one case for as long as a profiler wants to look at it.</summary>
internal static class ProfileRun
{
    /// <summary>Repeats a case.</summary>
    /// <param name="part"><c>sync</c>, <c>yielding</c>, or <c>generator</c> for an edit among a hundred agents.</param>
    /// <param name="name">The case, as the tables call it.</param>
    /// <param name="time">For how long.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string part, string name, TimeSpan time)
    {
        var loop = part switch
        {
            "generator" => EditLoop(name),
            "sync" => TenActionRuns<SyncBodies>.All.Single(c => c.Name == name).Loop,
            _ => TenActionRuns<YieldingBodies>.All.Single(c => c.Name == name).Loop,
        };
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < time)
        {
            await loop(1_000).ConfigureAwait(false);
        }

        return 0;
    }

    private static Func<int, Task> EditLoop(string name)
    {
        var scenario = GeneratorScenario.Ten(agents: 100);
        Action edit = name == nameof(GeneratorScenario.EditElsewhere) ? scenario.EditElsewhere : scenario.EditAgent;
        return _ =>
        {
            edit();
            return Task.CompletedTask;
        };
    }
}
