using System.Text.Json;

namespace AgentFlow;

/// <summary>What the journal says of one action in one iteration: the audit of a step.</summary>
public sealed record RecordedOutcome
{
    /// <summary>The place of the record in the journal.</summary>
    public required long Sequence { get; init; }

    /// <summary>When it was recorded, on the store's clock.</summary>
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>The iteration, from 1.</summary>
    public required int Iteration { get; init; }

    /// <summary>The id of the action.</summary>
    public required string Action { get; init; }

    /// <summary>The index of the element of a for-each; null for the action as a whole.</summary>
    public int? Item { get; init; }

    /// <summary>What it came to.</summary>
    public required ActionStatus Status { get; init; }

    /// <summary>Its output; undefined if it made none.</summary>
    public JsonElement Value { get; init; }

    /// <summary>What it failed with, or null.</summary>
    public Exception? Error { get; init; }

    /// <summary>What it was given, by parameter: the outputs of other actions that were recorded before.</summary>
    public required IReadOnlyDictionary<string, JsonElement> Arguments { get; init; }

    /// <summary>Who owned the session.</summary>
    public string? Owner { get; init; }

    /// <summary>How many attempts were made.</summary>
    public int Attempts { get; init; }

    /// <summary>How long it took, attempts and pauses between them included.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>The tokens it has reported.</summary>
    public long Tokens { get; init; }

    /// <summary>The cost it has reported.</summary>
    public double Cost { get; init; }

    /// <summary>Who answered, if a signal did.</summary>
    public string? Sender { get; init; }

    /// <summary>
    /// Whether the action's value is marked with <see cref="SensitiveAttribute"/>. <see cref="Value"/>, <see cref="Arguments"/> and <see cref="Error"/> have
    /// it all the same, since reading them needs the keys; <see cref="ToString"/> leaves it out.
    /// </summary>
    public bool IsSensitive { get; init; }

    /// <summary>The outcome without what differs from run to run, and without what is sensitive.</summary>
    /// <returns>Iteration, action, status and value.</returns>
    public override string ToString() => IsSensitive
        ? $"{Place}: {Status}{(Value.ValueKind == JsonValueKind.Undefined ? "" : " " + StateCodec.Withheld)}{(Error is null ? "" : " " + ((Error as RecordedException)?.Type ?? Error.GetType().FullName))}"
        : Describe();

    /// <summary>The same with all that there is, to be compared.</summary>
    internal string Describe() => $"{Place}: {Status}{(Value.ValueKind == JsonValueKind.Undefined ? "" : " " + Value.GetRawText())}{(Error is null ? "" : " " + Error.Message)}";

    private string Place => $"{Iteration}/{Action}{(Item is null ? "" : $"/{Item}")}";
}
