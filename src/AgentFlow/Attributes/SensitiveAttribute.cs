namespace AgentFlow;

/// <summary>
/// Marks what must not be seen: an input, an action's value (<c>[return: Sensitive]</c>), a type, or a property, and with it every value that holds
/// one. Such values are left out of events, and sessions record them only if <see cref="AgentRuntimeOptions.Encryption"/> is set.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.ReturnValue | AttributeTargets.Property | AttributeTargets.Class | AttributeTargets.Struct)]
public sealed class SensitiveAttribute : Attribute;
