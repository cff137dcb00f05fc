using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators.Diagnostics;

internal static partial class Descriptors
{
    public static readonly DiagnosticDescriptor NotRecordable = new(
        DiagnosticIds.NotRecordable,
        title: "Value that a session cannot record",
        messageFormat: "'{0}' cannot be recorded: {1}: {2}. If no session is to take the agent, write [Agent(Durable = false)].",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.NotRecordable + ".md");
}
