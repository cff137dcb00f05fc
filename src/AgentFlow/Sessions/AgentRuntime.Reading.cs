using System.Text.Json;

namespace AgentFlow;

/// <summary>What a session's journal tells.</summary>
public sealed partial class AgentRuntime
{
    /// <summary>Reads what became of every action of a session, in the order it was recorded; what was struck is left out.</summary>
    /// <typeparam name="TSelf">The agent.</typeparam>
    /// <typeparam name="TInput">Its input.</typeparam>
    /// <typeparam name="TResult">Its result.</typeparam>
    /// <param name="agent">The agent.</param>
    /// <param name="id">The session's id.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The outcomes.</returns>
    /// <exception cref="SessionNotFoundException">There is no such session.</exception>
    /// <exception cref="DamagedSessionException">A record is damaged.</exception>
    public async ValueTask<IReadOnlyList<RecordedOutcome>> ReadOutcomesAsync<TSelf, TInput, TResult>(IDurableAgent<TSelf, TInput, TResult> agent, string id, CancellationToken cancellationToken = default)
        where TSelf : IDurableAgent<TSelf, TInput, TResult>
    {
        ArgumentNullException.ThrowIfNull(agent);
        var codec = Codec(SessionId.Check(id));
        var journal = await ReadAllAsync(id, cancellationToken).ConfigureAwait(false);
        var owners = journal.Where(static r => r.Kind == JournalKind.StateChanged)
            .Select(r => (r.Epoch, Owner: JournalCodec.Text(codec.Read(r), "owner")))
            .GroupBy(static o => o.Epoch)
            .ToDictionary(static g => g.Key, static g => g.First().Owner);
        var outcomes = new List<RecordedOutcome>();
        var values = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        var created = journal.Count > 0 ? codec.Read(journal[0]) : throw new SessionNotFoundException(id);
        foreach (var record in new JournalBranch(journal).OutcomesAndEdits)
        {
            var payload = codec.Read(record);
            var value = payload.ValueKind == JsonValueKind.Object && payload.TryGetProperty("value", out var found) ? found : default;
            if (record.Kind == JournalKind.Edited)
            {
                // What comes later saw the edited output.
                values[record.Action] = value;
                continue;
            }

            outcomes.Add(ToOutcome(record, payload, value, Arguments(agent.Definition, record.Action, values), owners.GetValueOrDefault(record.Epoch)));
            if (record.Item < 0)
            {
                values[record.Action] = value;
            }
        }

        return outcomes;
    }

    /// <summary>The state of a session at a place in its journal, as JSON by name: inputs, iteration, what has settled and how.</summary>
    /// <typeparam name="TSelf">The agent.</typeparam>
    /// <typeparam name="TInput">Its input.</typeparam>
    /// <typeparam name="TResult">Its result.</typeparam>
    /// <param name="agent">The agent.</param>
    /// <param name="id">The session's id.</param>
    /// <param name="sequence">The last record to take into account. Default: the last there is.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The state.</returns>
    public ValueTask<JsonElement> InspectAsync<TSelf, TInput, TResult>(IDurableAgent<TSelf, TInput, TResult> agent, string id, long? sequence = null, CancellationToken cancellationToken = default)
        where TSelf : IDurableAgent<TSelf, TInput, TResult>
    {
        ArgumentNullException.ThrowIfNull(agent);
        var host = new AgentHost<TSelf, TInput, TResult>(agent);
        return WithRunAsync(host, SessionId.Check(id), sequence ?? long.MaxValue, (run, loader) =>
        {
            var json = StateCodec.ToJson(id, writer => StateCodec.Write(writer, run, host.Shape, loader.History, run.Iteration, loader.History.Settled(run.Iteration), loader.History.Started, loader.History.Usage));
            var reader = new Utf8JsonReader(json.WrittenSpan);
            return JsonElement.ParseValue(ref reader);
        }, cancellationToken);
    }

    private static Dictionary<string, JsonElement> Arguments(AgentGraph graph, string action, Dictionary<string, JsonElement> values)
    {
        var arguments = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        var index = graph.Actions.FirstOrDefault(a => a.Name == action)?.Index ?? -1;
        foreach (var edge in graph.Edges)
        {
            if (edge.To == index && edge.Parameter is not null && values.TryGetValue(graph.Actions[edge.From].Name, out var value) && value.ValueKind != JsonValueKind.Undefined)
            {
                arguments.TryAdd(edge.Parameter, value);
            }
        }

        return arguments;
    }

    private static RecordedOutcome ToOutcome(JournalRecord record, JsonElement payload, JsonElement value, Dictionary<string, JsonElement> arguments, string? owner) => new()
    {
        Sequence = record.Sequence,
        Timestamp = record.Timestamp,
        Iteration = record.Iteration,
        Action = record.Action,
        Item = record.Item < 0 ? null : record.Item,
        Status = record.Kind switch
        {
            JournalKind.Completed => ActionStatus.Completed,
            JournalKind.Failed => ActionStatus.Failed,
            _ => ActionStatus.Skipped,
        },
        Value = value,
        Error = JournalCodec.ReadError(payload),
        Arguments = arguments,
        Owner = owner,
        Attempts = Number(payload, "attempts") is var attempts and > 0 ? (int)attempts : 1,
        Duration = TimeSpan.FromMilliseconds(Number(payload, "milliseconds")),
        Tokens = (long)Number(payload, "tokens"),
        Cost = Number(payload, "cost"),
        Sender = JournalCodec.Text(payload, "sender"),
    };

    private static double Number(JsonElement payload, string name) =>
        payload.ValueKind == JsonValueKind.Object && payload.TryGetProperty(name, out var number) && number.ValueKind == JsonValueKind.Number ? number.GetDouble() : 0;
}
