namespace AgentFlow.AI;

/// <summary>Turns that are kept or left out together: calls with their results, or one turn without any.</summary>
/// <param name="Turns">The turns, in order.</param>
internal sealed record TurnBlock(IReadOnlyList<Turn> Turns)
{
    private const string Missing = "[no result was recorded]";

    /// <summary>The blocks of a conversation. Results that belong to no call before them are left out.</summary>
    public static IReadOnlyList<TurnBlock> Split(IReadOnlyList<Turn> turns)
    {
        var blocks = new List<TurnBlock>();
        for (var i = 0; i < turns.Count; i++)
        {
            if (turns[i].Results.Length > 0 || turns[i].Role == TurnRole.Tool)
            {
                continue;
            }

            var end = i + 1;
            while (turns[i].Calls.Length > 0 && end < turns.Count && (turns[end].Results.Length > 0 || turns[end].Role == TurnRole.Tool))
            {
                end++;
            }

            blocks.Add(new([turns[i], .. turns.Skip(i + 1).Take(end - i - 1)]));
            i = end - 1;
        }

        return blocks;
    }

    /// <summary>The turns as a model is shown them: each call with exactly one result.</summary>
    public IEnumerable<Turn> Shown()
    {
        yield return Turns[0];
        if (Turns[0].Calls.Length > 0)
        {
            yield return new(TurnRole.Tool, "") { Results = [.. Turns[0].Calls.Select(call => ResultsOf(call).FirstOrDefault() ?? new ToolResult(call.Id, Missing, IsError: true))] };
        }
    }

    private IEnumerable<ToolResult> ResultsOf(ToolCall call) => Turns.Skip(1).SelectMany(static turn => turn.Results).Where(result => result.CallId == call.Id);
}
