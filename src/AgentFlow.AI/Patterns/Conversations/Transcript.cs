namespace AgentFlow.AI;

/// <summary>What a model and its tools have said to each other.</summary>
internal static class Transcript
{
    private const int CharactersPerToken = 4;
    private const string Shortened = "[shortened: this result is too old to be shown in full]";

    /// <summary>What a model is told that goes round in circles.</summary>
    public static Turn RoundInCircles { get; } = new(TurnRole.User, "You have made the same calls several times, and they came to the same results. Do not repeat them: use what you know, or try another way.");

    /// <summary>Each step as a text: equal texts are the same calls with the same results.</summary>
    public static IReadOnlyList<string> StepsOf(IReadOnlyList<Turn> turns)
    {
        var steps = new List<string>();
        for (var i = 0; i + 1 < turns.Count; i++)
        {
            if (turns[i].Calls.Length > 0)
            {
                steps.Add(string.Join('\n', turns[i].Calls.Select(static call => $"{call.Name} {call.Arguments}").Concat(turns[i + 1].Results.Select(static result => result.Text))));
            }
        }

        return steps;
    }

    /// <summary>The conversation, as much of it as fits: results are shortened, and then steps left out, the oldest first. A call is never shown without its result.</summary>
    public static IReadOnlyList<Turn> Fit(IReadOnlyList<Turn> turns, int tokens)
    {
        var fitted = turns.ToList();
        var length = fitted.Sum(Length);
        for (var i = 0; i < fitted.Count - 2 && length > (long)tokens * CharactersPerToken; i++)
        {
            if (fitted[i].Results.Length > 0)
            {
                var shortened = fitted[i] with { Results = [.. fitted[i].Results.Select(static result => result.Text.Length > Shortened.Length ? result with { Text = Shortened } : result)] };
                length -= Length(fitted[i]) - Length(shortened);
                fitted[i] = shortened;
            }
        }

        while (fitted.Count > 2 && length > (long)tokens * CharactersPerToken)
        {
            do
            {
                length -= Length(fitted[0]);
                fitted.RemoveAt(0);
            }
            while (fitted.Count > 1 && fitted[0].Role == TurnRole.Tool);
        }

        return Pairing.Repair(fitted);
    }

    private static long Length(Turn turn) =>
        turn.Text.Length + turn.Calls.Sum(static call => (long)call.Name.Length + call.Arguments.Length) + turn.Results.Sum(static result => (long)result.Text.Length);
}
