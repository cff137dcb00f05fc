using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>
/// Trial, evaluation, reflection, memory (Shinn et al. 2023, <i>Reflexion</i>): an attempt is evaluated; if it has failed, the model says why, and the next attempt is given the lessons.
/// </summary>
/// <param name="model">Tries and reflects.</param>
/// <param name="evaluate">Says whether an attempt has succeeded, and what was wrong: tests, a validator, a model.</param>
/// <param name="options">How it works. Default: <see cref="ReflexionOptions.Default"/>.</param>
[Agent(Name = "Reflexion", MaxIterations = TrialLimit)]
public sealed partial class ReflexionAgent(IChatClient model, Func<string, string, CancellationToken, ValueTask<Evaluation>> evaluate, ReflexionOptions? options = null)
{
    internal const int TrialLimit = 20;

    private readonly IChatClient _model = model ?? throw new ArgumentNullException(nameof(model));
    private readonly Func<string, string, CancellationToken, ValueTask<Evaluation>> _evaluate = evaluate ?? throw new ArgumentNullException(nameof(evaluate));
    private readonly ReflexionOptions _options = options ?? ReflexionOptions.Default;

    [Action(Type = ActionType.Llm)]
    private async Task<string> Try([Input] string task, [Previous(nameof(Remember))] string[]? lessons, ActionContext context, CancellationToken cancellationToken)
    {
        var known = lessons ?? [.. _options.Lessons];
        var memory = known.Length == 0 ? "" : $"\n\nLessons of earlier attempts:\n{string.Join('\n', known.Select(static lesson => "- " + lesson))}";
        return (await context.AskAsync(_model, [new(ChatRole.System, _options.Instructions + memory), new(ChatRole.User, task)], cancellationToken: cancellationToken).ConfigureAwait(false)).Text;
    }

    [Action]
    private async Task<Evaluation> Evaluate([Input] string task, [From(nameof(Try))] string attempt, CancellationToken cancellationToken) =>
        await _evaluate(task, attempt, cancellationToken).ConfigureAwait(false);

    private static bool HasFailed(Evaluation evaluate) => !evaluate.Succeeded;

    [Action(Type = ActionType.Llm), When(nameof(HasFailed))]
    private async Task<string> Reflect([Input] string task, [From(nameof(Try))] string attempt, Evaluation evaluate, ActionContext context, CancellationToken cancellationToken)
    {
        var messages = new ChatMessage[] { new(ChatRole.System, _options.Reflection), new(ChatRole.User, $"Task:\n{task}\n\nAttempt:\n{attempt}\n\nWhat was wrong:\n{evaluate.Feedback}") };
        var lesson = (await context.AskAsync(_model, messages, cancellationToken: cancellationToken).ConfigureAwait(false)).Text;
        await context.EmitThoughtAsync(lesson).ConfigureAwait(false);
        return lesson;
    }

    [Action(Effect = Effect.None)]
    private string[] Remember([From(nameof(Reflect))] string? lesson, [Previous(nameof(Remember))] string[]? lessons)
    {
        string[] known = [.. lessons ?? [.. _options.Lessons], .. lesson is null ? Array.Empty<string>() : [lesson]];
        return known[Math.Max(0, known.Length - _options.MaxLessons)..];
    }

    [Action(Effect = Effect.None), Result]
    private ReflexionResult Report([From(nameof(Try))] string attempt, Evaluation evaluate, [From(nameof(Remember))] string[] lessons, ActionContext context) =>
        new(attempt, evaluate.Succeeded, context.Iteration, lessons, evaluate.Succeeded || context.Iteration >= _options.MaxTrials);

    [Until]
    private static bool IsDone(ReflexionResult report) => report.IsDone;
}

/// <summary>Whether an attempt has succeeded.</summary>
/// <param name="Succeeded">Whether it has.</param>
/// <param name="Feedback">What was wrong, for whoever reflects.</param>
public sealed record Evaluation(bool Succeeded, string Feedback = "");

/// <summary>What a <see cref="ReflexionAgent"/> has come to.</summary>
/// <param name="Text">The last attempt.</param>
/// <param name="Succeeded">Whether it has succeeded.</param>
/// <param name="Trials">How many there were.</param>
/// <param name="Lessons">What was learnt: keep them for other sessions.</param>
/// <param name="IsDone">Whether there are no more trials.</param>
public sealed record ReflexionResult(string Text, bool Succeeded, int Trials, string[] Lessons, bool IsDone);
