namespace AgentFlow;

/// <summary>Marks the action whose value <c>RunAsync</c> returns. Needed when several actions with a value feed nobody.</summary>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class ResultAttribute : Attribute;
