using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace AgentFlow.Crash.Tests;

/// <summary>A real process, killed with SIGKILL before and after every write it makes, and another that goes on from what is on the disk.</summary>
public sealed class CrashTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var store in Stores.Names)
            {
                foreach (var scenario in Scenario.Names)
                {
                    if (store != "file" || scenario != "transfer")
                    {
                        cases.Add(store, scenario);
                    }
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Killed_at_any_write_nothing_recorded_is_lost_or_done_again(string store, string scenario)
    {
        await using var undisturbed = Place.Make(store);
        var expected = await LiveAsync(store, undisturbed.Folder, scenario);
        Assert.True(expected.Writes >= 5, $"{expected.Writes} writes");
        var outcomes = expected.Outcomes.Order(StringComparer.Ordinal).ToList();
        var kills = 0;
        await Parallel.ForEachAsync(
            Enumerable.Range(1, expected.Writes).SelectMany(static n => (IEnumerable<(int, string)>)[(n, "before"), (n, "after")]),
            new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = Ct },
            async (at, _) =>
            {
                var (n, side) = at;
                await using var place = Place.Make(store);
                var folder = place.Folder;
                if (await IsKilledAsync(store, folder, scenario, n, side))
                {
                    Interlocked.Increment(ref kills);
                }

                var life = await LiveAsync(store, folder, scenario);
                var where = $"killed {side} write {n}";
                var done = File.Exists(Path.Combine(folder, "world.txt")) ? await File.ReadAllLinesAsync(Path.Combine(folder, "world.txt"), Ct) : [];
                foreach (var effect in done.GroupBy(static e => e))
                {
                    var most = effect.Key.Contains("/Pay/", StringComparison.Ordinal) ? 1 : 2;
                    Assert.True(effect.Count() <= most, $"{where}: {effect.Key} was done {effect.Count()} times.");
                }

                if (life.State == SessionState.Uncertain)
                {
                    Assert.Equal("journey", scenario);
                    Assert.True(life.Outcomes.All(outcomes.Contains), $"{where}: {string.Join("; ", life.Outcomes)}");
                }
                else
                {
                    Assert.True(expected.State == life.State && outcomes.SequenceEqual(life.Outcomes.Order(StringComparer.Ordinal)), $"{where}: {life.State} {string.Join("; ", life.Outcomes)}");
                }
            });

        // Writes that end together share one, so that a life may make fewer than the undisturbed one.
        Assert.True(kills >= expected.Writes, $"{kills} kills of {2 * expected.Writes} hit.");
    }

    /// <summary>A life that is not killed, in this process.</summary>
    private static async Task<Life> LiveAsync(string store, string folder, string scenario)
    {
        await using var opened = Stores.Open(store, folder);
        return await Scenario.RunAsync(scenario, opened, new World(Path.Combine(folder, "world.txt")), killAt: 0, after: false).WaitAsync(Patience, Ct);
    }

    private static async Task<bool> IsKilledAsync(string store, string folder, string scenario, int n, string side)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Scenario).Assembly.Location, "live", store, folder, scenario, n.ToString(CultureInfo.InvariantCulture), side])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(Ct);
        await process.StandardOutput.ReadToEndAsync(Ct);
        await process.WaitForExitAsync(Ct);
        Assert.Equal("", await error);
        Assert.Contains(process.ExitCode, (int[])[0, 137]);
        return process.ExitCode == 137;
    }
}
