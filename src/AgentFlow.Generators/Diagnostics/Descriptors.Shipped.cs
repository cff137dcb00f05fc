using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators.Diagnostics;

internal static partial class Descriptors
{
    public static readonly DiagnosticDescriptor ShippedActionRemoved = new(
        DiagnosticIds.ShippedActionRemoved,
        title: "Recorded action that is gone",
        messageFormat: "Sessions may have recorded '{0}', and '{1}' has it no more, so they would not resume: bring it back under that name, or record the new shape if none is left",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.ShippedActionRemoved + ".md");

    public static readonly DiagnosticDescriptor ShippedInputRemoved = new(
        DiagnosticIds.ShippedInputRemoved,
        title: "Recorded input that is gone",
        messageFormat: "Sessions have recorded the input '{0}', and '{1}' takes it no more: bring it back under that name, or record the new shape if it may be forgotten",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.ShippedInputRemoved + ".md");

    public static readonly DiagnosticDescriptor ShippedOutputChanged = new(
        DiagnosticIds.ShippedOutputChanged,
        title: "Recorded output that looks different now",
        messageFormat: "Sessions have recorded the output of '{0}' as {1}, and it is {2} now: add an [Upcast] that takes the old one, or record the new shape if no session is left",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.ShippedOutputChanged + ".md");

    public static readonly DiagnosticDescriptor ShippedInputChanged = new(
        DiagnosticIds.ShippedInputChanged,
        title: "Recorded input that looks different now",
        messageFormat: "Sessions have recorded the input '{0}' as {1}, and it is {2} now: keep its type, or record the new shape if no session is left",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.ShippedInputChanged + ".md");

    public static readonly DiagnosticDescriptor InputNotShipped = new(
        DiagnosticIds.InputNotShipped,
        title: "Input that no session has recorded",
        messageFormat: "'{0}' is a new input of '{1}', and sessions in flight have none, so they would not resume: let an action make the value, or record the new shape if no session is left",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.InputNotShipped + ".md");

    public static readonly DiagnosticDescriptor ShippedAgentRemoved = new(
        DiagnosticIds.ShippedAgentRemoved,
        title: "Recorded agent that is gone",
        messageFormat: "Sessions may have been recorded by '{0}', and there is no durable agent of that name: bring it back, keep its old id with [Agent(Name)], or remove its lines if no session is left",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: null,
        helpLinkUri: Pages + DiagnosticIds.ShippedAgentRemoved + ".md",
        customTags: WellKnownDiagnosticTags.CompilationEnd);

    public static readonly DiagnosticDescriptor AgentNotShipped = new(
        DiagnosticIds.AgentNotShipped,
        title: "Agent whose shape is not recorded",
        messageFormat: "The shape of '{0}' is not in AgentFlow.Shipped.txt: record it once its sessions have to outlive a release",
        Category,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.AgentNotShipped + ".md");

    public static readonly DiagnosticDescriptor UpcastDoesNotFit = new(
        DiagnosticIds.UpcastDoesNotFit,
        title: "Upcast does not fit",
        messageFormat: "'{0}' cannot turn older outputs of '{1}' into today's: {2}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.UpcastDoesNotFit + ".md",
        customTags: Stops);
}
