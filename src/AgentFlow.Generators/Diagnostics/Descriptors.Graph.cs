using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators.Diagnostics;

/// <content>AF01xx: the graph.</content>
internal static partial class Descriptors
{
    public static readonly DiagnosticDescriptor UnknownName = new(
        DiagnosticIds.UnknownName,
        title: "Name of no action or method",
        messageFormat: "'{0}' names no {1} of '{2}'.{3}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.UnknownName + ".md",
        customTags: Stops);

    public static readonly DiagnosticDescriptor MissingDependency = new(
        DiagnosticIds.MissingDependency,
        title: "Missing dependency",
        messageFormat: "Nothing supplies '{0}': no action of '{1}' produces '{2}'. Mark the parameter with [Input] or [Service], or add an action that returns '{2}'.",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.MissingDependency + ".md",
        customTags: Stops);

    public static readonly DiagnosticDescriptor AmbiguousDependency = new(
        DiagnosticIds.AmbiguousDependency,
        title: "Ambiguous dependency",
        messageFormat: "It cannot be told which action supplies '{0}': {1}. Name it with [From(nameof({2}))].",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.AmbiguousDependency + ".md",
        customTags: Stops);

    public static readonly DiagnosticDescriptor SourceDoesNotConvert = new(
        DiagnosticIds.SourceDoesNotConvert,
        title: "Source of another type",
        messageFormat: "'{0}' cannot supply '{1}': {2}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.SourceDoesNotConvert + ".md",
        customTags: Stops);

    public static readonly DiagnosticDescriptor InputTypeConflict = new(
        DiagnosticIds.InputTypeConflict,
        title: "One input, two types",
        messageFormat: "The input '{0}' is '{1}' here, but '{2}' in '{3}': give both the same type, or one of them another name",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.InputTypeConflict + ".md",
        customTags: Stops);

    public static readonly DiagnosticDescriptor Cycle = new(
        DiagnosticIds.Cycle,
        title: "Cycle",
        messageFormat: "These actions wait for each other: {0}. Take one of the values from the previous iteration with [Previous], or remove an edge.",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.Cycle + ".md",
        customTags: Stops);

    public static readonly DiagnosticDescriptor SelfDependency = new(
        DiagnosticIds.SelfDependency,
        title: "Action depends on itself",
        messageFormat: "'{0}' waits for itself: name another action, or take its value of the previous iteration with [Previous]",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.SelfDependency + ".md",
        customTags: Stops);

    public static readonly DiagnosticDescriptor DuplicateAction = new(
        DiagnosticIds.DuplicateAction,
        title: "Two actions, one name",
        messageFormat: "Another action is called '{0}' already (case does not count): rename the method or set [Action(Name = …)] so that names and stable ids are unique",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.DuplicateAction + ".md",
        customTags: Stops);

    public static readonly DiagnosticDescriptor NoSingleResult = new(
        DiagnosticIds.NoSingleResult,
        title: "No single result",
        messageFormat: "{0}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.NoSingleResult + ".md",
        customTags: Stops);

    public static readonly DiagnosticDescriptor UnusedAction = new(
        DiagnosticIds.UnusedAction,
        title: "Unused action",
        messageFormat: "Nothing uses the output of '{0}': take it as a parameter, mark it with [Result], or make the action return nothing",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.UnusedAction + ".md");

    public static readonly DiagnosticDescriptor FireAndForgetConsumed = new(
        DiagnosticIds.FireAndForgetConsumed,
        title: "Fire-and-forget action waited for",
        messageFormat: "'{0}' waits for '{1}', which is fire-and-forget and can be waited for by nobody: change its Mode, or remove the edge",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.FireAndForgetConsumed + ".md",
        customTags: Stops);

    public static readonly DiagnosticDescriptor ResultMayBeSkipped = new(
        DiagnosticIds.ResultMayBeSkipped,
        title: "Result unreachable if an action is skipped",
        messageFormat: "{0}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.ResultMayBeSkipped + ".md",
        customTags: Stops);

    public static readonly DiagnosticDescriptor RedundantOrder = new(
        DiagnosticIds.RedundantOrder,
        title: "Redundant order",
        messageFormat: "'{0}' waits for '{1}' already, through the rest of the graph: remove the name",
        Category,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.RedundantOrder + ".md");

    public static readonly DiagnosticDescriptor ForEachMismatch = new(
        DiagnosticIds.ForEachMismatch,
        title: "ForEach without a sequence or an item",
        messageFormat: "{0}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.ForEachMismatch + ".md",
        customTags: Stops);
}
