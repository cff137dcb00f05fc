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
        helpLinkUri: Pages + DiagnosticIds.NotRecordable + ".md",
        customTags: Stops);

    public static readonly DiagnosticDescriptor ImpurePredicate = new(
        DiagnosticIds.ImpurePredicate,
        title: "Predicate that may decide otherwise the next time",
        messageFormat: "'{0}' has to decide alike when a session is resumed, and this may change ({1}): let an action read it, and take its output",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.ImpurePredicate + ".md");

    public static readonly DiagnosticDescriptor SensitiveShown = new(
        DiagnosticIds.SensitiveShown,
        title: "Sensitive value that is shown",
        messageFormat: "'{0}' is sensitive and would show in {1}: leave it out, or show what tells nothing of it",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.SensitiveShown + ".md");

    public static readonly DiagnosticDescriptor SignalShape = new(
        DiagnosticIds.SignalShape,
        title: "Method that cannot be a signal",
        messageFormat: "'{0}' cannot be a signal: {1}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.SignalShape + ".md",
        customTags: Stops);

    public static readonly DiagnosticDescriptor SignalWithoutTimeout = new(
        DiagnosticIds.SignalWithoutTimeout,
        title: "Signal that is waited for without end",
        messageFormat: "'{0}' is waited for without end: set Timeout, and a [Fallback] that escalates, unless that is meant",
        Category,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.SignalWithoutTimeout + ".md");
}
