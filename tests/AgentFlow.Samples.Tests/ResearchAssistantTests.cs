using AgentFlow.Samples.Research.Reporting;
using AgentFlow.Samples.Research.Searching;
using AgentFlow.Samples.Research.Terminal;
using AgentFlow.Testing;
using Assistant = AgentFlow.Samples.Research.ResearchAssistant;

namespace AgentFlow.Samples.Tests;

public class ResearchAssistantTests
{
    [Fact]
    public async Task A_question_is_answered_with_file_line_and_commit()
    {
        using var scene = new Scene().WriteProject().Commit("Cut the power by thermostat\n\nThe thermostat was missing.");
        var (code, report, progress) = await scene.AskAsync("--folder", scene.Folder, "how does the thermostat cut the power");
        Assert.Equal(0, code);
        Assert.StartsWith("# How does the thermostat cut the power\n\n## In short\n\n", report, StringComparison.Ordinal);
        Assert.Contains("The thermostat cuts the power when the water boils dry.", report, StringComparison.Ordinal);
        Assert.Contains("README.md:7 — Kettle › Safety\n", report, StringComparison.Ordinal);
        Assert.Contains("src/Thermostat.cs:6 — Thermostat.HasTripped\n", report, StringComparison.Ordinal);
        Assert.Matches(@"\] commit [0-9a-f]{7,} \(\d{4}-\d\d-\d\d\) — Cut the power by thermostat\n", report);
        Assert.Contains("Good: ", report, StringComparison.Ordinal);
        Assert.DoesNotContain("somebody else", report, StringComparison.Ordinal);
        Assert.Contains("Finalize Report: done in ", progress, StringComparison.Ordinal);
        Assert.DoesNotContain("\e[", progress, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_without_a_repository_is_searched_all_the_same()
    {
        using var scene = new Scene().WriteProject();
        var (code, report, _) = await scene.AskAsync("thermostat", "power", $"--folder={scene.Folder}");
        Assert.Equal(0, code);
        Assert.Contains("README.md:7", report, StringComparison.Ordinal);
        Assert.Contains(" and 0 commits in ", report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_repository_that_git_refuses_is_a_note_and_no_failure()
    {
        using var scene = new Scene().WriteProject().Write(".git", "gitdir: nowhere");
        var (code, report, progress) = await scene.AskAsync("--folder", scene.Folder, "thermostat power");
        Assert.Equal(0, code);
        Assert.Contains("> The git history could not be searched.\n", report, StringComparison.Ordinal);
        Assert.Contains("README.md:7", report, StringComparison.Ordinal);
        Assert.Contains("Search Git History: ", progress, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_found_is_said()
    {
        using var scene = new Scene().WriteProject();
        var (code, report, _) = await scene.AskAsync("--folder", scene.Folder, "sourdough bread");
        Assert.Equal(0, code);
        Assert.Contains("Nothing relevant was found about “sourdough”, “bread”.", report, StringComparison.Ordinal);
        Assert.DoesNotContain("## Sources", report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_report_is_written_out_and_kept()
    {
        using var scene = new Scene().WriteProject();
        var target = Path.Combine(scene.Folder, "report.out");
        const string Question = "../thermostat | power\n";
        var (code, report, _) = await scene.AskAsync("--folder", scene.Folder, "--out", target, Question);
        Assert.Equal(0, code);
        Assert.Equal(report, await File.ReadAllTextAsync(target, TestContext.Current.CancellationToken));
        var kept = Assert.Single(Directory.GetFiles(scene.Cache));
        Assert.Matches("^[0-9a-f]{64}[.]md$", Path.GetFileName(kept));
        Assert.Equal(report, await File.ReadAllTextAsync(kept, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_cache_that_cannot_be_written_fails_nothing()
    {
        using var scene = new Scene().WriteProject().Write(".cache", "a file stands where the cache should be");
        Assert.Equal(0, (await scene.AskAsync("--folder", scene.Folder, "thermostat power")).Code);
    }

    [Theory]
    [InlineData("no question (--help says more)")]
    [InlineData("the question has no word to search for (--help says more)", "?!")]
    [InlineData("unknown option '--fast' (--help says more)", "--fast", "question")]
    [InlineData("folder '/no/such/folder' does not exist (--help says more)", "--folder", "/no/such/folder", "question")]
    [InlineData("option '--folder' needs a value (--help says more)", "question", "--folder")]
    [InlineData("unknown graph format 'svg': use mermaid, dot or json (--help says more)", "--graph=svg")]
    public async Task Wrong_usage_is_one_line_and_exit_code_2(string message, params string[] args)
    {
        using var scene = new Scene();
        Assert.Equal((2, "", $"error: {message}{Environment.NewLine}"), await scene.AskAsync(args));
    }

    [Fact]
    public async Task Help_and_graphs_are_printed()
    {
        using var scene = new Scene();
        Assert.Equal((0, CommandLine.Usage, ""), await scene.AskAsync("--help"));
        Assert.StartsWith("flowchart TD\n", (await scene.AskAsync("--graph")).Out, StringComparison.Ordinal);
        Assert.StartsWith("digraph ", (await scene.AskAsync("--graph", "dot")).Out, StringComparison.Ordinal);
        Assert.StartsWith("{\n", (await scene.AskAsync("--graph=json")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_plan_has_the_figures_of_the_protocols_document()
    {
        using var scene = new Scene();
        var (code, plan, _) = await scene.AskAsync("--plan");
        Assert.Equal(0, code);
        Assert.Equal(Assistant.Graph.ToPlan(), plan);
        foreach (var line in (string[])
            [
                "Agent: research_assistant", "Total Actions: 10", "Max Parallel: 4", "tool: 7", "agent: 1", "llm: 1", "relic: 1", "async: 7", "sync: 2",
                "fire_and_forget: 1", "Sequential execution: ~330s", "Parallel execution: ~240s", "Speedup: 1.4x", "Execution waves: 5",
            ])
        {
            Assert.Contains(line + "\n", plan, StringComparison.Ordinal);
        }

        Assert.Equal([3, 2, 1, 3, 1], Assistant.Graph.Waves.Select(w => w.Count));
    }

    [Fact]
    public async Task Progress_is_redrawn_in_place_on_a_terminal()
    {
        using var scene = new Scene().WriteProject();
        var error = new StringWriter();
        await new ResearchCommand(new StringWriter(), error, new ReportCache(scene.Cache), tableWidth: 40)
            .RunAsync(["--folder", scene.Folder, "thermostat"], TestContext.Current.CancellationToken);
        Assert.Contains("\e[10A", error.ToString(), StringComparison.Ordinal);
        Assert.All(error.ToString().Split('\n'), line => Assert.InRange(line.Replace("\e[10A", "", StringComparison.Ordinal).Replace("\e[K", "", StringComparison.Ordinal).Length, 0, 39));
    }

    [Fact]
    public async Task An_interrupted_run_ends_with_130()
    {
        using var scene = new Scene().WriteProject();
        var error = new StringWriter();
        var code = await new ResearchCommand(new StringWriter(), error, new ReportCache(scene.Cache)).RunAsync(["--folder", scene.Folder, "thermostat"], new CancellationToken(canceled: true));
        Assert.Equal((130, $"error: interrupted{Environment.NewLine}"), (code, error.ToString()));
    }

    [Fact]
    public async Task The_program_runs_as_its_user_runs_it()
    {
        using var scene = new Scene().WriteProject().Commit("Begin");
        var (code, report, progress) = await ProgramRun.OfAsync(typeof(Assistant), Path.Combine(scene.Folder, "docs"), "how", "does", "the", "thermostat", "work");
        Assert.Equal(0, code);
        Assert.Contains("docs/thermostat.md:3 — Thermostat\n", report, StringComparison.Ordinal);
        Assert.Contains("Synthesize Report: done", progress, StringComparison.Ordinal);
        Assert.Equal((2, "", "error: no question (--help says more)\n"), await ProgramRun.OfAsync(typeof(Assistant), scene.Folder));
    }

    [Fact]
    public async Task A_model_writes_the_answer_over_http()
    {
        using var scene = new Scene().WriteProject().Commit("Begin");
        await using var server = ChatServer.Start("The thermostat reads the sensor twice a second [1].");
        var (code, report, _) = await ProgramRun.WithModelAsync(typeof(Assistant), scene.Folder, server.Endpoint, "how", "does", "the", "thermostat", "work");
        Assert.Equal(0, code);
        Assert.StartsWith("# How does the thermostat work\n\n## Answer\n\nThe thermostat reads the sensor twice a second [1].\n\n## In short\n", report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_cites_wrongly_goes_back_and_is_not_believed_in_the_end()
    {
        using var scene = new Scene().WriteProject();
        using var mended = new ScriptedChatClient("It cuts the power.", "It cuts the power [99].", "It cuts\e[31m the power [1].");
        var (code, report, _) = await scene.AskAsync(mended, "--folder", scene.Folder, "how does the thermostat cut the power");
        Assert.Equal(0, code);
        Assert.Contains("## Answer\n\nIt cuts[31m the power [1].\n\n", report, StringComparison.Ordinal);
        Assert.Contains("cites nothing", mended.Requests[1].Text, StringComparison.Ordinal);
        Assert.Contains("[99]", mended.Requests[2].Text, StringComparison.Ordinal);
        Assert.Contains("The thermostat cuts the power when the water boils dry.", mended.Requests[0].Text, StringComparison.Ordinal);

        using var stubborn = new ScriptedChatClient(static _ => "Trust me.");
        (code, report, _) = await scene.AskAsync(stubborn, "--folder", scene.Folder, "how does the thermostat cut the power");
        Assert.Equal((0, 3), (code, stubborn.Requests.Count));
        Assert.DoesNotContain("## Answer", report, StringComparison.Ordinal);
        Assert.Contains("> A model was asked to write the answer, and was not believed: one of its paragraphs cites nothing.\n", report, StringComparison.Ordinal);
        Assert.Contains("The thermostat cuts the power when the water boils dry.", report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_fails_costs_no_report()
    {
        using var scene = new Scene().WriteProject();
        using var broken = new ScriptedChatClient(ScriptedReply.Fail(ScriptedFault.Status(401)));
        var (code, report, _) = await scene.AskAsync(broken, "--folder", scene.Folder, "how does the thermostat cut the power");
        Assert.Equal(0, code);
        Assert.Contains("> The language model could not be asked (ModelException).\n", report, StringComparison.Ordinal);
        Assert.Contains("README.md:7", report, StringComparison.Ordinal);
    }
}
