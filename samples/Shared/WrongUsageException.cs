namespace AgentFlow.Samples;

/// <summary>A sample was called, or configured, wrongly.</summary>
/// <param name="message">What is wrong, and what to do.</param>
internal sealed class WrongUsageException(string message) : Exception(message);
