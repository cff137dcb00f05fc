using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators.Diagnostics;

/// <content>AF03xx: policies.</content>
internal static partial class Descriptors
{
    public static readonly DiagnosticDescriptor MalformedDuration = new(
        DiagnosticIds.MalformedDuration,
        title: "Malformed duration",
        messageFormat: "'{0}' is no duration{1}: write \"hh:mm:ss\" or \"d.hh:mm:ss\"{2}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.MalformedDuration + ".md",
        customTags: Stops);

    public static readonly DiagnosticDescriptor RetryAttempts = new(
        DiagnosticIds.RetryAttempts,
        title: "Attempts out of range",
        messageFormat: "{0} attempts cannot be retried: write 2 to 1,000, the first attempt included",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.RetryAttempts + ".md",
        customTags: Stops);

    public static readonly DiagnosticDescriptor FallbackDoesNotFit = new(
        DiagnosticIds.FallbackDoesNotFit,
        title: "Fallback does not fit",
        messageFormat: "'{0}' cannot stand in for '{1}': {2}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.FallbackDoesNotFit + ".md",
        customTags: Stops);

    public static readonly DiagnosticDescriptor CompensationDoesNotFit = new(
        DiagnosticIds.CompensationDoesNotFit,
        title: "Compensation does not fit",
        messageFormat: "'{0}' cannot undo '{1}': {2}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.CompensationDoesNotFit + ".md",
        customTags: Stops);

    public static readonly DiagnosticDescriptor PredicateDoesNotFit = new(
        DiagnosticIds.PredicateDoesNotFit,
        title: "Predicate does not fit",
        messageFormat: "'{0}' cannot serve as [{1}]: {2}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.PredicateDoesNotFit + ".md",
        customTags: Stops);

    public static readonly DiagnosticDescriptor TimeoutNotObserved = new(
        DiagnosticIds.TimeoutNotObserved,
        title: "Timeout that the action cannot observe",
        messageFormat: "'{0}' cannot observe its {1}: add a parameter of type {2} and use it",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.TimeoutNotObserved + ".md");

    public static readonly DiagnosticDescriptor RetryAtMostOnce = new(
        DiagnosticIds.RetryAtMostOnce,
        title: "Retry of an action that must not be repeated",
        messageFormat: "'{0}' has Effect.AtMostOnce and must not be repeated: remove [Retry], or make it repeatable and say so",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.RetryAtMostOnce + ".md",
        customTags: Stops);

    public static readonly DiagnosticDescriptor EffectNotCompensated = new(
        DiagnosticIds.EffectNotCompensated,
        title: "Side effect without compensation",
        messageFormat: "'{0}' has a side effect, and a later action may fail: name a method that undoes it with [Compensate]",
        Category,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.EffectNotCompensated + ".md");

    public static readonly DiagnosticDescriptor CacheKeyWithoutEquality = new(
        DiagnosticIds.CacheKeyWithoutEquality,
        title: "Cache key without value equality",
        messageFormat: "'{0}' is of type '{1}', which compares by reference, so the cache will hardly ever be hit: use a record, or a type that implements IEquatable<T>",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.CacheKeyWithoutEquality + ".md");

    public static readonly DiagnosticDescriptor OptionWithoutEffect = new(
        DiagnosticIds.OptionWithoutEffect,
        title: "Option without effect",
        messageFormat: "{0} has no effect here: {1}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.OptionWithoutEffect + ".md",
        customTags: Stops);

    public static readonly DiagnosticDescriptor OptionOutOfRange = new(
        DiagnosticIds.OptionOutOfRange,
        title: "Option out of range",
        messageFormat: "{0} is out of range: {1}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.OptionOutOfRange + ".md",
        customTags: Stops);

    public static readonly DiagnosticDescriptor NothingToCommitWith = new(
        DiagnosticIds.NothingToCommitWith,
        title: "Transactional action without an outcome of its own",
        messageFormat: "'{0}' has Effect.Transactional and {1}: there is no outcome that its writes could commit with; {2}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.NothingToCommitWith + ".md",
        customTags: Stops);

    public static readonly DiagnosticDescriptor StoreWaitsForItself = new(
        DiagnosticIds.StoreWaitsForItself,
        title: "Child or plan inside a transaction",
        messageFormat: "'{0}' has Effect.Transactional, and '{1}' would wait for the store while the store waits for the action: call it in another action that depends on this one",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.StoreWaitsForItself + ".md");
}
