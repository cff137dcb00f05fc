using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>
/// Generate, criticise, revise (Madaan et al. 2023, <i>Self-Refine</i>): a writer makes a draft, a critic judges it, and the writer revises, until a draft is good enough or the rounds are used
/// up. The result is the best draft, which need not be the last.
/// </summary>
/// <param name="writer">Writes and revises.</param>
/// <param name="critic">Judges. May be the same model.</param>
/// <param name="options">How it works. Default: <see cref="RefinementOptions.Default"/>.</param>
[Agent(Name = "Refinement", MaxIterations = RoundLimit)]
public sealed partial class RefinementAgent(IChatClient writer, IChatClient critic, RefinementOptions? options = null)
{
    internal const int RoundLimit = 20;

    private readonly IChatClient _writer = writer ?? throw new ArgumentNullException(nameof(writer));
    private readonly IChatClient _critic = critic ?? throw new ArgumentNullException(nameof(critic));
    private readonly RefinementOptions _options = options ?? RefinementOptions.Default;

    [Action(Type = ActionType.Llm)]
    private async Task<Draft> Write([Input] string task, [Previous(nameof(Write))] Draft? before, [Previous(nameof(Judge))] Judgement? judgement, ActionContext context, CancellationToken cancellationToken)
    {
        var deadline = before is null ? _options.DeadlineFrom(context) : before.Deadline;
        var messages = new List<ChatMessage> { new(ChatRole.System, _options.Instructions), new(ChatRole.User, task) };
        if (before is not null && judgement is not null)
        {
            messages.Add(new(ChatRole.Assistant, before.Text));
            messages.Add(new(ChatRole.User, $"Revise it. Problems: {string.Join("; ", judgement.Problems)}. Advice: {judgement.Advice}"));
        }

        var (_, response) = await TimeLimit.RunAsync(deadline, context, token => context.AskAsync(_writer, messages, cancellationToken: token), cancellationToken).ConfigureAwait(false);
        return response is null && before is null ? throw _options.NothingInTime() : new Draft(response?.Answered(), deadline);
    }

    [Action(Type = ActionType.Llm)]
    private async Task<Judgement?> Judge([Input] string task, Draft write, ActionContext context, CancellationToken cancellationToken)
    {
        if (write.Text is null)
        {
            return null;
        }

        ChatMessage[] messages = [new(ChatRole.System, _options.Criteria), new(ChatRole.User, $"Task:\n{task}\n\nWork:\n{write.Text}")];
        var (_, judgement) = await TimeLimit.RunAsync(write.Deadline, context, token => context.AskAsync(_critic, messages, PatternJson.Default.Judgement, cancellationToken: token), cancellationToken).ConfigureAwait(false);
        return judgement is null ? null : judgement with { Score = Math.Clamp(judgement.Score, 0, 1) };
    }

    [Action(Effect = Effect.None), Result]
    private RefinedWork Keep(Draft write, Judgement? judge, [Previous(nameof(Keep))] RefinedWork? best, ActionContext context)
    {
        var limit = judge is null ? PatternLimit.Time
            : judge.Score >= _options.GoodEnough ? PatternLimit.None
            : context.Iteration >= _options.MaxRounds ? PatternLimit.Rounds
            : _options.HasUsedUp(context.Usage) ? PatternLimit.Tokens
            : PatternLimit.None;
        var isLast = limit != PatternLimit.None || judge!.Score >= _options.GoodEnough;
        return best is null || judge?.Score > best.Score
            ? new RefinedWork(write.Text!, judge?.Score ?? 0, context.Iteration, context.Iteration, isLast, limit)
            : best with { Rounds = context.Iteration, IsDone = isLast, Limit = limit };
    }

    [Until]
    private static bool IsDone(RefinedWork keep) => keep.IsDone;
}

/// <summary>One draft.</summary>
/// <param name="Text">The draft; <see langword="null"/>: there was no time for it.</param>
/// <param name="Deadline">When the time is up, if there is an end to it.</param>
public sealed record Draft(string? Text, DateTimeOffset? Deadline);

/// <summary>The best of several drafts.</summary>
/// <param name="Text">The draft.</param>
/// <param name="Score">What the critic gave it, from 0 to 1; 0 if there was no time to judge it.</param>
/// <param name="Round">The round that made it, from 1.</param>
/// <param name="Rounds">How many rounds there were.</param>
/// <param name="IsDone">Whether there are no more.</param>
/// <param name="Limit">What has ended it before a draft was good enough.</param>
public sealed record RefinedWork(string Text, double Score, int Round, int Rounds, bool IsDone, PatternLimit Limit = PatternLimit.None);
