namespace AgentFlow.AI;

/// <summary>The roles that the patterns ask models for: the keys of keyed <c>IChatClient</c> services. An application may use any other.</summary>
public static class ModelRoles
{
    /// <summary>Plans, decomposes and decides.</summary>
    public const string Planner = "planner";

    /// <summary>Does the work of a step.</summary>
    public const string Worker = "worker";

    /// <summary>Judges what was done.</summary>
    public const string Critic = "critic";

    /// <summary>Takes over what a lesser model was not sure of.</summary>
    public const string Expert = "expert";

    /// <summary>Shortens what no longer fits.</summary>
    public const string Summarizer = "summarizer";
}
