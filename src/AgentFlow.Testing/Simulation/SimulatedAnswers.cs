namespace AgentFlow.Testing;

/// <summary>The answers that have not been sent yet. Those to one signal keep their order; those to different ones have none.</summary>
internal sealed class SimulatedAnswers(IEnumerable<SimulatedAnswer> all)
{
    private readonly List<SimulatedAnswer> _left = [.. all];

    /// <summary>How many could be sent next.</summary>
    public int Count => _left.DistinctBy(static a => a.Signal).Count();

    /// <summary>Takes one of those that could be sent next.</summary>
    public SimulatedAnswer Take(int choice)
    {
        var answer = _left.DistinctBy(static a => a.Signal).ElementAt(choice);
        _left.Remove(answer);
        return answer;
    }
}

/// <summary>An answer to a signal.</summary>
/// <param name="Signal">The signal.</param>
/// <param name="SendAsync">Sends it.</param>
internal sealed record SimulatedAnswer(string Signal, Func<AgentRuntime, ValueTask> SendAsync);
