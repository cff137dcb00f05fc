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
    private async Task<Trial> Try([Input] string task, [Previous(nameof(Remember))] string[]? lessons, [Previous(nameof(Try))] Trial? before, ActionContext context, CancellationToken cancellationToken)
    {
        var deadline = before is null ? _options.DeadlineFrom(context) : before.Deadline;
        var known = lessons ?? [.. _options.Lessons];
        var memory = known.Length == 0 ? "" : $"\n\nLessons of earlier attempts:\n{string.Join('\n', known.Select(static lesson => "- " + lesson))}";
        ChatMessage[] messages = [new(ChatRole.System, _options.Instructions + memory), new(ChatRole.User, task)];
        var (_, response) = await TimeLimit.RunAsync(deadline, context, token => context.AskAsync(_model, messages, cancellationToken: token), cancellationToken).ConfigureAwait(false);
        return response is null && before is null ? throw _options.NothingInTime() : new Trial(response?.Answered(), deadline);
    }

    [Action]
    private async Task<Evaluation?> Evaluate([Input] string task, [From(nameof(Try))] Trial attempt, ActionContext context, CancellationToken cancellationToken) =>
        attempt.Text is { } text ? (await TimeLimit.RunAsync(attempt.Deadline, context, token => _evaluate(task, text, token), cancellationToken).ConfigureAwait(false)).Value : null;

    private static bool HasFailed(Evaluation? evaluate) => evaluate is { Succeeded: false };

    [Action(Type = ActionType.Llm), When(nameof(HasFailed))]
    private async Task<string?> Reflect([Input] string task, [From(nameof(Try))] Trial attempt, [From(nameof(Evaluate))] Evaluation? evaluation, ActionContext context, CancellationToken cancellationToken)
    {
        ChatMessage[] messages = [new(ChatRole.System, _options.Reflection), new(ChatRole.User, $"Task:\n{task}\n\nAttempt:\n{attempt.Text}\n\nWhat was wrong:\n{evaluation!.Feedback}")];
        var (_, response) = await TimeLimit.RunAsync(attempt.Deadline, context, token => context.AskAsync(_model, messages, cancellationToken: token), cancellationToken).ConfigureAwait(false);
        var lesson = response?.Said();
        if (lesson is not null)
        {
            await context.EmitThoughtAsync(lesson).ConfigureAwait(false);
        }

        return lesson;
    }

    [Action(Effect = Effect.None)]
    private string[] Remember([From(nameof(Reflect))] string? lesson, [Previous(nameof(Remember))] string[]? lessons)
    {
        string[] known = [.. lessons ?? [.. _options.Lessons], .. lesson is null ? Array.Empty<string>() : [lesson]];
        return known[Math.Max(0, known.Length - _options.MaxLessons)..];
    }

    [Action(Effect = Effect.None), Result]
    private ReflexionResult Report([From(nameof(Try))] Trial attempt, Evaluation? evaluate, [From(nameof(Remember))] string[] lessons, [Previous(nameof(Report))] ReflexionResult? before, ActionContext context)
    {
        var limit = evaluate is null ? PatternLimit.Time
            : evaluate.Succeeded ? PatternLimit.None
            : context.Iteration >= _options.MaxTrials ? PatternLimit.Rounds
            : _options.HasUsedUp(context.Usage) ? PatternLimit.Tokens
            : PatternLimit.None;
        var isLast = limit != PatternLimit.None || evaluate!.Succeeded;
        return attempt.Text is { } text
            ? new ReflexionResult(text, evaluate?.Succeeded ?? false, context.Iteration, lessons, isLast, limit)
            : before! with { Lessons = lessons, IsDone = isLast, Limit = limit };
    }

    [Until]
    private static bool IsDone(ReflexionResult report) => report.IsDone;
}

/// <summary>One attempt.</summary>
/// <param name="Text">The attempt; <see langword="null"/>: there was no time for it.</param>
/// <param name="Deadline">When the time is up, if there is an end to it.</param>
public sealed record Trial(string? Text, DateTimeOffset? Deadline);

/// <summary>Whether an attempt has succeeded.</summary>
/// <param name="Succeeded">Whether it has.</param>
/// <param name="Feedback">What was wrong, for whoever reflects.</param>
public sealed record Evaluation(bool Succeeded, string Feedback = "");

/// <summary>What a <see cref="ReflexionAgent"/> has come to.</summary>
/// <param name="Text">The last attempt.</param>
/// <param name="Succeeded">Whether it has succeeded; if there was no time to tell, it has not.</param>
/// <param name="Trials">How many there were.</param>
/// <param name="Lessons">What was learnt: keep them for other sessions.</param>
/// <param name="IsDone">Whether there are no more trials.</param>
/// <param name="Limit">What has ended it before an attempt had succeeded.</param>
public sealed record ReflexionResult(string Text, bool Succeeded, int Trials, string[] Lessons, bool IsDone, PatternLimit Limit = PatternLimit.None);
