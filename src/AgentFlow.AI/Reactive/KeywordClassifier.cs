using AgentFlow.AI.Retrieval;

namespace AgentFlow.AI;

/// <summary>Says what a request is about by the keywords of handlers.</summary>
internal static class KeywordClassifier
{
    public static RequestClassification Classify(string text, IReadOnlyList<ReactiveHandler> handlers)
    {
        string[] words = [.. Words.Of(text)];
        var found = handlers
            .Select(handler => (handler.Name, Count: handler.Phrases.Count(phrase => words.AsSpan().IndexOf(phrase) >= 0)))
            .Where(static handler => handler.Count > 0)
            .OrderByDescending(static handler => handler.Count)
            .ToArray();
        return found.Length == 0
            ? RequestClassification.Unknown
            : new(found[0].Name, (double)found[0].Count / found.Sum(static handler => handler.Count), [.. found.Select(static handler => handler.Name)]);
    }
}
