namespace AgentFlow;

/// <summary>An action whose final failure counts as skipped: it is an event, and the run goes on without the value.</summary>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class OptionalAttribute : Attribute;
