namespace AgentFlow;

/// <summary>Takes the element at hand, in an action with <see cref="ForEachAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Parameter, Inherited = false)]
public sealed class ItemAttribute : Attribute;
