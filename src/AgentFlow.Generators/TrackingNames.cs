namespace AgentFlow.Generators;

/// <summary>The names of the pipeline's steps, by which tests see what was run again.</summary>
internal static class TrackingNames
{
    /// <summary>The places of agents, also of those that are gone; compared after every edit.</summary>
    public const string Places = nameof(Places);

    /// <summary>One model an agent.</summary>
    public const string Agents = nameof(Agents);

    /// <summary>One model a class with tools.</summary>
    public const string Tools = nameof(Tools);
}
