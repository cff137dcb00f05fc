namespace AgentFlow.AI;

/// <summary>
/// A tool cannot do what it was asked to, and says how to do better. Unlike those of other exceptions, the message is always given to the model: it holds nothing
/// that a model, and whoever reads along, should not see.
/// </summary>
/// <param name="message">What is wrong, and what to do.</param>
/// <param name="innerException">What was the matter, for the program alone.</param>
public sealed class ToolErrorException(string message, Exception? innerException = null) : Exception(message, innerException);
