using System.Globalization;

namespace AgentFlow.AI;

/// <summary>What is left of a <see cref="ModelBudget"/> pays for none of the models that could be asked.</summary>
public sealed class ModelBudgetException : Exception
{
    internal ModelBudgetException(double remaining, double cheapest)
        : base(string.Create(CultureInfo.InvariantCulture, $"The budget has {remaining:0.######} left, and the cheapest model is expected to cost {cheapest:0.######} for this request. Raise the budget, lower MaxOutputTokens, or add a cheaper model."))
    {
        Remaining = remaining;
        Cheapest = cheapest;
    }

    /// <summary>What is left.</summary>
    public double Remaining { get; }

    /// <summary>What the cheapest model is expected to cost for the request.</summary>
    public double Cheapest { get; }
}
