namespace AgentFlow.Fuzz;

/// <summary>How a run ended.</summary>
public enum EndKind
{
    Completed,
    Failed,
    Cancelled,
    TimedOut,
    OverBudget,
    LimitReached,
    NoResult,
    Other,
}

/// <summary>How a run ended, as its caller saw it.</summary>
/// <param name="Kind">How.</param>
/// <param name="Value">Its result.</param>
/// <param name="Failures">Which actions failed, by iteration: <c>1/A3</c>. Null if that cannot be told.</param>
/// <param name="Text">What there is to read.</param>
public sealed record Ending(EndKind Kind, string Value, string[]? Failures, string Text)
{
    public static Ending Completed(string value) => new(EndKind.Completed, value, [], "");

    public static Ending Of(Exception error) => error switch
    {
        ActionFailedException failed => new(EndKind.Failed, "", [.. failed.Failures.Select(static f => $"{f.Iteration}/{f.Action}")], failed.ToString()),
        OperationCanceledException => new(EndKind.Cancelled, "", null, error.ToString()),
        TimeoutException => new(EndKind.TimedOut, "", null, error.ToString()),
        BudgetExceededException => new(EndKind.OverBudget, "", null, error.ToString()),
        IterationLimitException => new(EndKind.LimitReached, "", null, error.ToString()),
        InvalidOperationException when error.Message.Contains("was skipped: none of the branches", StringComparison.Ordinal) => new(EndKind.NoResult, "", null, error.ToString()),
        AggregateException several => Of(several.InnerExceptions[0]),
        RecordedException recorded => new(KindOf(recorded), "", null, recorded.ToString()),
        _ => new(EndKind.Other, "", null, error.ToString()),
    };

    public override string ToString() => $"{Kind} {Value}{string.Join(',', Failures ?? [])} {(Kind is EndKind.Other or EndKind.NoResult ? Text : "")}".Trim();

    private static EndKind KindOf(RecordedException error) => error.Type.Split('.')[^1] switch
    {
        nameof(ActionFailedException) => EndKind.Failed,
        nameof(OperationCanceledException) or nameof(TaskCanceledException) => EndKind.Cancelled,
        nameof(TimeoutException) => EndKind.TimedOut,
        nameof(BudgetExceededException) => EndKind.OverBudget,
        nameof(IterationLimitException) => EndKind.LimitReached,
        nameof(InvalidOperationException) when error.Message.Contains("was skipped: none of the branches", StringComparison.Ordinal) => EndKind.NoResult,
        nameof(AggregateException) when error.Message.Contains("exceeded its budget", StringComparison.Ordinal) => EndKind.OverBudget,

        // Undoing has failed as well.
        nameof(AggregateException) when error.Message.Contains("without its [Until] holding", StringComparison.Ordinal) => EndKind.LimitReached,
        nameof(AggregateException) when error.Message.Contains("did not finish within", StringComparison.Ordinal) => EndKind.TimedOut,
        _ => EndKind.Other,
    };
}
