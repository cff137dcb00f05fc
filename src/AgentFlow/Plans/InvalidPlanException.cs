namespace AgentFlow;

/// <summary>A plan cannot be run. <see cref="Errors"/> has everything that is wrong with it, not only the first.</summary>
public sealed class InvalidPlanException : Exception
{
    private const int Shown = 20;

    /// <summary>Creates the exception.</summary>
    /// <param name="errors">What is wrong.</param>
    public InvalidPlanException(IReadOnlyList<PlanError> errors)
        : base(Describe(errors))
    {
        Errors = errors;
    }

    /// <summary>What is wrong, in the order of the plan.</summary>
    public IReadOnlyList<PlanError> Errors { get; }

    private static string Describe(IReadOnlyList<PlanError> errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        var more = errors.Count > Shown ? $"\n(and {errors.Count - Shown} more)" : "";
        return $"The plan cannot be run:\n{string.Join('\n', errors.Take(Shown))}{more}";
    }
}
