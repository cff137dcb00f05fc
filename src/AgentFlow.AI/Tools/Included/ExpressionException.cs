namespace AgentFlow.AI;

/// <summary>An arithmetic expression cannot be read, or has no value.</summary>
public sealed class ExpressionException : FormatException
{
    /// <summary>Says what is wrong.</summary>
    /// <param name="message">What it is.</param>
    /// <param name="position">Where, in characters from 1.</param>
    public ExpressionException(string message, int position)
        : base($"{message} (at character {position})") => Position = position;

    /// <summary>Where, in characters from 1.</summary>
    public int Position { get; }
}
