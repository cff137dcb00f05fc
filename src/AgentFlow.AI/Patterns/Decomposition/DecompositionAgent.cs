using System.ComponentModel;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>
/// Divides a task into subtasks, solves them in parallel, each as an agent of its own that may divide again, and puts the solutions together. The depth is bounded. In a session each
/// subtask is a child session.
/// </summary>
/// <param name="model">Divides, solves and puts together.</param>
/// <param name="options">How it works. Default: <see cref="DecompositionOptions.Default"/>.</param>
[Agent(Name = "Decomposition")]
public sealed partial class DecompositionAgent(IChatClient model, DecompositionOptions? options = null)
{
    private readonly IChatClient _model = model ?? throw new ArgumentNullException(nameof(model));
    private readonly DecompositionOptions _options = options ?? DecompositionOptions.Default;

    /// <summary>Solves a task from the beginning.</summary>
    /// <param name="task">The task.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>The solution.</returns>
    public ValueTask<string> SolveAsync(string task, CancellationToken cancellationToken = default) => RunAsync(task, 0, cancellationToken);

    [Action(Type = ActionType.Llm)]
    private async Task<string[]> Divide([Input] string task, [Input] int depth, ActionContext context, CancellationToken cancellationToken)
    {
        if (depth >= _options.MaxDepth)
        {
            return [];
        }

        var list = await context.AskAsync(_model, [new(ChatRole.System, _options.Division), new(ChatRole.User, task)], PatternJson.Default.SubtaskList, cancellationToken: cancellationToken).ConfigureAwait(false);
        return [.. list.Subtasks.Where(static subtask => !string.IsNullOrWhiteSpace(subtask)).Take(_options.MaxSubtasks)];
    }

    private static bool IsDivided(string[] divide) => divide.Length > 0;

    private static bool IsWhole(string[] divide) => divide.Length == 0;

    [Action(Type = ActionType.Llm), When(nameof(IsWhole))]
    private async Task<string> Solve([Input] string task, [From(nameof(Divide))] string[] divide, ActionContext context, CancellationToken cancellationToken)
    {
        _ = divide;
        return (await context.AskAsync(_model, [new(ChatRole.System, _options.Solution), new(ChatRole.User, task)], cancellationToken: cancellationToken).ConfigureAwait(false)).Text;
    }

    [Action(Type = ActionType.Agent), When(nameof(IsDivided)), ForEach(nameof(Divide), MaxParallel = 8)]
    private async Task<string> SolvePart([Item] string subtask, [Input] int depth, ActionContext context, CancellationToken cancellationToken) =>
        await context.RunChildAsync(this, (subtask, depth + 1), cancellationToken).ConfigureAwait(false);

    [Action(Type = ActionType.Llm)]
    private async Task<string> Join([Input] string task, [From(nameof(Divide))] string[] subtasks, [From(nameof(SolvePart))] string[] solutions, ActionContext context, CancellationToken cancellationToken)
    {
        var parts = string.Join("\n\n", subtasks.Zip(solutions, static (subtask, solution) => $"Subtask: {subtask}\nSolution: {solution}"));
        return (await context.AskAsync(_model, [new(ChatRole.System, _options.Synthesis), new(ChatRole.User, $"Task: {task}\n\n{parts}")], cancellationToken: cancellationToken).ConfigureAwait(false)).Text;
    }

    [Action(Effect = Effect.None), Result]
    private static string Finish([From(nameof(Join), nameof(Solve))] string solution) => solution;
}

/// <summary>What a task is divided into.</summary>
/// <param name="Subtasks">The subtasks; none if it is better done in one go.</param>
internal sealed record SubtaskList([property: Description("The subtasks; empty if the task is better done in one go.")] string[] Subtasks);
