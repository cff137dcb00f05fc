namespace AgentFlow;

/// <summary>What was spent, as far as it was reported by <see cref="ActionContext.ReportUsage"/>.</summary>
/// <param name="Tokens">Tokens of models.</param>
/// <param name="Cost">The cost, in the user's own currency.</param>
public readonly record struct RunUsage(long Tokens, double Cost)
{
    /// <summary>What two have spent together.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    /// <returns>The sum.</returns>
    public static RunUsage operator +(RunUsage left, RunUsage right) => new(left.Tokens + right.Tokens, left.Cost + right.Cost);

    /// <summary>What two have spent together.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    /// <returns>The sum.</returns>
    public static RunUsage Add(RunUsage left, RunUsage right) => left + right;
}
