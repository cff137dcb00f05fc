using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>
/// Reasoning before answering (Wei et al. 2022, <i>Chain-of-Thought Prompting</i>), with a way up: an answer that is not sure enough goes to a stronger model, and what that is not sure of
/// either to a person.
/// </summary>
/// <param name="model">Reasons first.</param>
/// <param name="expert">Reasons again where the first is not sure. Default: nobody.</param>
/// <param name="options">How it works. Default: <see cref="ChainOfThoughtOptions.Default"/>.</param>
[Agent(Name = "ChainOfThought")]
public sealed partial class ChainOfThoughtAgent(IChatClient model, IChatClient? expert = null, ChainOfThoughtOptions? options = null)
{
    private readonly IChatClient _model = model ?? throw new ArgumentNullException(nameof(model));
    private readonly ChainOfThoughtOptions _options = options ?? ChainOfThoughtOptions.Default;

    [Action(Type = ActionType.Llm)]
    private async Task<FirstThought> Reason([Input] string question, ActionContext context, CancellationToken cancellationToken)
    {
        var deadline = _options.DeadlineFrom(context);
        var reasoning = await AskAsync(_model, [new(ChatRole.User, question)], deadline, context, cancellationToken).ConfigureAwait(false);
        return new(reasoning ?? throw _options.NothingInTime(), deadline);
    }

    private bool IsForExpert(FirstThought reason) => expert is not null && reason.Reasoning.Confidence < _options.SureEnough;

    [Action(Type = ActionType.Llm), When(nameof(IsForExpert))]
    private async Task<SecondThought> ReasonAgain([Input] string question, FirstThought reason, ActionContext context, CancellationToken cancellationToken)
    {
        if (_options.HasUsedUp(context.Usage))
        {
            return new(null, PatternLimit.Tokens);
        }

        var asked = $"{question}\n\nAnother has reasoned as follows and was not sure:\n{string.Join('\n', reason.Reasoning.Steps)}\nAnswer: {reason.Reasoning.Answer}";
        var reasoning = await AskAsync(expert!, [new(ChatRole.User, asked)], reason.Deadline, context, cancellationToken).ConfigureAwait(false);
        return new(reasoning, reasoning is null ? PatternLimit.Time : PatternLimit.None);
    }

    [Action(Effect = Effect.None)]
    private static Reasoning Best(FirstThought reason, SecondThought? reasonAgain) => reasonAgain?.Reasoning ?? reason.Reasoning;

    private bool IsForPerson(Reasoning best) => _options.AsksPerson && best.Confidence < _options.SureEnough;

    /// <summary>A person's answer to what no model was sure of.</summary>
    [Signal(Timeout = "7.00:00:00"), When(nameof(IsForPerson)), Fallback(nameof(GiveUp))]
    private partial Task<string?> Ask([Input] string question, [From(nameof(Best))] Reasoning reasoning);

    private static string? GiveUp() => null;

    [Action(Effect = Effect.None), Result]
    private static ReasonedAnswer Answer([From(nameof(Best))] Reasoning reasoning, [From(nameof(ReasonAgain))] SecondThought? again, [From(nameof(Ask))] string? person) => person is null
        ? new(reasoning.Answer, reasoning.Steps, reasoning.Confidence, again?.Reasoning is null ? AnsweredBy.Model : AnsweredBy.Expert, again?.Limit ?? PatternLimit.None)
        : new(person, reasoning.Steps, 1, AnsweredBy.Person);

    /// <summary>Asks a model; null if there was no time.</summary>
    private async Task<Reasoning?> AskAsync(IChatClient asked, ChatMessage[] messages, DateTimeOffset? deadline, ActionContext context, CancellationToken cancellationToken)
    {
        ChatMessage[] sent = [new(ChatRole.System, _options.Instructions), .. messages];
        var (_, reasoning) = await TimeLimit.RunAsync(deadline, context, token => context.AskAsync(asked, sent, PatternJson.Default.Reasoning, cancellationToken: token), cancellationToken).ConfigureAwait(false);
        if (reasoning is null)
        {
            return null;
        }

        foreach (var step in reasoning.Steps)
        {
            await context.EmitThoughtAsync(step).ConfigureAwait(false);
        }

        return reasoning with { Confidence = Math.Clamp(reasoning.Confidence, 0, 1) };
    }
}

/// <summary>What the first model has come to.</summary>
/// <param name="Reasoning">Its reasoning.</param>
/// <param name="Deadline">When the time is up, if there is an end to it.</param>
public sealed record FirstThought(Reasoning Reasoning, DateTimeOffset? Deadline);

/// <summary>What the stronger model has come to.</summary>
/// <param name="Reasoning">Its reasoning, if it has any.</param>
/// <param name="Limit">Why it has none.</param>
public sealed record SecondThought(Reasoning? Reasoning, PatternLimit Limit);

/// <summary>The answer of a <see cref="ChainOfThoughtAgent"/>.</summary>
/// <param name="Text">The answer.</param>
/// <param name="Steps">The reasoning.</param>
/// <param name="Confidence">How sure it is, from 0 to 1.</param>
/// <param name="By">Who has answered.</param>
/// <param name="Limit">Why the stronger model has not, though the first was not sure enough.</param>
public sealed record ReasonedAnswer(string Text, string[] Steps, double Confidence, AnsweredBy By, PatternLimit Limit = PatternLimit.None);

/// <summary>Who has answered.</summary>
public enum AnsweredBy
{
    /// <summary>The first model.</summary>
    Model,

    /// <summary>The stronger model.</summary>
    Expert,

    /// <summary>A person.</summary>
    Person,
}
