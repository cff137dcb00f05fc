using System.Runtime.InteropServices;

namespace AgentFlow.Package.Tests.Regressions;

/// <summary>
/// A program with sessions over SQLite ended at its start when it was trimmed, or compiled ahead of time: its native binary is run here.
/// </summary>
public sealed class SqliteCrashedWhenTrimmedOrCompiledAheadTests(Feed feed)
{
    /// <summary>One process begins a session that waits for a signal; another gives the signal and reads the result.</summary>
    private const string Program = """
        using System;
        using System.Threading.Tasks;
        using AgentFlow;

        await using var store = new SqliteSessionStore("agents.db");
        await using var runtime = new AgentRuntime(store);
        var session = await runtime.StartOrResumeAsync(new Refund(), 99.50m, new() { Id = "refund-7" });
        var state = await session.WaitAsync();
        Console.WriteLine(state);
        if (args is ["approve"])
        {
            await session.ApproveAsync(true, new() { Sender = "a person" });
            Console.WriteLine(await session.Result);
        }

        [Agent]
        internal sealed partial class Refund
        {
            [Action] private static Claim Check([Input] decimal amount) => new(amount);

            [Signal(Timeout = "3.00:00:00"), Fallback(nameof(Refuse))] private partial Task<bool> Approve(Claim claim);

            private static bool Refuse() => false;

            [Action(Effect = Effect.AtMostOnce)] private static string Pay(Claim claim, bool approve) => approve ? $"paid {claim.Amount}" : "refused";
        }

        internal sealed record Claim(decimal Amount);
        """;

    [Fact]
    public Task A_trimmed_program_resumes_a_session_of_another_process() => RunAsync("trimmedsql", "<PublishTrimmed>true</PublishTrimmed><SelfContained>true</SelfContained>");

    [Fact]
    public async Task A_program_that_is_compiled_ahead_resumes_a_session_of_another_process()
    {
        var linker = await LinkerAsync();
        Assert.SkipWhen(linker is null && Environment.GetEnvironmentVariable("AGENTFLOW_REQUIRE_SERVERS") is null, "Neither clang nor gcc is on this machine.");
        await RunAsync("aheadsql", $"<PublishAot>true</PublishAot><StripSymbols>false</StripSymbols>{(linker == "gcc" ? "<CppCompilerAndLinker>gcc</CppCompilerAndLinker>" : "")}");
    }

    private async Task RunAsync(string name, string properties)
    {
        var project = feed.CreateProject(
            name,
            Program,
            $"<RuntimeIdentifier>{RuntimeInformation.RuntimeIdentifier}</RuntimeIdentifier>{properties}<TrimmerSingleWarn>false</TrimmerSingleWarn><JsonSerializerIsReflectionEnabledByDefault>false</JsonSerializerIsReflectionEnabledByDefault>",
            "AgentFlow.Sqlite",
            "SQLitePCLRaw.bundle_e_sqlite3/" + Feed.PinnedVersionOf("SQLitePCLRaw.bundle_e_sqlite3"));
        var publish = await Dotnet.RunAsync(project, "publish", "-v:q", "-nologo", "-o", "published");
        Assert.True(publish.ExitCode == 0, publish.Output);
        Assert.DoesNotContain("warning", publish.Output, StringComparison.Ordinal);

        var program = Path.Combine(project, "published", OperatingSystem.IsWindows() ? name + ".exe" : name);
        Assert.Equal((0, "Suspended"), await Trimmed(Dotnet.StartAsync(program, project)));
        Assert.Equal((0, "Suspended" + Environment.NewLine + "paid 99.50"), await Trimmed(Dotnet.StartAsync(program, project, "approve")));
        Assert.Equal((0, "Completed"), await Trimmed(Dotnet.StartAsync(program, project)));
    }

    private static async Task<(int Code, string Output)> Trimmed(Task<(int ExitCode, string Output)> run) => (await run) is var (code, output) ? (code, output.Trim()) : default;

    private static async Task<string?> LinkerAsync()
    {
        foreach (var linker in (string[])["clang", "gcc"])
        {
            try
            {
                if ((await Dotnet.StartAsync(linker, Dotnet.Root, "--version")).ExitCode == 0)
                {
                    return linker;
                }
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // Not installed: the next one.
            }
        }

        return null;
    }
}
