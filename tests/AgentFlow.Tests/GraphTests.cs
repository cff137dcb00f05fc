using System.Text.Json;

namespace AgentFlow.Tests;

public class GraphTests
{
    [Xunit.Fact]
    public void The_plan_reads_as_in_the_protocols_document()
    {
        const string Expected = """
            📋 Execution Plan Analysis
            ----------------------------------------------------------------------
            Agent: research_assistant
            Total Actions: 10
            Max Parallel: 4

            Actions by Type:
              • tool: 7
              • agent: 1
              • llm: 1
              • relic: 1

            Actions by Mode:
              • async: 7
              • sync: 2
              • fire_and_forget: 1

            Execution Estimates:
              • Sequential execution: ~330s
              • Parallel execution: ~240s
              • Speedup: 1.4x
              • Execution waves: 5

            📊 Execution Dependency Graph
            ----------------------------------------------------------------------

            🌊 Wave 1 (can run in parallel):
              🔧 🔄 Fetch Wikipedia Article [30s]
              🔧 🔄 Search arXiv Papers [30s]
              🔧 🔄 Fetch Recent AI News [20s]

            🌊 Wave 2 (can run in parallel):
              🔧 🔄 Extract Key Facts from Wikipedia [15s]
              🤖 🔄 Summarize Research Papers [60s]

            🌊 Wave 3 (can run in parallel):
              🧠 ⏸️  Synthesize Comprehensive Report [120s]

            🌊 Wave 4 (can run in parallel):
              🏺 🔥 Cache Report in Database [10s]
              🔧 🔄 Run Quality Checks [20s]
              🔧 🔄 Generate Citations [15s]

            🌊 Wave 5 (can run in parallel):
              🔧 ⏸️  Finalize Report with Metadata [10s]

            """;
        Assert.Equal(Expected.ReplaceLineEndings("\n"), ProtocolAgent.Graph.ToPlan());
    }

    [Xunit.Fact]
    public void The_critical_path_is_the_longest_by_estimates()
    {
        Assert.Equal(["SearchArxiv", "Summarize", "Synthesize", "CheckQuality", "Finish"], ProtocolAgent.Graph.CriticalPath.Select(a => a.Name));
        Assert.Equal(TimeSpan.FromSeconds(330), ProtocolAgent.Graph.SequentialEstimate);
        Assert.Equal(TimeSpan.FromSeconds(240), ProtocolAgent.Graph.ParallelEstimate);
        Assert.Null(Chain.Graph.SequentialEstimate);
    }

    [Xunit.Fact]
    public void Mermaid_and_dot_draw_every_kind_of_edge()
    {
        Assert.Equal(
            """
            flowchart TD
                a0["Score"]
                a1{{"High"}}
                a2{{"Low"}}
                a3(["Merge"])
                a0 -->|"int"| a1
                a0 -->|"int"| a2
                a1 -. merge .-> a3
                a2 -. merge .-> a3

            """.ReplaceLineEndings("\n"),
            Branches.Graph.ToMermaid());
        Assert.Contains("a0 -> a0 [style=dashed, constraint=false, label=\"previous\"];", CountingLoop.Graph.ToDot(), StringComparison.Ordinal);
        Assert.StartsWith("digraph \"Branches\" {\n", Branches.Graph.ToDot(), StringComparison.Ordinal);
    }

    [Xunit.Fact]
    public void Json_states_actions_edges_waves_and_the_critical_path()
    {
        using var json = JsonDocument.Parse(ProtocolAgent.Graph.ToJson());
        Assert.Equal("ResearchAssistant", json.RootElement.GetProperty("name").GetString());
        Assert.Equal(10, json.RootElement.GetProperty("actions").GetArrayLength());
        Assert.Equal(5, json.RootElement.GetProperty("waves").GetArrayLength());
        Assert.Equal("fire_and_forget", json.RootElement.GetProperty("actions")[6].GetProperty("mode").GetString());
        Assert.Equal(11, json.RootElement.GetProperty("edges").GetArrayLength());
    }

    [Xunit.Fact]
    public void A_cycle_or_a_wrong_index_is_refused()
    {
        ActionNode[] actions = [new(0, "A"), new(1, "B")];
        var cycle = Assert.Throws<ArgumentException>(() => new AgentGraph("x", actions, [new(0, 1, DependencyKind.Order), new(1, 0, DependencyKind.Order)]));
        Assert.Contains("A, B", cycle.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new AgentGraph("x", actions, [new(0, 2, DependencyKind.Order)]));
        Assert.Throws<ArgumentException>(() => new AgentGraph("x", [new(1, "A")], []));
    }

    [Xunit.Fact]
    public async Task Code_can_be_generic_over_agents()
    {
        Assert.Equal((2L, 3), await RunAsync<Chain, int, long>(new Chain(), 0));
        Assert.Equal((new Unit(), 3), await RunAsync<Alone, Unit, Unit>(new Alone(new ParallelismMeter()), default));
        Assert.Equal((1, 1), await RunAsync<Cached, (string text, int number), int>(new Cached(), ("a", 1)));

        static async Task<(TResult, int)> RunAsync<TAgent, TInput, TResult>(TAgent agent, TInput input)
            where TAgent : IAgent<TAgent, TInput, TResult> => (await agent.RunAsync(input, RunOptions.Default, TestContext.Current.CancellationToken), TAgent.Graph.Actions.Count);
    }
}

/// <summary>The agent of the protocol's document, with its titles, estimates, types and modes.</summary>
[Agent(Name = "ResearchAssistant", MaxParallel = 4)]
public sealed partial class ProtocolAgent
{
    [Action(Title = "Fetch Wikipedia Article", Estimate = "00:00:30")]
    private static Article FetchWiki([Input] string topic) => new(topic);

    [Action(Title = "Search arXiv Papers", Estimate = "00:00:30")]
    private static Paper[] SearchArxiv([Input] string topic) => [new(topic)];

    [Action(Title = "Fetch Recent AI News", Estimate = "00:00:20")]
    private static Headline[] FetchNews([Input] string topic) => [new(topic)];

    [Action(Title = "Extract Key Facts from Wikipedia", Estimate = "00:00:15")]
    private static Fact[] ExtractFacts(Article article) => [new(article.Text)];

    [Action(Title = "Summarize Research Papers", Type = ActionType.Agent, Estimate = "00:01:00")]
    private static Digest Summarize(Paper[] papers) => new(papers[0].Title);

    [Action(Title = "Synthesize Comprehensive Report", Type = ActionType.Llm, Mode = ActionMode.Sync, Estimate = "00:02:00")]
    private static Report Synthesize(Fact[] facts, Digest digest, Headline[] news) => new(digest.Text);

    [Action(Title = "Cache Report in Database", Type = ActionType.Relic, Mode = ActionMode.FireAndForget, Estimate = "00:00:10")]
    private static void CacheReport(Report report) => _ = report.Text;

    [Action(Title = "Run Quality Checks", Estimate = "00:00:20")]
    private static Quality CheckQuality(Report report) => new(report.Text.Length);

    [Action(Title = "Generate Citations", Estimate = "00:00:15")]
    private static Citation[] Cite(Report report) => [new(report.Text)];

    [Action(Title = "Finalize Report with Metadata", Mode = ActionMode.Sync, Estimate = "00:00:10")]
    private static FinalReport Finish(Report report, Quality quality, Citation[] citations) => new(report.Text);
}
