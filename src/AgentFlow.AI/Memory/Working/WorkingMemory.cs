using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>
/// A conversation as a model is shown it: the instructions, a summary of what no longer fits, and the latest turns. Plain data, never changed, so that an action may
/// give it as its output and a session records it. A <see cref="WorkingMemoryWindow"/> keeps it within its tokens.
/// </summary>
/// <param name="Instructions">What the model is to do; empty for none. They are always kept.</param>
public sealed record WorkingMemory(string Instructions)
{
    private const string SummaryHeading = "Summary of the conversation so far:\n";

    /// <summary>What was said before <see cref="Turns"/>, in short; empty if nothing was left out, or nobody summarises.</summary>
    public string Summary { get; init; } = "";

    /// <summary>How many turns were left out since the conversation began.</summary>
    public int LeftOut { get; init; }

    /// <summary>The latest turns, the last one last.</summary>
    public Turn[] Turns { get; init; } = [];

    /// <summary>The memory with further turns.</summary>
    /// <param name="turns">The turns.</param>
    /// <returns>A new memory; this one stays as it is.</returns>
    public WorkingMemory Add(params IEnumerable<Turn> turns) => this with { Turns = [.. Turns, .. turns] };

    /// <summary>The memory with what a model has answered.</summary>
    /// <param name="response">The answer.</param>
    /// <returns>A new memory; this one stays as it is.</returns>
    public WorkingMemory Add(ChatResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return Add(Turn.Of(response));
    }

    /// <summary>
    /// What a model is shown. The summary is told as the user's, not the program's: whoever speaks in a conversation must not come to speak as the program by being
    /// summarised. A call whose result is missing is shown with one that says so, and a result without its call is not shown: providers refuse both.
    /// </summary>
    /// <returns>The messages.</returns>
    public IReadOnlyList<ChatMessage> ToMessages() => [.. Shown().Select(static turn => turn.ToMessage())];

    internal IEnumerable<Turn> Shown()
    {
        if (Instructions.Length > 0)
        {
            yield return new(TurnRole.System, Instructions);
        }

        if (Summary.Length > 0)
        {
            yield return new(TurnRole.User, SummaryHeading + Summary);
        }

        foreach (var turn in TurnBlock.Split(Turns).SelectMany(static block => block.Shown()))
        {
            yield return turn;
        }
    }
}
