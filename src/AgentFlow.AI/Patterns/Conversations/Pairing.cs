using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>
/// Keeps calls and their results together. Providers refuse a result whose call they are not shown, and a call whose result is missing, and whatever shortens a conversation by its messages makes both:
/// results without a call are left out, and a call without a result gets one that says so.
/// </summary>
internal static class Pairing
{
    internal const string Missing = "[the result of this call is not there any more]";

    public static IReadOnlyList<Turn> Repair(IReadOnlyList<Turn> turns)
    {
        var repaired = new List<Turn>(turns.Count);
        for (var i = 0; i < turns.Count; i++)
        {
            var turn = turns[i];
            if (turn.Calls.Length == 0)
            {
                // Results that belong to calls were taken with them.
                if (turn.Results.Length == 0)
                {
                    repaired.Add(turn);
                }

                continue;
            }

            var results = new Dictionary<string, ToolResult>(StringComparer.Ordinal);
            for (; i + 1 < turns.Count && turns[i + 1] is { Role: TurnRole.Tool, Calls.Length: 0 } next; i++)
            {
                foreach (var result in next.Results)
                {
                    results.TryAdd(result.CallId, result);
                }
            }

            repaired.Add(turn);
            repaired.Add(new(TurnRole.Tool, "") { Results = [.. turn.Calls.Select(call => results.GetValueOrDefault(call.Id) ?? new(call.Id, Missing, IsError: true))] });
        }

        return repaired;
    }

    /// <summary>The messages as they may be sent to a provider that keeps no conversation; the same if nothing is missing.</summary>
    public static IReadOnlyList<ChatMessage> Repair(IEnumerable<ChatMessage> messages)
    {
        var all = messages as IReadOnlyList<ChatMessage> ?? [.. messages];
        return IsWhole(all) ? all : Rebuild(all);
    }

    private static bool IsWhole(IReadOnlyList<ChatMessage> messages)
    {
        var open = new HashSet<string>(StringComparer.Ordinal);
        foreach (var message in messages)
        {
            var isAnswer = message.Contents.Any(static content => content is FunctionResultContent);
            if (open.Count > 0 && !isAnswer)
            {
                return false;
            }

            foreach (var content in message.Contents)
            {
                if (content is FunctionCallContent call && !open.Add(call.CallId ?? "") || content is FunctionResultContent result && !open.Remove(result.CallId ?? ""))
                {
                    return false;
                }
            }
        }

        return open.Count == 0;
    }

    private static List<ChatMessage> Rebuild(IReadOnlyList<ChatMessage> messages)
    {
        var rebuilt = new List<ChatMessage>(messages.Count);
        var results = messages.SelectMany(static message => message.Contents).OfType<FunctionResultContent>().ToLookup(static result => result.CallId ?? "", StringComparer.Ordinal);
        var used = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var message in messages)
        {
            var calls = message.Contents.OfType<FunctionCallContent>().ToList();
            AIContent[] others = [.. message.Contents.Where(static content => content is not FunctionResultContent)];
            if (others.Length > 0 || message.Contents.Count == 0)
            {
                rebuilt.Add(others.Length == message.Contents.Count ? message : new(message.Role, others) { AuthorName = message.AuthorName, MessageId = message.MessageId });
            }

            if (calls.Count > 0)
            {
                rebuilt.Add(new(ChatRole.Tool, [.. calls.Select(call => (AIContent)ResultOf(call.CallId ?? ""))]));
            }
        }

        return rebuilt;

        FunctionResultContent ResultOf(string id)
        {
            var index = used.GetValueOrDefault(id);
            used[id] = index + 1;
            return results[id].ElementAtOrDefault(index) ?? new FunctionResultContent(id, Missing);
        }
    }
}
