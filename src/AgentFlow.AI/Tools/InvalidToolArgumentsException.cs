namespace AgentFlow.AI;

/// <summary>The arguments of a call do not fit the tool's schema. The tool was not called; the message tells a model how to correct the call.</summary>
public sealed class InvalidToolArgumentsException : Exception
{
    /// <summary>How long <see cref="Exception.Message"/> is at most, in characters.</summary>
    public const int MaxMessageLength = 4096;

    /// <summary>Reports what is wrong.</summary>
    /// <param name="tool">The name of the tool.</param>
    /// <param name="problems">Everything that is wrong, in the order of the schema.</param>
    public InvalidToolArgumentsException(string tool, IReadOnlyList<ToolArgumentProblem> problems)
        : base(Describe(tool, problems))
    {
        Tool = tool;
        Problems = problems;
    }

    /// <summary>The name of the tool.</summary>
    public string Tool { get; }

    /// <summary>Everything that is wrong, at most 32 of them.</summary>
    public IReadOnlyList<ToolArgumentProblem> Problems { get; }

    private static string Describe(string tool, IReadOnlyList<ToolArgumentProblem> problems)
    {
        ArgumentNullException.ThrowIfNull(problems);
        var message = $"The arguments of tool '{tool}' are invalid; correct them and call it again:\n{string.Join('\n', problems)}";
        return message.Length <= MaxMessageLength ? message : string.Concat(message.AsSpan(0, MaxMessageLength - 1), "…");
    }
}
