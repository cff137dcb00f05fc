using AgentFlow.CompilerServices;

namespace AgentFlow;

/// <summary>What a person says became of an action that was in doubt.</summary>
public sealed class Settlement
{
    private readonly JournalKind _kind;
    private readonly object? _value;
    private readonly string? _reason;

    private Settlement(JournalKind kind, object? value, string? reason)
    {
        _kind = kind;
        _value = value;
        _reason = reason;
    }

    /// <summary>It did not happen: it is to be done again.</summary>
    public static Settlement Retry { get; } = new(JournalKind.Struck, null, null);

    /// <summary>It happened.</summary>
    /// <param name="value">Its output, or of an element the value for that one; none if the action makes none.</param>
    /// <returns>The settlement.</returns>
    public static Settlement Completed(object? value = null) => new(JournalKind.Completed, value, null);

    /// <summary>It did not happen, and is not to: it counts as failed.</summary>
    /// <param name="reason">Why.</param>
    /// <returns>The settlement.</returns>
    public static Settlement Failed(string reason) => new(JournalKind.Failed, null, reason);

    internal JournalRecord ToRecord(AgentRun run, AgentHost host, JournalCodec codec, in ActionPlace place, int generation)
    {
        if (_kind == JournalKind.Struck)
        {
            return new JournalRecord { Kind = JournalKind.Struck, Iteration = place.Iteration, Action = place.Action, Item = place.Item };
        }

        var action = AgentRuntime.IndexOf(host.Graph, place.Action);
        if (place.Item >= 0)
        {
            return ToItemRecord(run, codec, action, place, generation);
        }

        if (_kind == JournalKind.Completed)
        {
            var contract = run.OutputJson(action);
            if (contract is not null && !Fits(_value, contract.Type, host.Shape.Actions[action].IsNullable))
            {
                throw new ArgumentException($"Action '{place.Action}' makes a {contract.Type}; {_value?.GetType().ToString() ?? "null"} does not fit.");
            }

            run.SetOutput(action, _value);
        }

        var error = _kind == JournalKind.Failed ? new RecordedException(typeof(Settlement).FullName!, _reason!, null) : null;
        var status = error is null ? ActionStatus.Completed : ActionStatus.Failed;
        return codec.Outcome(run, place, action, status, error, generation, default);
    }

    /// <summary>What became of one element.</summary>
    private JournalRecord ToItemRecord(AgentRun run, JournalCodec codec, int action, in ActionPlace place, int generation)
    {
        var contract = run.ItemJson(action);
        if (_kind == JournalKind.Completed && contract is not null && !Fits(_value, contract.Type, isNullable: !contract.Type.IsValueType))
        {
            throw new ArgumentException($"Action '{place.Action}' makes a {contract.Type} for each element; {_value?.GetType().ToString() ?? "null"} does not fit.");
        }

        var error = _kind == JournalKind.Failed ? new RecordedException(typeof(Settlement).FullName!, _reason!, null) : null;
        return codec.Item(place, _value, error, contract, generation, default);
    }

    internal static bool Fits(object? value, Type type, bool isNullable) => value is null ? isNullable || Nullable.GetUnderlyingType(type) is not null : type.IsInstanceOfType(value);
}
