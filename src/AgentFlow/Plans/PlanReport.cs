using System.Text.Json;

namespace AgentFlow;

/// <summary>What a plan has come to, whether it has succeeded or not: what a planner needs to mend it.</summary>
public sealed record PlanReport
{
    /// <summary>Whether the result was made.</summary>
    public required bool Succeeded { get; init; }

    /// <summary>The value of the result action; JSON's null if there is none.</summary>
    public required JsonElement Result { get; init; }

    /// <summary>The outputs of the actions that have completed, by the keys that references name them by.</summary>
    public required IReadOnlyDictionary<string, JsonElement> Outputs { get; init; }

    /// <summary>
    /// The actions that have failed, and what they said, the first first, whether the result was made without them (<c>fail_fast:
    /// false</c>, <c>optional</c>, <c>allow_partial_failure</c>) or
    /// not. One that stands for the whole plan has no action.
    /// </summary>
    public required IReadOnlyList<PlanFailure> Failures { get; init; }
}

/// <summary>A failure of an action of a plan.</summary>
/// <param name="Action">The action's name; empty if the plan as a whole has failed.</param>
/// <param name="Message">What it said; of an element that <c>allow_partial_failure</c> has left out, with its index: <c>Element 3:
/// …</c></param>
public sealed record PlanFailure(string Action, string Message);
