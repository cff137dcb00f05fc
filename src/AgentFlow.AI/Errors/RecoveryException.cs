namespace AgentFlow.AI;

/// <summary>Work has failed for good, and everything that could be done about it was. The last error is the <see cref="Exception.InnerException"/>.</summary>
public sealed class RecoveryException : Exception
{
    internal RecoveryException(IReadOnlyList<RecoveryFailure> failures)
        : base(Describe(failures), failures[^1].Error)
    {
        Failures = failures;
    }

    /// <summary>The class of the last error.</summary>
    public ErrorClass ErrorClass => Failures[^1].ErrorClass;

    /// <summary>All errors, in order, and what was done about each.</summary>
    public IReadOnlyList<RecoveryFailure> Failures { get; }

    private static string Describe(IReadOnlyList<RecoveryFailure> failures)
    {
        var last = failures[^1];
        var done = failures.Count == 1 ? "" : $" Before, there were: {string.Join(", ", failures.SkipLast(1).Select(static f => f.Step).GroupBy(static step => step).Select(static steps => $"{steps.Count()}× {steps.Key}"))}.";
        return $"The work has failed for good, with a {last.ErrorClass} error: {last.Error.Message}{done}";
    }
}
