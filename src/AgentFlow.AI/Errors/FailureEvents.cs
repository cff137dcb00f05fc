namespace AgentFlow.AI;

/// <summary>Tells of exceptions that an agent deals with by itself: what is recorded of them is their message, and whoever watches sees them whole.</summary>
internal static class FailureEvents
{
    /// <summary>Emits an event of the name <c>failure</c> whose value is the exception.</summary>
    public static ValueTask EmitFailureAsync(this ActionContext context, Exception error) => context.EmitAsync("failure", error);
}
