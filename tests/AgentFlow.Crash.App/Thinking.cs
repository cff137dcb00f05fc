using System.ComponentModel;
using AgentFlow.AI;
using Microsoft.Extensions.AI;

namespace AgentFlow.Crash;

/// <summary>The patterns, each with a model behind an endpoint, in a session kept by SQLite.</summary>
public static class Thinking
{
    public static IReadOnlyList<string> Patterns { get; } = ["react", "refinement", "reflexion", "chain", "decomposition", "plan", "goals", "planning"];

    /// <summary>Goes on with the session, or starts it, to its end.</summary>
    /// <returns>The result, as text.</returns>
    public static async Task<string> RunAsync(string pattern, string folder, Uri endpoint)
    {
        await using var store = new SqliteSessionStore(Path.Combine(folder, "sessions.db"));
        await using var runtime = new AgentRuntime(store, new() { Owner = "thinking", PollInterval = TimeSpan.FromMilliseconds(20) });
        using var model = new OpenAIChatClient(new OpenAIModelOptions { Model = "scripted", Endpoint = endpoint });
        var notes = new Notes(Path.Combine(folder, "notes.txt"));
        return pattern switch
        {
            "react" => (await LiveAsync(new ReActAgent(model, new ToolRegistry().AddRange(notes.Tools)), "task")).Text,
            "refinement" => (await LiveAsync(new RefinementAgent(model, model), "task")).Text,
            "reflexion" => (await LiveAsync(new ReflexionAgent(model, static (_, attempt, _) => new(new Evaluation(attempt == "right", "wrong"))), "task")).Text,
            "chain" => (await LiveAsync(new ChainOfThoughtAgent(model, model), "task")).Text,
            "decomposition" => (await LiveAsync(new DecompositionAgent(model), new DecompositionTask("whole"))).Text,
            "plan" => (await LiveAsync(new PlanAndExecuteAgent(model, new PlanCatalog().AddTools(notes.Tools).AddModel("writer", model)), "task")).Result?.GetRawText() ?? "none",
            "goals" => string.Join(' ', (await LiveAsync(new GoalAgent((turn, context, ct) => PursueAsync(model, turn, context, ct)), Goals())).Outputs.Values),
            "planning" => string.Join(' ', (await LiveAsync(new PlanningAgent(new ForwardPlanner(), Table.Domain, Table.Objects, new Table(model, folder)), new PlanningRequest("on(a, b)", "on(b, c)"))).Steps.Select(static step => $"{step.Step}: {step.Outcome}")),
            _ => throw new ArgumentException($"There is no pattern '{pattern}'.", nameof(pattern)),
        };

        async Task<TResult> LiveAsync<TSelf, TInput, TResult>(IDurableAgent<TSelf, TInput, TResult> agent, TInput input)
            where TSelf : IDurableAgent<TSelf, TInput, TResult> =>
            await (await runtime.StartOrResumeAsync(agent, input, new() { Id = "s" })).Result;
    }

    private static GoalStackSnapshot Goals()
    {
        var stack = new GoalStack(new Dictionary<string, int> { ["oven"] = 1 });
        stack.Push(new Goal("buy"), new Goal("bake") { DependsOn = ["buy"], Resources = new Dictionary<string, int> { ["oven"] = 1 } });
        return stack.Capture();
    }

    /// <summary>Asks the model; what has a subgoal waits for it.</summary>
    private static async ValueTask<GoalWork> PursueAsync(OpenAIChatClient model, GoalTurn turn, ActionContext context, CancellationToken cancellationToken)
    {
        var known = string.Join(", ", turn.Outputs.OrderBy(static output => output.Key, StringComparer.Ordinal).Select(static output => output.Value));
        var answer = await context.AskAsync(model, [new ChatMessage(ChatRole.User, $"{turn.Goal} with: {known}")], cancellationToken: cancellationToken);
        return answer.Text == "a recipe first" ? GoalWork.Waits(new Goal("find a recipe")) : GoalWork.Reached(answer.Text);
    }
}

/// <summary>Tools whose calls leave a trace on the disk.</summary>
public sealed partial class Notes(string path)
{
    private readonly Lock _gate = new();

    [Tool(Effect = Effect.AtMostOnce, Approval = ApprovalPolicy.NotRequired), Description("Takes a note.")]
    private string Note([Description("The note")] string text)
    {
        lock (_gate)
        {
            using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read);
            file.Write(System.Text.Encoding.UTF8.GetBytes(text + "\n"));
            file.Flush(flushToDisk: true);
        }

        return "noted " + text;
    }

    [Tool(Effect = Effect.None), Description("Fails.")]
    private static string Fail() => throw new InvalidOperationException("no");
}
