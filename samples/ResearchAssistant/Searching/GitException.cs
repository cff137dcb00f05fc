namespace AgentFlow.Samples.Research.Searching;

/// <summary>Git could not answer.</summary>
/// <param name="message">What git says, in one line.</param>
public sealed class GitException(string message) : Exception(message);
