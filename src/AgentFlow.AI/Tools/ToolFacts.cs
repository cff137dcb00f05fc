using AgentFlow.CompilerServices;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>What is known of a function beyond its schema, whoever has made it.</summary>
public static class ToolFacts
{
    /// <summary>What a call of the function does to the world outside, as its <see cref="ToolAttribute"/> says, or its service of the type <see cref="Effect"/>.</summary>
    /// <param name="function">The function.</param>
    /// <returns>The effect; <see cref="Effect.AtLeastOnce"/> for a function that says nothing of it.</returns>
    public static Effect EffectOf(AIFunction function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return function.GetService<ToolDefinition>()?.Effect ?? function.GetService<Effect>();
    }

    /// <summary>Whether each call of the function has to be approved, by its <see cref="ToolAttribute.Approval"/> or as an <see cref="ApprovalRequiredAIFunction"/>.</summary>
    /// <param name="function">The function.</param>
    public static bool NeedsApproval(AIFunction function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return function.GetService<ApprovalRequiredAIFunction>() is not null;
    }
}
