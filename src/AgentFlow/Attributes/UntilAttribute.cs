namespace AgentFlow;

/// <summary>Ends a looping agent: the graph runs again until this <see cref="bool"/> method, evaluated once an iteration has settled, holds.</summary>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class UntilAttribute : Attribute;
