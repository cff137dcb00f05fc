using System.Globalization;
using AgentFlow.Benchmarks.TenActions;

namespace AgentFlow.Benchmarks.Smoke;

/// <summary>Checks every case and measures it briefly. A wrong result fails the program; slowness does not.</summary>
internal static class SmokeRun
{
    public static async Task<int> RunAsync(TimeSpan round, int rounds)
    {
        try
        {
            await CompareAsync("ten actions, synchronous", TenActionRuns<SyncBodies>.All, round, rounds).ConfigureAwait(false);
            await CompareAsync("ten actions, yielding", TenActionRuns<YieldingBodies>.All, round, rounds).ConfigureAwait(false);
            await CompareAsync("ten actions, 1 ms timers", TenActionRuns<DelayingBodies>.All, round, rounds).ConfigureAwait(false);
            return 0;
        }
        catch (Exception e)
        {
            await Console.Error.WriteLineAsync($"WRONG: {e}").ConfigureAwait(false);
            return 1;
        }
    }

    private static async Task CompareAsync(string title, (string Name, Func<int, Task> Loop)[] cases, TimeSpan round, int rounds)
    {
        var figures = await Measurement.MeasureAsync([.. cases.Select(static c => c.Loop)], round, rounds).ConfigureAwait(false);
        Console.WriteLine(title);
        for (var i = 0; i < cases.Length; i++)
        {
            var (time, bytes) = figures[i];
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {cases[i].Name,-18}{time / figures[0].Nanoseconds,8:0.00}x {time,14:0.0} ns {bytes,12:0.0} B"));
        }
    }
}
