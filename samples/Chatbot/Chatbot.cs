using AgentFlow.AI;
using Microsoft.Extensions.AI;

namespace AgentFlow.Samples.Chatting;

/// <summary>A conversation, turn by turn: it waits for what is said, replies, and waits again. It may wait for weeks, through any number of restarts; after a silence it asks once.</summary>
[Agent(MaxIterations = 100_000, OnLimit = LimitPolicy.ReturnLast)]
public sealed partial class Chatbot(IChatClient model)
{
    private const string Instructions = "You are a friendly assistant in a terminal. Keep answers short.";
    private const int ShownTurns = 40;

    /// <summary>The event that tells why there is no reply.</summary>
    public const string Unanswered = "unanswered";

    public const string Reminder = "(The user has been silent for a while. Ask in one short sentence whether you can still help.)";

    /// <summary>What the user says; nothing for two minutes is a silence.</summary>
    [Signal(Timeout = "00:02:00"), Fallback(nameof(KeepSilent))]
    private partial Task<string> Say();

    private static string KeepSilent() => "";

    [Action(Type = ActionType.Llm), Fallback(nameof(SayWhyNot))]
    private async Task<Turn[]> Reply([From(nameof(Say))] string said, [Previous(nameof(Reply))] Turn[]? before, ActionContext context, CancellationToken cancellationToken)
    {
        var turns = before ?? [];
        var isSilence = said.Length == 0;
        if (IsBye(said) || (isSilence && (turns.Length < 2 || turns[^2].Text == Reminder)))
        {
            return turns;
        }

        turns = [.. turns.TakeLast(ShownTurns), new Turn(TurnRole.User, isSilence ? Reminder : said)];
        var response = await context.AskAsync(model, [new ChatMessage(ChatRole.System, Instructions), .. turns.Select(static turn => turn.ToMessage())], cancellationToken: cancellationToken);
        if (response.GetRefusal() is { } refusal)
        {
            throw new ModelRefusalException(refusal);
        }

        return string.IsNullOrWhiteSpace(response.Text)
            ? throw new EmptyReplyException()
            : [.. turns, new Turn(TurnRole.Assistant, response.Text)];
    }

    /// <summary>
    /// A model that cannot be reached costs one reply, not the chat: what was said is not remembered, and can be said again.
    /// </summary>
    private static async Task<Turn[]> SayWhyNot(Exception failure, [Previous(nameof(Reply))] Turn[]? before, ActionContext context)
    {
        await context.EmitAsync(Unanswered, failure.Message.ReplaceLineEndings(" "));
        return before ?? [];
    }

    [Until]
    private static bool IsBye([From(nameof(Say))] string said) => said.Trim().Equals("bye", StringComparison.OrdinalIgnoreCase);
}
