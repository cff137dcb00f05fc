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
    private Task<Reasoning> Reason([Input] string question, ActionContext context, CancellationToken cancellationToken) =>
        AskAsync(_model, [new(ChatRole.User, question)], context, cancellationToken);

    private bool IsForExpert(Reasoning reason) => expert is not null && reason.Confidence < _options.SureEnough;

    [Action(Type = ActionType.Llm), When(nameof(IsForExpert))]
    private Task<Reasoning> ReasonAgain([Input] string question, [From(nameof(Reason))] Reasoning first, ActionContext context, CancellationToken cancellationToken) =>
        AskAsync(expert!, [new(ChatRole.User, $"{question}\n\nAnother has reasoned as follows and was not sure:\n{string.Join('\n', first.Steps)}\nAnswer: {first.Answer}")], context, cancellationToken);

    [Action(Effect = Effect.None)]
    private static Reasoning Best([From(nameof(ReasonAgain), nameof(Reason))] Reasoning reasoning) => reasoning;

    private bool IsForPerson(Reasoning best) => _options.AsksPerson && best.Confidence < _options.SureEnough;

    /// <summary>A person's answer to what no model was sure of.</summary>
    [Signal(Timeout = "7.00:00:00"), When(nameof(IsForPerson)), Fallback(nameof(GiveUp))]
    private partial Task<string?> Ask([Input] string question, [From(nameof(Best))] Reasoning reasoning);

    private static string? GiveUp() => null;

    [Action(Effect = Effect.None), Result]
    private static ReasonedAnswer Answer([From(nameof(Best))] Reasoning reasoning, [From(nameof(ReasonAgain))] Reasoning? again, [From(nameof(Ask))] string? person) => person is null
        ? new(reasoning.Answer, reasoning.Steps, reasoning.Confidence, again is null ? AnsweredBy.Model : AnsweredBy.Expert)
        : new(person, reasoning.Steps, 1, AnsweredBy.Person);

    private async Task<Reasoning> AskAsync(IChatClient asked, ChatMessage[] messages, ActionContext context, CancellationToken cancellationToken)
    {
        var reasoning = await context.AskAsync(asked, [new(ChatRole.System, _options.Instructions), .. messages], PatternJson.Default.Reasoning, cancellationToken: cancellationToken).ConfigureAwait(false);
        foreach (var step in reasoning.Steps)
        {
            await context.EmitThoughtAsync(step).ConfigureAwait(false);
        }

        return reasoning with { Confidence = Math.Clamp(reasoning.Confidence, 0, 1) };
    }
}

/// <summary>The answer of a <see cref="ChainOfThoughtAgent"/>.</summary>
/// <param name="Text">The answer.</param>
/// <param name="Steps">The reasoning.</param>
/// <param name="Confidence">How sure it is, from 0 to 1.</param>
/// <param name="By">Who has answered.</param>
public sealed record ReasonedAnswer(string Text, string[] Steps, double Confidence, AnsweredBy By);

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
