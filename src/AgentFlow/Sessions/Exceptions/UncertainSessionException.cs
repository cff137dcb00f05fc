using System.Globalization;

namespace AgentFlow;

/// <summary>An action that must happen at most once was under way when its worker died. Nobody but a person can say whether it happened.</summary>
public sealed class UncertainSessionException : SessionException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="session">The session's id.</param>
    /// <param name="actions">The actions in doubt.</param>
    public UncertainSessionException(string session, IReadOnlyList<string> actions)
        : this(session, (actions ?? []).Select(static action => new UncertainAction(action, 0, null)).ToArray())
    {
    }

    internal UncertainSessionException(string session, IEnumerable<ActionPlace> inDoubt)
        : this(session, inDoubt.Select(static place => new UncertainAction(place.Action, place.Iteration, place.Item < 0 ? null : place.Item)).ToArray())
    {
    }

    private UncertainSessionException(string session, UncertainAction[] inDoubt)
        : base(session, $"Session '{session}' is uncertain: {string.Join(", ", inDoubt)} may or may not have happened. Find out, then settle it with AgentRuntime.SettleAsync.") => InDoubt = inDoubt;

    /// <summary>The actions in doubt, each once.</summary>
    public IReadOnlyList<string> Actions => [.. InDoubt.Select(static action => action.Action).Distinct(StringComparer.Ordinal)];

    /// <summary>What is in doubt: actions, and elements of those with <see cref="ForEachAttribute"/>.</summary>
    public IReadOnlyList<UncertainAction> InDoubt { get; }
}

/// <summary>An action, or one element of it, of which nobody knows whether it happened.</summary>
/// <param name="Action">The id of the action.</param>
/// <param name="Iteration">The iteration, from 1; 0 if it is not known.</param>
/// <param name="Item">The index of the element, from 0; null if it is the action as a whole.</param>
public readonly record struct UncertainAction(string Action, int Iteration, int? Item)
{
    /// <summary>The action, and the element in brackets.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => Item is { } item ? string.Create(CultureInfo.InvariantCulture, $"{Action}[{item}]") : Action;
}
