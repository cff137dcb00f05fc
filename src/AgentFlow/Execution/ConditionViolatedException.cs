namespace AgentFlow;

/// <summary>A precondition (<see cref="RequiresAttribute"/>) or postcondition (<see cref="EnsuresAttribute"/>) of an action does not hold.</summary>
public sealed class ConditionViolatedException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="condition">The name of the method that states the condition.</param>
    /// <param name="isPostcondition">Whether it is a postcondition.</param>
    /// <param name="reason">Why it does not hold, if the method says so.</param>
    public ConditionViolatedException(string condition, bool isPostcondition, string? reason)
        : base($"{(isPostcondition ? "Postcondition" : "Precondition")} '{condition}' does not hold{(reason is null ? "." : ": " + reason)}")
    {
        Condition = condition;
        IsPostcondition = isPostcondition;
        Reason = reason;
    }

    /// <summary>The name of the method that states the condition.</summary>
    public string Condition { get; }

    /// <summary>Whether it is a postcondition.</summary>
    public bool IsPostcondition { get; }

    /// <summary>Why it does not hold, if the method says so.</summary>
    public string? Reason { get; }
}
