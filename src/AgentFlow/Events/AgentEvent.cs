using System.Diagnostics.CodeAnalysis;

namespace AgentFlow;

/// <summary>Something that happened in a run.</summary>
public readonly struct AgentEvent
{
    /// <summary>What the event tells.</summary>
    public AgentEventKind Kind { get; init; }

    /// <summary>The id of the agent.</summary>
    public string Agent { get; init; }

    /// <summary>The id of the action, or <see langword="null"/> for an event of the run.</summary>
    public string? Action { get; init; }

    /// <summary>The iteration, from 1; 0 before the first.</summary>
    public int Iteration { get; init; }

    /// <summary>The attempt, from 1; 0 for events of the run and of skipped actions.</summary>
    public int Attempt { get; init; }

    /// <summary>The index of the element in a for-each; otherwise <see langword="null"/>.</summary>
    public int? Item { get; init; }

    /// <summary>When it happened, by the run's clock.</summary>
    public DateTimeOffset Timestamp { get; init; }

    /// <summary>The name of a <see cref="AgentEventKind.Custom"/> event.</summary>
    public string? Name { get; init; }

    /// <summary>The token, the thought, the note on progress, or why an action was skipped.</summary>
    public string? Message { get; init; }

    /// <summary>How far an action has come, from 0 to 1, in a <see cref="AgentEventKind.Progress"/> event.</summary>
    public double? Progress { get; init; }

    /// <summary>What went wrong.</summary>
    public Exception? Exception { get; init; }

    /// <summary>Whether the event is about a value that it leaves out, since it is marked with <see cref="SensitiveAttribute"/>.</summary>
    public bool IsSensitive { get; init; }

    internal object? Value { get; init; }

    /// <summary>Gives the output, result, element or payload that the event carries, if it is of that type.</summary>
    /// <typeparam name="T">The type expected.</typeparam>
    /// <param name="value">The value.</param>
    /// <returns>Whether the event carries a value of that type.</returns>
    public bool TryGetValue<T>([MaybeNullWhen(false)] out T value)
    {
        if (Value is T typed)
        {
            value = typed;
            return true;
        }

        value = default;
        return false;
    }

    /// <summary>The wire name and whom it concerns, for logs and debuggers.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => Action is null ? $"{Kind.ToWireName()} {Agent}" : $"{Kind.ToWireName()} {Agent}.{Action}";
}
