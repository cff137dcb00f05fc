using System.Globalization;
using AgentFlow.Benchmarks.Caches;
using AgentFlow.Benchmarks.Generator;
using AgentFlow.Benchmarks.Sessions;
using AgentFlow.Benchmarks.Shapes;
using AgentFlow.Benchmarks.TenActions;
using AgentFlow.Benchmarks.Tools;

namespace AgentFlow.Benchmarks.Smoke;

/// <summary>Checks every case and measures it with a stopwatch. A wrong result fails the program; slowness does not.</summary>
/// <param name="round">About how long one case takes in one round.</param>
/// <param name="rounds">How many rounds the medians are of.</param>
/// <param name="warmUp">How long each case runs before it is timed.</param>
/// <param name="manyAgents">The largest project that the generator is given.</param>
/// <param name="manySteps">The longest session that is resumed.</param>
/// <param name="manySessions">How many sessions there are at once.</param>
internal sealed class SmokeRun(TimeSpan round, int rounds, TimeSpan warmUp, int manyAgents, int manySteps, int manySessions)
{
    /// <summary>Runs the parts whose names are given, or all.</summary>
    /// <param name="parts">Some of <c>ten</c>, <c>shapes</c>, <c>generator</c>, <c>sessions</c>, <c>resume</c>, <c>memory</c>, <c>tools</c>, <c>caches</c>.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(IReadOnlyCollection<string> parts)
    {
        try
        {
            foreach (var (name, run) in new (string, Func<Task>)[] { ("ten", TenAsync), ("shapes", ShapesAsync), ("generator", GeneratorAsync), ("sessions", SessionsAsync), ("resume", ResumeAsync), ("memory", MemoryAsync), ("tools", ToolsAsync), ("caches", CachesAsync) })
            {
                if (parts.Count == 0 || parts.Contains(name))
                {
                    await run().ConfigureAwait(false);
                }
            }

            return 0;
        }
        catch (Exception e)
        {
            await Console.Error.WriteLineAsync($"WRONG: {e}").ConfigureAwait(false);
            return 1;
        }
    }

    private async Task TenAsync()
    {
        await CompareAsync("Ten actions, synchronous", TenActionRuns<SyncBodies>.All, round, 1).ConfigureAwait(false);
        await CompareAsync("Ten actions, yielding", TenActionRuns<YieldingBodies>.All, round, 1).ConfigureAwait(false);
        await CompareAsync("Ten actions, timers of 1 ms", TenActionRuns<DelayingBodies>.All, round, 1).ConfigureAwait(false);
    }

    private async Task ShapesAsync()
    {
        foreach (var yields in new[] { false, true })
        {
            foreach (var kind in Enum.GetValues<ShapeKind>())
            {
                foreach (var size in Shape.Sizes)
                {
                    var title = $"{kind} of {size}, {(yields ? "yielding" : "synchronous")}, per action";
                    await CompareAsync(title, ShapeRuns.Of(kind, size, yields), round / 2, size).ConfigureAwait(false);
                }
            }
        }
    }

    private async Task GeneratorAsync()
    {
        foreach (var agents in new[] { 1, 100, 1000 }.Where(n => n <= manyAgents))
        {
            await MeasureAsync($"Generator, {agents} x 10 actions, per agent", GeneratorScenario.Ten(agents), agents).ConfigureAwait(false);
        }

        await MeasureAsync("Generator, 1 x 1000 actions", GeneratorScenario.Thousand(), 1).ConfigureAwait(false);

        async Task MeasureAsync(string title, GeneratorScenario scenario, int agents)
        {
            scenario.VerifyIncrementality();

            // Not in turns with the edits: they would pay for its garbage. And in an editor the compiler has run for long.
            await CompareAsync($"{title}, from nothing", [(nameof(scenario.Cold), Repeat(scenario.Cold))], round, agents).ConfigureAwait(false);
            await CompareAsync($"{title}, after an edit", [.. scenario.Edits.Select(static c => (c.Name, Repeat(c.Run)))], round, agents, warmUps: 20).ConfigureAwait(false);
        }

        static Func<int, Task> Repeat(Action action) => runs =>
        {
            for (var i = 0; i < runs; i++)
            {
                action();
            }

            return Task.CompletedTask;
        };
    }

    private async Task SessionsAsync()
    {
        var sqlite = new SqliteRuns();
        await using (sqlite.ConfigureAwait(false))
        {
            await CompareAsync("SQLite, durable appends", await sqlite.CasesAsync().ConfigureAwait(false), round * 5, 1).ConfigureAwait(false);
        }

        if (Environment.GetEnvironmentVariable("AGENTFLOW_TEST_POSTGRES") is not { Length: > 0 } connectionString)
        {
            Console.WriteLine("PostgreSQL is not measured: AGENTFLOW_TEST_POSTGRES is not set.");
            return;
        }

        var postgreSql = new PostgreSqlRuns(connectionString);
        await using (postgreSql.ConfigureAwait(false))
        {
            await CompareAsync("PostgreSQL, durable appends", await postgreSql.CasesAsync().ConfigureAwait(false), round * 5, 1).ConfigureAwait(false);
        }
    }

    private async Task ResumeAsync()
    {
        foreach (var kind in (string[])["memory", "file", "SQLite"])
        {
            var resume = await ResumeRuns.CreateAsync(kind, 100, manySteps).ConfigureAwait(false);
            await using (resume.ConfigureAwait(false))
            {
                Console.WriteLine(resume.Describe());
                await CompareAsync($"Reading the state, {kind} store", resume.Cases(resume.InspectAsync), round, 1).ConfigureAwait(false);
                await CompareAsync($"Opening the store and reading the state, {kind} store", resume.Cases(resume.OpenAndInspectAsync), round, 1).ConfigureAwait(false);
                await CompareAsync($"Opening the store, resuming and suspending again, {kind} store", resume.Cases(resume.OpenAndResumeAsync), round, 1).ConfigureAwait(false);
            }
        }
    }

    private async Task MemoryAsync()
    {
        foreach (var kind in (string[])["memory", "file", "SQLite"])
        {
            foreach (var sessions in (int[])[manySessions / 10, manySessions])
            {
                Console.WriteLine(await ManySessions.SuspendAsync(kind, sessions).ConfigureAwait(false));
            }
        }

        foreach (var kind in (string[])["memory", "SQLite"])
        {
            foreach (var sessions in (int[])[manySessions / 10, manySessions])
            {
                Console.WriteLine(await ManySessions.RunAsync(kind, sessions).ConfigureAwait(false));
            }
        }
    }

    private async Task ToolsAsync()
    {
        foreach (var (title, cases) in ToolRuns.All())
        {
            await CompareAsync(title, cases, round, 1).ConfigureAwait(false);
        }
    }

    private async Task CachesAsync()
    {
        await using var runs = new CacheRuns();
        await foreach (var (title, cases) in runs.AllAsync().ConfigureAwait(false))
        {
            await CompareAsync(title, cases, round, 1).ConfigureAwait(false);
        }
    }

    /// <summary>Prints a line for each case: its ratio to the first, and its time and bytes divided by what one run does.</summary>
    private async Task CompareAsync(string title, (string Name, Func<int, Task> Loop)[] cases, TimeSpan caseRound, int divisor, int warmUps = 1)
    {
        // Once alone, so that what is wrong shows before anything is timed.
        foreach (var (_, loop) in cases)
        {
            await loop(3).ConfigureAwait(false);
        }

        var figures = await Measurement.MeasureAsync([.. cases.Select(static c => c.Loop)], caseRound, rounds, warmUp * warmUps).ConfigureAwait(false);
        Console.WriteLine(title);
        for (var i = 0; i < cases.Length; i++)
        {
            var (time, bytes) = figures[i];
            var line = $"  {cases[i].Name,-18}{time / figures[0].Nanoseconds,8:0.00}x {time / divisor,14:0.0} ns {bytes / divisor,12:0.0} B";
            Console.WriteLine(divisor == 1 ? line : line + string.Create(CultureInfo.InvariantCulture, $"   total {time / 1e6,10:0.000} ms"));
        }
    }
}
