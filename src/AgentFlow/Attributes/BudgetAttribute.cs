namespace AgentFlow;

/// <summary>Bounds what one run may spend. Over it the run stops with a <see cref="BudgetExceededException"/>.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class BudgetAttribute : Attribute
{
    /// <summary>How many actions may start, every attempt and every element counted; 0 (default) sets no bound.</summary>
    public int Actions { get; set; }

    /// <summary>How many tokens may be reported through <see cref="ActionContext.ReportUsage"/>; 0 (default) sets no bound.</summary>
    public long Tokens { get; set; }

    /// <summary>How much cost may be reported through <see cref="ActionContext.ReportUsage"/>, in the user's own currency; 0 (default) sets no bound.</summary>
    public double Cost { get; set; }
}
