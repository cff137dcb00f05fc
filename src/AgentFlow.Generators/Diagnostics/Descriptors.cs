namespace AgentFlow.Generators.Diagnostics;

/// <summary>The rules. Messages say what is wrong and what to do; each has a page.</summary>
internal static partial class Descriptors
{
    private const string Category = "AgentFlow";

    private const string Pages = "https://github.com/agentflow/agentflow/blob/main/docs/diagnostics/";
}
