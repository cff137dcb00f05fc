using System.ComponentModel;
using System.Text.Json.Serialization;
using AgentFlow.AI;
using Microsoft.Extensions.AI;

namespace AgentFlow.Crash;

/// <summary>The patterns, each with a model behind an endpoint, in a session kept by SQLite.</summary>
public static class Thinking
{
    public static IReadOnlyList<string> Patterns { get; } = ["react", "refinement", "reflexion", "chain", "decomposition", "plan", "goals", "planning", "reactive", "events"];

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
            "events" => await HandleAsync(runtime, model, Path.Combine(folder, "published.txt")),
            "reactive" => (await LiveAsync(Reactive(model), "task")).Text,
            _ => throw new ArgumentException($"There is no pattern '{pattern}'.", nameof(pattern)),
        };

        // Publishes from where it was when it died, and reads what has come of all.
        static async Task<string> HandleAsync(AgentRuntime runtime, IChatClient model, string published)
        {
            var agent = new DurableEventAgent(runtime, "readings", new() { Lanes = 2, EventsPerSession = 2 }).On(
                "reading",
                ReadingJson.Default.Reading,
                ReadingJson.Default.String,
                async (e, context, token) => (await context.Action.AskAsync(model, [new(ChatRole.System, "Comment on the reading."), new(ChatRole.User, $"{e.Source}{e.Number}")], cancellationToken: token)).Text,
                static e => e.Source);
            await agent.StartAsync();
            for (var i = File.Exists(published) ? File.ReadAllLines(published).Length : 0; i < Reading.All.Count; i++)
            {
                await agent.PublishAsync(Reading.All[i], $"r{i}");
                await File.AppendAllTextAsync(published, "\n");
            }

            var comments = new List<DurableEventOutcome>();
            await foreach (var outcome in agent.ReadOutcomesAsync())
            {
                if (outcome.Status != DurableEventStatus.Duplicate)
                {
                    comments.Add(outcome);
                }

                if (comments.Count == Reading.All.Count)
                {
                    break;
                }
            }

            await agent.StopAsync();
            return string.Join("; ", comments.GroupBy(static comment => comment.Key).OrderBy(static group => group.Key).Select(static group => string.Join(' ', group.Select(static comment => comment.Response))));
        }

        static ReactiveAgent Reactive(IChatClient model) => new(new()
        {
            Handlers = [new("work", async (request, context, token) => (await context.AskAsync(model, [new(ChatRole.System, "Do the work."), new(ChatRole.User, request.Text)], cancellationToken: token)).Text)],
            Default = static (_, _, _) => new("unknown"),
            Classifier = async (text, context, token) => new((await context.AskAsync(model, [new(ChatRole.System, "Classify the request."), new(ChatRole.User, text)], cancellationToken: token)).Text, 1, []),
        });

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

/// <summary>An event of one of several sources.</summary>
public sealed record Reading(string Source, int Number)
{
    /// <summary>Those that there are, in the order in which they are published.</summary>
    public static IReadOnlyList<Reading> All { get; } = [.. Enumerable.Range(0, 8).Select(static i => new Reading("abc"[i % 3].ToString(), i))];
}

[JsonSerializable(typeof(Reading))]
[JsonSerializable(typeof(string))]
internal sealed partial class ReadingJson : JsonSerializerContext;

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
