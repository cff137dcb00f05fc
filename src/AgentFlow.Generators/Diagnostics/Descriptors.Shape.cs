using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators.Diagnostics;

/// <content>AF02xx: the shape of agents and actions.</content>
internal static partial class Descriptors
{
    public static readonly DiagnosticDescriptor AgentNotPartial = new(
        DiagnosticIds.AgentNotPartial,
        title: "Agent is not partial",
        messageFormat: "The agent '{0}' must be partial, so that its RunAsync can be generated: add the partial modifier",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.AgentNotPartial + ".md",
        customTags: Stops);

    public static readonly DiagnosticDescriptor HostNotPartial = new(
        DiagnosticIds.HostNotPartial,
        title: "Enclosing type is not partial",
        messageFormat: "'{0}' encloses the agent '{1}' and must be partial too: add the partial modifier",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.HostNotPartial + ".md",
        customTags: Stops);

    public static readonly DiagnosticDescriptor AgentShape = new(
        DiagnosticIds.AgentShape,
        title: "Agent of the wrong kind",
        messageFormat: "The agent '{0}' must not be {1}: make it an ordinary class",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.AgentShape + ".md",
        customTags: Stops);

    public static readonly DiagnosticDescriptor ActionMutatesAgent = new(
        DiagnosticIds.ActionMutatesAgent,
        title: "Action changes its agent",
        messageFormat: "'{0}' writes '{1}', which every run shares: return the value and take it as a parameter, or call what is made to be shared, "
            + "such as a Meter or an injected service",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.ActionMutatesAgent + ".md");

    public static readonly DiagnosticDescriptor BlockingCall = new(
        DiagnosticIds.BlockingCall,
        title: "Blocking call in an action",
        messageFormat: "'{0}' blocks a thread that other actions need: {1}",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.BlockingCall + ".md");

    public static readonly DiagnosticDescriptor TokenNotTaken = new(
        DiagnosticIds.TokenNotTaken,
        title: "Cancellation token not taken",
        messageFormat: "'{0}' accepts a CancellationToken, but '{1}' has none to pass: add a CancellationToken parameter",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.TokenNotTaken + ".md");

    public static readonly DiagnosticDescriptor AsyncVoid = new(
        DiagnosticIds.AsyncVoid,
        title: "Action is async void",
        messageFormat: "'{0}' is async void and cannot be awaited: return Task instead",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.AsyncVoid + ".md",
        customTags: Stops);

    public static readonly DiagnosticDescriptor ByReferenceParameter = new(
        DiagnosticIds.ByReferenceParameter,
        title: "Passed by reference",
        messageFormat: "'{0}' is passed by reference, but values travel between actions by copy: remove the modifier",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.ByReferenceParameter + ".md",
        customTags: Stops);

    public static readonly DiagnosticDescriptor GenericAction = new(
        DiagnosticIds.GenericAction,
        title: "Generic action",
        messageFormat: "'{0}' is generic, and nothing says with which type arguments it is called: remove its type parameters",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.GenericAction + ".md",
        customTags: Stops);

    public static readonly DiagnosticDescriptor StackOnlyType = new(
        DiagnosticIds.StackOnlyType,
        title: "Type that cannot be stored",
        messageFormat: "'{0}' is of type '{1}', which cannot be kept between actions: use an ordinary type, such as Memory<T> for a span, or T for a task within a task",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.StackOnlyType + ".md",
        customTags: Stops);

    public static readonly DiagnosticDescriptor InaccessibleType = new(
        DiagnosticIds.InaccessibleType,
        title: "Less accessible type in a signature",
        messageFormat: "'{0}' is less accessible than RunAsync of '{1}', which {2}: make it at least as accessible",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.InaccessibleType + ".md",
        customTags: Stops);

    public static readonly DiagnosticDescriptor MemberClash = new(
        DiagnosticIds.MemberClash,
        title: "Clash with a generated member",
        messageFormat: "'{0}' is the name of a member that is generated into '{1}': {2}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.MemberClash + ".md",
        customTags: Stops);

    public static readonly DiagnosticDescriptor InaccessibleAction = new(
        DiagnosticIds.InaccessibleAction,
        title: "Action that the agent cannot call",
        messageFormat: "'{0}' cannot call the action '{1}' of '{2}': {3}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.InaccessibleAction + ".md",
        customTags: Stops);

    public static readonly DiagnosticDescriptor InertAttribute = new(
        DiagnosticIds.InertAttribute,
        title: "Attribute without effect",
        messageFormat: "[{0}] has no effect here: {1}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.InertAttribute + ".md",
        customTags: Stops);

    public static readonly DiagnosticDescriptor NotInAgent = new(
        DiagnosticIds.NotInAgent,
        title: "Action outside an agent",
        messageFormat: "'{0}' is marked with [{1}], but '{2}' is no agent: mark the class with [Agent], or remove the attribute",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.NotInAgent + ".md");

    public static readonly DiagnosticDescriptor NoActions = new(
        DiagnosticIds.NoActions,
        title: "Agent without actions",
        messageFormat: "The agent '{0}' has no actions: mark its steps with [Action]",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.NoActions + ".md",
        customTags: Stops);

    public static readonly DiagnosticDescriptor KeyedServicesUnknown = new(
        DiagnosticIds.KeyedServicesUnknown,
        title: "Keyed services are not referenced",
        messageFormat: "'{0}' asks for a keyed service, but the project knows none: add the package Microsoft.Extensions.DependencyInjection.Abstractions, or remove the Key",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.KeyedServicesUnknown + ".md",
        customTags: Stops);

    public static readonly DiagnosticDescriptor NameTakenOver = new(
        DiagnosticIds.NameTakenOver,
        title: "Name taken over by a generated member",
        messageFormat: "'{0}' means the member that is generated into '{1}' here, and no longer '{2}': write either of them with what it is in",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.NameTakenOver + ".md");

    public static readonly DiagnosticDescriptor ReservedName = new(
        DiagnosticIds.ReservedName,
        title: "Name reserved for generated code",
        messageFormat: "Names that begin with '__AgentFlow' are reserved for generated code: rename '{0}'",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.ReservedName + ".md");

    public static readonly DiagnosticDescriptor DuplicateAgent = new(
        DiagnosticIds.DuplicateAgent,
        title: "Two agents with one id",
        messageFormat: "'{0}' and '{1}' both have the id '{2}', by which a session finds its agent: set Name of [Agent] on one of them",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.DuplicateAgent + ".md",
        customTags: WellKnownDiagnosticTags.CompilationEnd);

    public static readonly DiagnosticDescriptor ExternAlias = new(
        DiagnosticIds.ExternAlias,
        title: "Type behind an extern alias",
        messageFormat: "'{0}' is of type '{1}', which generated code cannot name: this project knows it by an extern alias alone. Add 'global' to the Aliases of the reference, or hold it in a type of your own.",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.ExternAlias + ".md",
        customTags: Stops);

    public static readonly DiagnosticDescriptor RunNotAwaited = new(
        DiagnosticIds.RunNotAwaited,
        title: "Run that is not awaited",
        messageFormat: "Nothing awaits this run of '{0}': its failure is lost, and what follows does not wait for it. Await it, or keep its task.",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.RunNotAwaited + ".md");

    public static readonly DiagnosticDescriptor RunAwaitedTwice = new(
        DiagnosticIds.RunAwaitedTwice,
        title: "Run that is awaited twice",
        messageFormat: "'{0}' is awaited already, and a ValueTask may be awaited once: its run has been released to others. Keep its result, or call AsTask() once and await that.",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.RunAwaitedTwice + ".md");

    public static readonly DiagnosticDescriptor NotCallable = new(
        DiagnosticIds.NotCallable,
        title: "Method that generated code cannot call",
        messageFormat: "Generated code cannot call '{0}': {1}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + DiagnosticIds.NotCallable + ".md",
        customTags: Stops);
}
