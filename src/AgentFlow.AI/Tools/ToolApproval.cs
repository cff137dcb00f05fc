using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>
/// The approval of one call: asked for, then granted or denied. It is a value, so that it can be kept in a session while somebody thinks about it; what it
/// is good for is checked when the call is made, by <see cref="Allows"/>. It is good for one call: a <see cref="ToolInvoker"/> makes no second one with it.
/// </summary>
/// <param name="CallId">The id that the model has given to the call.</param>
/// <param name="Tool">The name of the tool.</param>
/// <param name="Hash">The call's <see cref="ToolCallHash"/>.</param>
/// <param name="Status">How far it has come.</param>
/// <param name="Reason">Why, in the words of whoever decided. Shown to the model if it was denied.</param>
public sealed record ToolApproval(string CallId, string Tool, string Hash, ToolApprovalStatus Status, string? Reason = null)
{
    /// <summary>What tells this request from any other for an equal call; <see langword="null"/> for one that was made before requests had it.</summary>
    public string? Id { get; init; }

    /// <summary>Asks for the approval of a call.</summary>
    /// <param name="call">The call.</param>
    /// <exception cref="ArgumentException">An argument is no JSON.</exception>
    public static ToolApproval Request(FunctionCallContent call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return new(call.CallId, call.Name, ToolCallHash.Of(call), ToolApprovalStatus.Requested) { Id = Guid.NewGuid().ToString("n") };
    }

    /// <summary>Agrees.</summary>
    /// <param name="reason">Why.</param>
    /// <exception cref="InvalidOperationException">It was decided before.</exception>
    public ToolApproval Grant(string? reason = null) => Decide(ToolApprovalStatus.Granted, reason);

    /// <summary>Refuses.</summary>
    /// <param name="reason">Why; the model is told.</param>
    /// <exception cref="InvalidOperationException">It was decided before.</exception>
    public ToolApproval Deny(string? reason = null) => Decide(ToolApprovalStatus.Denied, reason);

    /// <summary>Whether the call may be made: it was granted, and it is exactly the call that it was granted for.</summary>
    /// <param name="call">The call.</param>
    public bool Allows(FunctionCallContent call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return Status == ToolApprovalStatus.Granted && call.CallId == CallId && call.Name == Tool && ToolCallHash.Of(call) == Hash;
    }

    private ToolApproval Decide(ToolApprovalStatus status, string? reason) => Status == ToolApprovalStatus.Requested
        ? this with { Status = status, Reason = reason }
        : throw new InvalidOperationException($"The call '{CallId}' of '{Tool}' was decided before: {Status}.");
}
