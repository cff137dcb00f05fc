using System.ComponentModel;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>
/// Divides a task into subtasks, solves them in parallel, each as an agent of its own that may divide again, and puts the solutions together. The depth is bounded. In a session each
/// subtask is a child session. The tokens are shared out: a subtask has an equal part of what is left once it is known; and so is the time: subtasks have three quarters of what is left
/// then. A subtask for which nothing is left is left out, and the result says so.
/// </summary>
/// <param name="model">Divides, solves and puts together.</param>
/// <param name="options">How it works. Default: <see cref="DecompositionOptions.Default"/>.</param>
[Agent(Name = "Decomposition")]
public sealed partial class DecompositionAgent(IChatClient model, DecompositionOptions? options = null)
{
    private const double ShareOfDivision = 0.25;
    private const double ShareOfParts = 0.75;

    private readonly IChatClient _model = model ?? throw new ArgumentNullException(nameof(model));
    private readonly DecompositionOptions _options = options ?? DecompositionOptions.Default;

    /// <summary>Solves a task from the beginning.</summary>
    /// <param name="task">The task.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>The solution.</returns>
    public ValueTask<DecompositionResult> SolveAsync(string task, CancellationToken cancellationToken = default) => RunAsync(new DecompositionTask(task), cancellationToken);

    /// <summary>The task with what it may take.</summary>
    [Action]
    private DecompositionTask Begin([Input] DecompositionTask task, ActionContext context) =>
        task with { Tokens = task.Tokens ?? _options.MaxTokens, Deadline = task.Deadline ?? _options.DeadlineFrom(context) };

    /// <summary>The subtasks, each with its share; none if it is better done in one go, or nothing would be left for them.</summary>
    [Action(Type = ActionType.Llm)]
    private async Task<DecompositionTask[]> Divide([From(nameof(Begin))] DecompositionTask whole, ActionContext context, CancellationToken cancellationToken)
    {
        if (whole.Depth >= _options.MaxDepth)
        {
            return [];
        }

        ChatMessage[] messages = [new(ChatRole.System, _options.Division), new(ChatRole.User, whole.Text)];
        var (_, list) = await TimeLimit.RunAsync(
            TimeLimit.Share(whole.Deadline, ShareOfDivision, context),
            context,
            token => context.AskAsync(_model, messages, PatternJson.Default.SubtaskList, cancellationToken: token),
            cancellationToken).ConfigureAwait(false);
        string[] subtasks = [.. (list?.Subtasks ?? []).Where(static subtask => !string.IsNullOrWhiteSpace(subtask)).Take(_options.MaxSubtasks)];

        // One share is for putting the solutions together.
        var tokens = (whole.Tokens - context.Usage.Tokens) / (subtasks.Length + 1);
        var deadline = TimeLimit.Share(whole.Deadline, ShareOfParts, context);
        return tokens <= 0 ? [] : [.. subtasks.Select(subtask => new DecompositionTask(subtask, whole.Depth + 1, tokens, deadline))];
    }

    private static bool IsDivided(DecompositionTask[] divide) => divide.Length > 0;

    private static bool IsWhole(DecompositionTask[] divide) => divide.Length == 0;

    [Action(Type = ActionType.Llm), When(nameof(IsWhole))]
    private async Task<DecompositionResult> Solve([From(nameof(Begin))] DecompositionTask whole, ActionContext context, CancellationToken cancellationToken)
    {
        ChatMessage[] messages = [new(ChatRole.System, _options.Solution), new(ChatRole.User, whole.Text)];
        var (_, response) = await TimeLimit.RunAsync(
            _options.AnswerEnd(whole.Deadline, whole.Deadline, context), context, token => context.AskAsync(_model, messages, cancellationToken: token), cancellationToken).ConfigureAwait(false);
        return response is not null ? new(response.Answered(), [], PatternLimit.None)
            : whole.Depth > 0 ? NotDone(whole)
            : throw _options.NothingInTime();
    }

    [Action(Type = ActionType.Agent), When(nameof(IsDivided)), ForEach(nameof(Divide), MaxParallel = 8)]
    private async Task<DecompositionResult> SolvePart([Item] DecompositionTask part, ActionContext context, CancellationToken cancellationToken) =>
        TimeLimit.IsOver(part.Deadline, context) ? NotDone(part) : await context.RunChildAsync(this, part, cancellationToken).ConfigureAwait(false);

    [Action(Type = ActionType.Llm)]
    private async Task<DecompositionResult> Join(
        [From(nameof(Begin))] DecompositionTask whole, [From(nameof(Divide))] DecompositionTask[] parts, [From(nameof(SolvePart))] DecompositionResult[] solutions, ActionContext context, CancellationToken cancellationToken)
    {
        string[] leftOut = [.. solutions.SelectMany(static solution => solution.LeftOut)];
        if (solutions.All(static solution => solution.Text.Length == 0))
        {
            return whole.Depth > 0 ? NotDone(whole) : throw _options.NothingInTime();
        }

        var shown = string.Join("\n\n", parts.Zip(solutions, static (part, solution) => $"Subtask: {part.Text}\nSolution: {(solution.Text.Length > 0 ? solution.Text : "(not done: there was no time)")}"));
        ChatMessage[] messages = [new(ChatRole.System, _options.Synthesis), new(ChatRole.User, $"Task: {whole.Text}\n\n{shown}")];
        var (inTime, response) = await TimeLimit.RunAsync(
            _options.AnswerEnd(whole.Deadline, whole.Deadline, context), context, token => context.AskAsync(_model, messages, cancellationToken: token), cancellationToken).ConfigureAwait(false);
        return new(response?.Answered() ?? shown, leftOut, inTime && leftOut.Length == 0 ? PatternLimit.None : PatternLimit.Time);
    }

    [Action(Effect = Effect.None), Result]
    private static DecompositionResult Finish([From(nameof(Join), nameof(Solve))] DecompositionResult solution) => solution;

    private static DecompositionResult NotDone(DecompositionTask task) => new("", [task.Text], PatternLimit.Time);
}

/// <summary>What a task is divided into.</summary>
/// <param name="Subtasks">The subtasks; none if it is better done in one go.</param>
internal sealed record SubtaskList([property: Description("The subtasks; empty if the task is better done in one go.")] string[] Subtasks);
