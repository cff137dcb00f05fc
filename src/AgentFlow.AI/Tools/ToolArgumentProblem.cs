namespace AgentFlow.AI;

/// <summary>One thing that is wrong with the arguments of a call.</summary>
/// <param name="Path">Where, as a JSON path: <c>$.trip.days[2]</c>.</param>
/// <param name="Message">What was expected and what was found, in words that a model can correct it from.</param>
public sealed record ToolArgumentProblem(string Path, string Message)
{
    /// <inheritdoc />
    public override string ToString() => $"{Path}: {Message}";
}
