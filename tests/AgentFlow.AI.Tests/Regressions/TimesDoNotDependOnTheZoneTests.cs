using System.Diagnostics;
using System.Text.Json;
using AgentFlow.Testing;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI.Tests.Regressions;

/// <summary>
/// "9999-12-31T23:59:59" fitted east of Greenwich and not west of it, a time without an offset was another moment on each machine, and one
/// with an offset another wall-clock time.
/// </summary>
public sealed class TimesDoNotDependOnTheZoneTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Pacific/Kiritimati")]
    [InlineData("Pacific/Pago_Pago")]
    [InlineData("America/St_Johns")]
    [InlineData("Asia/Kathmandu")]
    [InlineData("UTC")]
    public async Task Times_are_read_alike_in(string zone)
    {
        // The zone is the process's.
        var start = new ProcessStartInfo("dotnet", [typeof(TimesInThisZoneTests).Assembly.Location]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-class");
        start.ArgumentList.Add(typeof(TimesInThisZoneTests).FullName!);
        start.Environment["TZ"] = zone;
        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(Ct);
            var errors = process.StandardError.ReadToEndAsync(Ct);
            await process.WaitForExitAsync(Ct).WaitAsync(Patience, Ct);
            Assert.True(process.ExitCode == 0, await output + await errors);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}

/// <summary>
/// What holds in any zone; run in this machine's with the others, and in those of <see cref="TimesDoNotDependOnTheZoneTests"/>.
/// </summary>
public sealed partial class TimesInThisZoneTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Time", "9999-12-31T23:59:59", "9999-12-31T23:59:59.0000000")]
    [InlineData("Time", "0001-01-01T00:00:00", "0001-01-01T00:00:00.0000000")]
    [InlineData("Time", "2026-03-29T02:30:00", "2026-03-29T02:30:00.0000000")]
    [InlineData("Time", "2026-05-01", "2026-05-01T00:00:00.0000000")]
    [InlineData("Time", "2026-05-01T10:00:00Z", "2026-05-01T10:00:00.0000000Z")]
    [InlineData("Time", "2026-05-01T10:00:00+02:00", "2026-05-01T08:00:00.0000000Z")]
    [InlineData("Time", "9999-12-31T23:30:00+01:00", "9999-12-31T22:30:00.0000000Z")]
    [InlineData("Moment", "9999-12-31T23:59:59", "9999-12-31T23:59:59.0000000+00:00")]
    [InlineData("Moment", "0001-01-01T00:00:00", "0001-01-01T00:00:00.0000000+00:00")]
    [InlineData("Moment", "2026-05-01", "2026-05-01T00:00:00.0000000+00:00")]
    [InlineData("Moment", "2026-05-01T10:00:00", "2026-05-01T10:00:00.0000000+00:00")]
    [InlineData("Moment", "2026-05-01T10:00:00-03:30", "2026-05-01T10:00:00.0000000-03:30")]
    [InlineData("Day", "9999-12-31", "9999-12-31")]
    [InlineData("Clock", "23:59:59", "23:59:59.0000000")]
    public async Task A_tool_is_given_what_was_written(string tool, string written, string given)
    {
        var json = JsonSerializer.SerializeToElement(written);
        Assert.Equal(given, await CallAsync(tool, json));
        Assert.Equal(given, await CallAsync(tool + "s", JsonSerializer.SerializeToElement(new[] { written })));
    }

    [Theory]
    [InlineData("Time", "9999-12-31T23:59:59-01:00")]
    [InlineData("Moment", "9999-12-31T23:59:59-01:00")]
    [InlineData("Moment", "0001-01-01T00:00:00+01:00")]
    [InlineData("Time", "tomorrow")]
    public async Task What_no_calendar_has_is_refused_everywhere(string tool, string written) =>
        await Assert.ThrowsAsync<InvalidToolArgumentsException>(() => CallAsync(tool, JsonSerializer.SerializeToElement(written)));

    [Fact]
    public async Task A_signal_without_an_offset_is_UTC()
    {
        await using var runtime = new AgentRuntime(new MemorySessionStore());
        var session = await runtime.StartAsync(new Waiting(), default, new() { Id = "s" }, Ct);
        await runtime.SignalAsync("s", "When", JsonElement.Parse("\"9999-12-31T23:59:59\""), cancellationToken: Ct);
        Assert.Equal(new DateTimeOffset(9999, 12, 31, 23, 59, 59, TimeSpan.Zero), await session.Result.WaitAsync(Patience, Ct));
    }

    [Fact]
    public async Task A_plan_is_checked_alike()
    {
        var catalog = new PlanCatalog().AddTools(new Calendar().Tools);
        var plan = Plan.Parse("""{"actions":[{"name":"Moment","parameters":{"v":"9999-12-31T23:59:59"}}]}""", catalog);
        Assert.Equal("9999-12-31T23:59:59.0000000+00:00", (await new PlanAgent(plan).RunAsync(cancellationToken: Ct)).GetString());
    }

    private static async Task<string> CallAsync(string tool, JsonElement value) =>
        (await new Calendar().Tools.Single(t => t.Name == tool).InvokeAsync(new AIFunctionArguments { ["v"] = value }, Ct))!.ToString()!;

    /// <summary>Returns what it is given, to the last digit.</summary>
    internal sealed partial class Calendar
    {
        /// <summary>Shows it.</summary>
        /// <param name="v">What is shown.</param>
        [Tool]
        public string Time(DateTime v) => v.ToString("O");

        /// <summary>Shows it.</summary>
        /// <param name="v">What is shown.</param>
        [Tool]
        public string Moment(DateTimeOffset v) => v.ToString("O");

        /// <summary>Shows it.</summary>
        /// <param name="v">What is shown.</param>
        [Tool]
        public string Day(DateOnly v) => v.ToString("O");

        /// <summary>Shows it.</summary>
        /// <param name="v">What is shown.</param>
        [Tool]
        public string Clock(TimeOnly v) => v.ToString("O");

        /// <summary>Shows it.</summary>
        /// <param name="v">What is shown.</param>
        [Tool]
        public string Times(DateTime[] v) => Time(v[0]);

        /// <summary>Shows it.</summary>
        /// <param name="v">What is shown.</param>
        [Tool]
        public string Moments(HashSet<DateTimeOffset> v) => Moment(v.Single());

        /// <summary>Shows it.</summary>
        /// <param name="v">What is shown.</param>
        [Tool]
        public string Days(HashSet<DateOnly> v) => Day(v.Single());

        /// <summary>Shows it.</summary>
        /// <param name="v">What is shown.</param>
        [Tool]
        public string Clocks(TimeOnly[] v) => Clock(v[0]);
    }

    [Agent]
    internal sealed partial class Waiting
    {
        [Signal]
        private partial Task<DateTimeOffset> When();

        [Action, Result]
        private static DateTimeOffset Told(DateTimeOffset when) => when;
    }
}
