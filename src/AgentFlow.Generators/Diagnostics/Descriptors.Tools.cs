using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators.Diagnostics;

/// <content>AF06xx: tools.</content>
internal static partial class Descriptors
{
    public static readonly DiagnosticDescriptor ToolParameterWithoutSchema = new(
        DiagnosticIds.ToolParameterWithoutSchema,
        title: "Value of a tool that has no JSON schema",
        messageFormat: "A model cannot be told what '{0}' looks like: {1}: {2}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.ToolParameterWithoutSchema + ".md",
        customTags: Stops);

    public static readonly DiagnosticDescriptor ToolNotDescribed = new(
        DiagnosticIds.ToolNotDescribed,
        title: "Tool or parameter without a description",
        messageFormat: "A model chooses and fills in tools by their descriptions, and '{0}' has none: write {1}",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.ToolNotDescribed + ".md");

    public static readonly DiagnosticDescriptor DuplicateTool = new(
        DiagnosticIds.DuplicateTool,
        title: "Two tools with one name",
        messageFormat: "Another tool of the class is called '{0}', too: set Name on one of them",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.DuplicateTool + ".md",
        customTags: Stops);

    public static readonly DiagnosticDescriptor ToolWithoutApproval = new(
        DiagnosticIds.ToolWithoutApproval,
        title: "Side-effecting tool without an approval policy",
        messageFormat: "A model may call '{0}' whenever it likes, and {1}: set Approval on [Tool], to Required, or to NotRequired if that is meant",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.ToolWithoutApproval + ".md");

    public static readonly DiagnosticDescriptor ToolShape = new(
        DiagnosticIds.ToolShape,
        title: "Method that cannot be a tool",
        messageFormat: "'{0}' cannot be a tool: {1}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.ToolShape + ".md",
        customTags: Stops);

    public static readonly DiagnosticDescriptor ToolClassNotPartial = new(
        DiagnosticIds.ToolClassNotPartial,
        title: "Class with tools is not partial",
        messageFormat: "'{0}' is not partial, and the tools of '{1}' are generated into it: add the modifier",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.ToolClassNotPartial + ".md",
        customTags: Stops);

    public static readonly DiagnosticDescriptor ToolName = new(
        DiagnosticIds.ToolName,
        title: "Invalid tool name",
        messageFormat: "'{0}' is no name for a tool: write 1 to 64 letters (a to z), digits, '_' or '-'",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.ToolName + ".md",
        customTags: Stops);

    public static readonly DiagnosticDescriptor ToolConstraint = new(
        DiagnosticIds.ToolConstraint,
        title: "Constraint that a tool's schema cannot state",
        messageFormat: "[{0}] is neither stated in the schema nor enforced: {1}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.ToolConstraint + ".md",
        customTags: Stops);

    public static readonly DiagnosticDescriptor SensitiveTool = new(
        DiagnosticIds.SensitiveTool,
        title: "Sensitive value in a tool",
        messageFormat: "'{0}' is, or holds, what [Sensitive] marks, and {1}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.SensitiveTool + ".md",
        customTags: Stops);
}
