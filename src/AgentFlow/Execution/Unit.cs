namespace AgentFlow;

/// <summary>The type of a value that does not exist: the input of an agent without inputs, the result of one without a result.</summary>
public readonly record struct Unit;
