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
    private async Task<string> Write([Input] string task, [Previous(nameof(Write))] string? draft, [Previous(nameof(Judge))] Judgement? judgement, ActionContext context, CancellationToken cancellationToken)
    {
        var messages = new List<ChatMessage> { new(ChatRole.System, _options.Instructions), new(ChatRole.User, task) };
        if (draft is not null && judgement is not null)
        {
            messages.Add(new(ChatRole.Assistant, draft));
            messages.Add(new(ChatRole.User, $"Revise it. Problems: {string.Join("; ", judgement.Problems)}. Advice: {judgement.Advice}"));
        }

        return (await context.AskAsync(_writer, messages, cancellationToken: cancellationToken).ConfigureAwait(false)).Text;
    }

    [Action(Type = ActionType.Llm)]
    private async Task<Judgement> Judge([Input] string task, [From(nameof(Write))] string draft, ActionContext context, CancellationToken cancellationToken)
    {
        var judgement = await context.AskAsync(_critic, [new(ChatRole.System, _options.Criteria), new(ChatRole.User, $"Task:\n{task}\n\nWork:\n{draft}")], PatternJson.Default.Judgement, cancellationToken: cancellationToken).ConfigureAwait(false);
        return judgement with { Score = Math.Clamp(judgement.Score, 0, 1) };
    }

    [Action(Effect = Effect.None), Result]
    private RefinedWork Keep([From(nameof(Write))] string draft, Judgement judge, [Previous(nameof(Keep))] RefinedWork? best, ActionContext context)
    {
        var isLast = judge.Score >= _options.GoodEnough || context.Iteration >= _options.MaxRounds;
        return best is null || judge.Score > best.Score
            ? new RefinedWork(draft, judge.Score, context.Iteration, context.Iteration, isLast)
            : best with { Rounds = context.Iteration, IsDone = isLast };
    }

    [Until]
    private static bool IsDone(RefinedWork keep) => keep.IsDone;
}

/// <summary>The best of several drafts.</summary>
/// <param name="Text">The draft.</param>
/// <param name="Score">What the critic gave it, from 0 to 1.</param>
/// <param name="Round">The round that made it, from 1.</param>
/// <param name="Rounds">How many rounds there were.</param>
/// <param name="IsDone">Whether there are no more.</param>
public sealed record RefinedWork(string Text, double Score, int Round, int Rounds, bool IsDone);
