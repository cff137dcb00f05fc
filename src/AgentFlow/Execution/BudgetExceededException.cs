namespace AgentFlow;

/// <summary>A run has spent more than its agent's <see cref="BudgetAttribute"/> allows, and was stopped.</summary>
public sealed class BudgetExceededException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="agent">The agent's id.</param>
    /// <param name="resource"><c>Actions</c>, <c>Tokens</c> or <c>Cost</c>.</param>
    /// <param name="limit">What is allowed.</param>
    /// <param name="spent">What was, or would have been, spent.</param>
    public BudgetExceededException(string agent, string resource, double limit, double spent)
        : base(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Agent '{agent}' exceeded its budget: {resource} {spent} of {limit}."))
    {
        Agent = agent;
        Resource = resource;
        Limit = limit;
        Spent = spent;
    }

    /// <summary>The agent's id.</summary>
    public string Agent { get; }

    /// <summary><c>Actions</c>, <c>Tokens</c> or <c>Cost</c>.</summary>
    public string Resource { get; }

    /// <summary>What is allowed.</summary>
    public double Limit { get; }

    /// <summary>What was, or would have been, spent.</summary>
    public double Spent { get; }
}
