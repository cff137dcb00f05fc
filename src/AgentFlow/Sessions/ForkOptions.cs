using AgentFlow.CompilerServices;

namespace AgentFlow;

/// <summary>Where a session is forked, and what the fork changes.</summary>
public sealed record ForkOptions
{
    private readonly List<(string Action, object? Value)> _edits = [];

    /// <summary>The id of the fork. Default: a new one.</summary>
    public string? Id { get; init; }

    /// <summary>The id of an action: the fork shares everything up to its last outcome. Default: see <see cref="Sequence"/>.</summary>
    public string? After { get; init; }

    /// <summary>The name of a checkpoint: the fork shares everything up to it.</summary>
    public string? Checkpoint { get; init; }

    /// <summary>The last sequence number that the fork shares. Default: all of the journal up to the session's end, if it has ended.</summary>
    public long? Sequence { get; init; }

    /// <summary>Whether the fork waits until it is resumed. Default: no.</summary>
    public bool IsPaused { get; init; }

    /// <summary>
    /// Lets the fork go on with another output of an action that has one. What was made of it before the place of the fork is made anew.
    /// </summary>
    /// <param name="action">The id of the action.</param>
    /// <param name="value">The output.</param>
    /// <returns>These options.</returns>
    public ForkOptions Set(string action, object? value)
    {
        _edits.Add((action, value));
        return this;
    }

    /// <summary>The ids of the actions that are given another output.</summary>
    internal IReadOnlyCollection<string> Edited => [.. _edits.Select(static edit => edit.Action)];

    /// <summary>Whether the place is named by what happened, and not by a number: then only what still counts is shared.</summary>
    internal bool IsPlaceOnBranch => Sequence is null;

    internal long PlaceIn(SessionInfo source, JournalBranch branch)
    {
        if (Sequence is { } sequence)
        {
            return sequence >= 1 && sequence <= source.Sequence ? sequence : throw new ArgumentException($"Session '{source.Id}' has records 1 to {source.Sequence}; there is no {sequence}.");
        }

        if (Checkpoint is not null)
        {
            return branch.Checkpoint(source.Id, Checkpoint).Sequence;
        }

        if (After is not null)
        {
            return branch.Outcomes.LastOrDefault(r => r.Kind is JournalKind.Completed or JournalKind.Skipped && r.Item < 0 && r.Action == After)?.Sequence
                ?? throw new ArgumentException($"Session '{source.Id}' has no outcome of '{After}'.");
        }

        return source.Sequence;
    }

    internal IReadOnlyList<JournalRecord> ToRecords(AgentRun run, AgentHost host, JournalCodec codec, IReadOnlyCollection<JournalRecord> strikes)
    {
        var records = new List<JournalRecord>();
        foreach (var (action, value) in _edits)
        {
            var index = AgentRuntime.IndexOf(host.Graph, action);
            if (run.OutputJson(index) is not { } contract || run.StatusOf(index) != ActionStatus.Completed || strikes.Any(s => s.Item < 0 && s.Action == action && s.Iteration == run.Iteration))
            {
                throw new ArgumentException($"Action '{action}' has no output at that place, so there is nothing to edit.");
            }

            if (!Settlement.Fits(value, contract.Type, host.Shape.Actions[index].IsNullable))
            {
                throw new ArgumentException($"Action '{action}' makes a {contract.Type}; {value?.GetType().ToString() ?? "null"} does not fit.");
            }

            records.Add(codec.Edited(new ActionPlace(run.Iteration, action), value, contract));
        }

        return records;
    }
}
