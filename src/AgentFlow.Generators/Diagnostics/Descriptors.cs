using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators.Diagnostics;

/// <summary>The rules. Messages say what is wrong and what to do; each has a page.</summary>
internal static partial class Descriptors
{
    private const string Category = "AgentFlow";

    private const string Pages = "https://github.com/agentflow/agentflow/blob/main/docs/diagnostics/";

    /// <summary>
    /// Of rules without which nothing can be generated: who silences one would find an agent that compiles and throws when it is started.
    /// </summary>
    private static readonly string[] Stops = [WellKnownDiagnosticTags.NotConfigurable];
}
