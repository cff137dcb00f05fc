using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators.Diagnostics;

/// <content>AF05xx: termination.</content>
internal static partial class Descriptors
{
    public static readonly DiagnosticDescriptor LoopWithoutBound = new(
        DiagnosticIds.LoopWithoutBound,
        title: "Loop without a bound",
        messageFormat: "'{0}' loops until '{1}' holds, and nothing bounds it: set MaxIterations on [Agent]",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.LoopWithoutBound + ".md",
        customTags: Stops);

    public static readonly DiagnosticDescriptor PreviousWithoutLoop = new(
        DiagnosticIds.PreviousWithoutLoop,
        title: "Previous iteration without a loop",
        messageFormat: "'{0}' takes a value of the previous iteration, but '{1}' has no [Until] and makes only one: add one, or remove [Previous]",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.PreviousWithoutLoop + ".md",
        customTags: Stops);

    public static readonly DiagnosticDescriptor ConstantUntil = new(
        DiagnosticIds.ConstantUntil,
        title: "Until that reads no output",
        messageFormat: "'{0}' reads no action's output, so nothing in the loop can end it: take an output as a parameter",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.ConstantUntil + ".md");

    public static readonly DiagnosticDescriptor BudgetBelowMaximum = new(
        DiagnosticIds.BudgetBelowMaximum,
        title: "Budget below the known maximum",
        messageFormat: "The budget of {0} actions is below what '{1}' may need: {2}. Raise it, or lower the bounds.",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.BudgetBelowMaximum + ".md",
        customTags: Stops);

    public static readonly DiagnosticDescriptor UnboundedRecursion = new(
        DiagnosticIds.UnboundedRecursion,
        title: "Unbounded recursion of agents",
        messageFormat: "'{0}' runs '{1}' again, and nothing bounds how deep: pass a depth and stop at it",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.UnboundedRecursion + ".md");

    public static readonly DiagnosticDescriptor SeveralUntils = new(
        DiagnosticIds.SeveralUntils,
        title: "Several Until methods",
        messageFormat: "'{0}' is not the only [Until] of '{1}': combine them in one method",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.SeveralUntils + ".md",
        customTags: Stops);
}
