using AgentFlow.AI;
using Microsoft.Extensions.AI;

namespace AgentFlow.Crash;

/// <summary>Three blocks on a table, on the disk. A model is asked how each is moved; a move that is made again by the same key is made once.</summary>
public sealed class Table(IChatClient model, string folder) : IPlanWorld
{
    private readonly string _moves = Path.Combine(folder, "notes.txt");

    public static PlanningDomain Domain { get; } = new(
    [
        new PlanningOperator("stack", "?x: block, ?y: block") { Preconditions = ["clear(?x)", "clear(?y)", "table(?x)", "?x != ?y"], Adds = ["on(?x, ?y)"], Deletes = ["clear(?y)", "table(?x)"] },
    ]);

    public static IReadOnlyDictionary<string, string> Objects { get; } = new Dictionary<string, string> { ["a"] = "block", ["b"] = "block", ["c"] = "block" };

    public ValueTask<IReadOnlySet<Fact>> ObserveAsync(ActionContext context, CancellationToken cancellationToken)
    {
        var state = Objects.Keys.SelectMany(static block => new[] { Fact.Of("clear", block), Fact.Of("table", block) }).ToHashSet();
        foreach (var move in Moves())
        {
            state.Add(Fact.Of("on", move[^2], move[^1]));
            state.Remove(Fact.Of("clear", move[^1]));
            state.Remove(Fact.Of("table", move[^2]));
        }

        return new(state);
    }

    public async ValueTask ExecuteAsync(PlanStep planStep, ActionContext context, CancellationToken cancellationToken)
    {
        await context.AskAsync(model, [new ChatMessage(ChatRole.User, planStep.Name)], cancellationToken: cancellationToken);
        if (Moves().All(move => move[0] != context.IdempotencyKey))
        {
            await File.AppendAllTextAsync(_moves, $"{context.IdempotencyKey} {string.Join(' ', planStep.Arguments)}\n", cancellationToken);
        }
    }

    private string[][] Moves() => File.Exists(_moves) ? [.. File.ReadAllLines(_moves).Select(static line => line.Split(' '))] : [];
}
