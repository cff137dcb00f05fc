namespace AgentFlow.Generators;

/// <summary>The names of the pipeline's steps, by which tests see what was run again.</summary>
internal static class TrackingNames
{
    /// <summary>One model an agent.</summary>
    public const string Agents = nameof(Agents);
}
