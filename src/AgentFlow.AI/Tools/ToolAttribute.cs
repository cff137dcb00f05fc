namespace AgentFlow;

/// <summary>
/// Marks what a language model may call: a method of a partial class, or a whole <see cref="AgentAttribute">agent</see>. The generator writes the
/// JSON schema of its arguments and an <see cref="Microsoft.Extensions.AI.AIFunction"/> that calls it without reflection. A method is found in the
/// generated <c>Tools</c> of its class and in a property of its own; an agent is made a tool by its generated <c>AsTool</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class, Inherited = false)]
public sealed class ToolAttribute : Attribute
{
    /// <summary>
    /// What models call the tool: 1 to 64 letters, digits, <c>_</c> or <c>-</c>. Default: the method's name, without <c>Async</c> if it is asynchronous;
    /// for an agent the class's name.
    /// </summary>
    public string? Name { get; set; }

    /// <summary>What a call does to the world outside. Default: what <see cref="ActionAttribute.Effect"/> says if the method is an action, else <see cref="Effect.AtLeastOnce"/>.</summary>
    public Effect Effect { get; set; }

    /// <summary>Whether a person is asked before each call. Default: <see cref="ApprovalPolicy.NotRequired"/>.</summary>
    public ApprovalPolicy Approval { get; set; }
}
