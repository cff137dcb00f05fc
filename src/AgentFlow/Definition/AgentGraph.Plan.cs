using System.Globalization;
using System.Text;
using System.Text.Json;

namespace AgentFlow;

public sealed partial class AgentGraph
{
    private const int RuleWidth = 70;

    /// <summary>Writes the plan for people: totals, types, modes, estimates, and the actions of each wave.</summary>
    /// <returns>The text, lines ended by <c>\n</c>.</returns>
    public string ToPlan()
    {
        var text = new StringBuilder();
        text.Append("📋 Execution Plan Analysis\n").Append('-', RuleWidth).Append('\n');
        text.Append(CultureInfo.InvariantCulture, $"Agent: {JsonNamingPolicy.SnakeCaseLower.ConvertName(Title)}\n");
        text.Append(CultureInfo.InvariantCulture, $"Total Actions: {Actions.Count}\n");
        text.Append(CultureInfo.InvariantCulture, $"Max Parallel: {(MaxParallel == 0 ? "unlimited" : MaxParallel)}\n\n");
        AppendCounts(text, "Actions by Type", static a => a.Type.ToString());
        AppendCounts(text, "Actions by Mode", static a => a.Mode.ToString());
        AppendEstimates(text);
        text.Append("📊 Execution Dependency Graph\n").Append('-', RuleWidth).Append('\n');
        for (var i = 0; i < Waves.Count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n🌊 Wave {i + 1} (can run in parallel):\n");
            foreach (var action in Waves[i])
            {
                text.Append(CultureInfo.InvariantCulture, $"  {Icon(action.Type)} {Icon(action.Mode)} {action.Title}");
                text.Append(action.Estimate is { } estimate ? $" [{Seconds(estimate)}]\n" : "\n");
            }
        }

        return text.ToString();
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture) + "s";

    private static string Icon(ActionType type) => type switch
    {
        ActionType.Agent => "🤖",
        ActionType.Llm => "🧠",
        ActionType.Relic => "🏺",
        ActionType.Workflow => "🧩",
        _ => "🔧",
    };

    private static string Icon(ActionMode mode) => mode switch
    {
        ActionMode.Sync => "⏸️ ",
        ActionMode.FireAndForget => "🔥",
        _ => "🔄",
    };

    private void AppendCounts(StringBuilder text, string title, Func<ActionNode, string> key)
    {
        text.Append(CultureInfo.InvariantCulture, $"{title}:\n");
        foreach (var group in Actions.GroupBy(key).OrderByDescending(static g => g.Count()).ThenBy(static g => g.First().Index))
        {
            text.Append(CultureInfo.InvariantCulture, $"  • {JsonNamingPolicy.SnakeCaseLower.ConvertName(group.Key)}: {group.Count()}\n");
        }

        text.Append('\n');
    }

    private void AppendEstimates(StringBuilder text)
    {
        text.Append("Execution Estimates:\n");
        if (SequentialEstimate is { } sequential && ParallelEstimate is { } parallel)
        {
            text.Append(CultureInfo.InvariantCulture, $"  • Sequential execution: ~{Seconds(sequential)}\n");
            text.Append(CultureInfo.InvariantCulture, $"  • Parallel execution: ~{Seconds(parallel)}\n");
            text.Append(CultureInfo.InvariantCulture, $"  • Speedup: {Speedup:0.0}x\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"  • Execution waves: {Waves.Count}\n\n");
    }
}
