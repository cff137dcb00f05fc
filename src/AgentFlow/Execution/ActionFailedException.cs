namespace AgentFlow;

/// <summary>An action has finally failed, and its run with it. The user's exception, its stack intact, is the <see cref="Exception.InnerException"/>.</summary>
public class ActionFailedException : Exception
{
    /// <summary>How many failures of a run are kept: one that loops, and goes on after failures, may have any number of them.</summary>
    internal const int MaxFailures = 1000;

    /// <summary>Creates the exception.</summary>
    /// <param name="agent">The agent's id.</param>
    /// <param name="action">The action's id.</param>
    /// <param name="attempt">The attempt that failed, from 1.</param>
    /// <param name="iteration">The iteration in which it failed, from 1.</param>
    /// <param name="innerException">What the action threw.</param>
    public ActionFailedException(string agent, string action, int attempt, int iteration, Exception innerException)
        : this(agent, action, attempt, iteration, innerException, item: null)
    {
    }

    internal ActionFailedException(string agent, string action, int attempt, int iteration, Exception innerException, int? item)
        : base(Describe(agent, action, attempt, iteration, item, innerException), innerException)
    {
        Item = item;
        Agent = agent;
        Action = action;
        Attempt = attempt;
        Iteration = iteration;
        Failures = [this];
    }

    /// <summary>The agent's id.</summary>
    public string Agent { get; }

    /// <summary>The id of the action that failed (first, if several did).</summary>
    public string Action { get; }

    /// <summary>The attempt that failed, from 1.</summary>
    public int Attempt { get; }

    /// <summary>The iteration in which it failed, from 1.</summary>
    public int Iteration { get; }

    /// <summary>
    /// The index of the element that failed, if it is one that <see cref="ForEachAttribute.AllowPartialFailure"/> has left out; otherwise
    /// <see langword="null"/>.
    /// </summary>
    public int? Item { get; }

    /// <summary>Every failure of the run, this one first: those of all its iterations, but not more than the first 1,000.</summary>
    public IReadOnlyList<ActionFailedException> Failures { get; internal set; }

    /// <summary>What went wrong while earlier actions were being undone, in the order it happened.</summary>
    public IReadOnlyList<ActionFailedException> CompensationFailures { get; internal set; } = [];

    /// <inheritdoc />
    public override string Message => Failures.Count == 1 && CompensationFailures.Count == 0
        ? base.Message
        : string.Concat(
            base.Message,
            Failures.Count > 1 ? $" {Failures.Count - 1} more failed: {Names(Failures.Skip(1))}." : "",
            CompensationFailures.Count > 0 ? $" Undoing failed for {Names(CompensationFailures)}." : "");

    private static string Names(IEnumerable<ActionFailedException> failures) => string.Join(", ", failures.Select(static f => f.Action));

    private static string Describe(string agent, string action, int attempt, int iteration, int? item, Exception error)
    {
        var where = (attempt > 1, iteration > 1) switch
        {
            (true, true) => $" at attempt {attempt} of iteration {iteration}",
            (true, false) => $" at attempt {attempt}",
            (false, true) => $" in iteration {iteration}",
            _ => "",
        };
        where = item is { } element ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $" for element {element}{where}") : where;
        return $"Action '{action}' of agent '{agent}' failed{where}: {error.Message}";
    }
}
