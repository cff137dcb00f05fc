namespace AgentFlow;

/// <summary>
/// Marks a static method <c>static TNew Name(TOld old)</c> that turns what older sessions have recorded of an action into what the action makes today, or
/// into what another such method takes.
/// </summary>
/// <param name="action">The name of the action's method, as <c>nameof(…)</c>.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class UpcastAttribute(string action) : Attribute
{
    /// <summary>The name of the action's method.</summary>
    public string Action { get; } = action;
}
