using System.Diagnostics;

namespace AgentFlow.Benchmarks.Smoke;

/// <summary>
/// A plain measurement of loops that are compared with one another. Rounds go through all of them in turn, so that a slow moment of the
/// machine falls on each alike, and medians are quoted.
/// </summary>
internal static class Measurement
{
    /// <summary>Measures loops side by side.</summary>
    /// <param name="loops">Each runs what it measures as many times as it is told.</param>
    /// <param name="round">About how long one loop takes in one round.</param>
    /// <param name="rounds">How many rounds.</param>
    /// <param name="warmUp">How long each loop runs beforehand. Tiered compilation waits for a tenth of a second without new methods.</param>
    /// <returns>Median nanoseconds and bytes of one run, loop by loop.</returns>
    public static async Task<(double Nanoseconds, double Bytes)[]> MeasureAsync(IReadOnlyList<Func<int, Task>> loops, TimeSpan round, int rounds, TimeSpan warmUp)
    {
        var runs = new int[loops.Count];
        for (var i = 0; i < loops.Count; i++)
        {
            runs[i] = await CalibrateAsync(loops[i], round, warmUp).ConfigureAwait(false);
        }

        var times = loops.Select(_ => new double[rounds]).ToArray();
        var bytes = loops.Select(_ => new double[rounds]).ToArray();
        for (var r = 0; r < rounds; r++)
        {
            for (var i = 0; i < loops.Count; i++)
            {
                var allocated = GC.GetTotalAllocatedBytes(precise: true);
                var start = Stopwatch.GetTimestamp();
                await loops[i](runs[i]).ConfigureAwait(false);
                times[i][r] = Stopwatch.GetElapsedTime(start).TotalNanoseconds / runs[i];
                bytes[i][r] = (double)(GC.GetTotalAllocatedBytes(precise: true) - allocated) / runs[i];
            }
        }

        return [.. times.Zip(bytes, static (t, b) => (Median(t), Median(b)))];
    }

    /// <summary>Runs until tiered compilation has had its say, and finds how many runs fill a round.</summary>
    private static async Task<int> CalibrateAsync(Func<int, Task> loop, TimeSpan round, TimeSpan warmUp)
    {
        var runs = 1;
        var warm = Stopwatch.StartNew();
        while (true)
        {
            var start = Stopwatch.GetTimestamp();
            await loop(runs).ConfigureAwait(false);
            var elapsed = Stopwatch.GetElapsedTime(start);
            if (warm.Elapsed > warmUp && elapsed > round / 4)
            {
                return Math.Max(1, (int)(runs * (round / elapsed)));
            }

            if (elapsed < round / 2)
            {
                runs *= 2;
            }
        }
    }

    private static double Median(double[] values)
    {
        Array.Sort(values);
        return values[values.Length / 2];
    }
}
