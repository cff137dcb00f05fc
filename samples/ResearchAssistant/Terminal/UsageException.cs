namespace AgentFlow.Samples.Research.Terminal;

/// <summary>The program was called wrongly.</summary>
/// <param name="message">What is wrong, in one line.</param>
public sealed class UsageException(string message) : Exception(message);
