using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;

namespace AgentFlow;

/// <summary>The events of sessions: the journal first, then what is told as it happens.</summary>
public sealed partial class AgentRuntime
{
    /// <summary>How many events wait for a slow reader before it has to go back to the journal.</summary>
    private const int EventCapacity = 256;

    private readonly ConcurrentDictionary<string, ConcurrentDictionary<Channel<(long Sequence, AgentEvent? Event)>, bool>> _readers = new(StringComparer.Ordinal);

    internal bool IsObserved(string id) => !_readers.IsEmpty && _readers.ContainsKey(id);

    /// <summary>Tells whoever reads a session.</summary>
    /// <param name="id">The session's id.</param>
    /// <param name="sequence">The record that the event stands for; 0 if it is not recorded.</param>
    /// <param name="e">The event; null for a record that tells nothing.</param>
    internal void Publish(string id, long sequence, AgentEvent? e)
    {
        if (_readers.TryGetValue(id, out var readers))
        {
            foreach (var reader in readers.Keys)
            {
                reader.Writer.TryWrite((sequence, e));
            }
        }
    }

    internal async IAsyncEnumerable<AgentEvent> ReadEventsAsync(AgentHost host, string id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var channel = Channel.CreateBounded<(long Sequence, AgentEvent? Event)>(new BoundedChannelOptions(EventCapacity) { FullMode = BoundedChannelFullMode.DropWrite });
        var readers = _readers.GetOrAdd(id, static _ => []);
        readers[channel] = true;
        var contracts = host.Rent(Options.Run);
        try
        {
            var codec = await CodecAsync(id, cancellationToken).ConfigureAwait(false);
            var leftOut = new LeftOutActions(contracts.Plan);
            long seen = 0;
            while (true)
            {
                var chain = new ChainReader(codec);
                await foreach (var record in Store.ReadAsync(id, seen, cancellationToken).ConfigureAwait(false))
                {
                    chain.Take(record);
                    seen = record.Sequence;
                    if (record.Kind == JournalKind.Struck && !JournalKeys.IsWithdrawn(record.Key))
                    {
                        leftOut.Strike(record.Action, record.Iteration);
                    }

                    if (ToEvent(record, host, contracts, codec) is { } recorded)
                    {
                        foreach (var skipped in leftOut.Before(recorded))
                        {
                            yield return skipped;
                        }

                        yield return recorded;
                        if (IsLast(recorded))
                        {
                            yield break;
                        }

                        foreach (var skipped in leftOut.After(recorded))
                        {
                            yield return skipped;
                        }
                    }
                }

                var isInStep = true;
                while (isInStep && await HasEventAsync(channel, cancellationToken).ConfigureAwait(false))
                {
                    while (isInStep && channel.Reader.TryRead(out var next))
                    {
                        if (next.Sequence > 0 && next.Sequence <= seen)
                        {
                            continue;
                        }

                        // Something was lost: the journal has it.
                        isInStep = next.Sequence == 0 || next.Sequence == seen + 1;
                        if (!isInStep)
                        {
                            break;
                        }

                        seen = Math.Max(seen, next.Sequence);
                        if (next.Event is { } told && next.Sequence == 0)
                        {
                            yield return told;
                        }
                        else if (next.Event is { } recorded)
                        {
                            foreach (var skipped in leftOut.Before(recorded))
                            {
                                yield return skipped;
                            }

                            yield return recorded;
                            if (IsLast(recorded))
                            {
                                yield break;
                            }

                            foreach (var skipped in leftOut.After(recorded))
                            {
                                yield return skipped;
                            }
                        }
                    }
                }
            }
        }
        finally
        {
            contracts.LetGo();
            readers.TryRemove(channel, out _);
            if (readers.IsEmpty)
            {
                _readers.TryRemove(KeyValuePair.Create(id, readers));
            }
        }
    }

    private static bool IsLast(in AgentEvent e) => e.Kind is AgentEventKind.AgentCompleted or AgentEventKind.AgentFailed;

    /// <summary>Waits for an event, or for so long that a worker elsewhere may have written to the session.</summary>
    private async ValueTask<bool> HasEventAsync(Channel<(long, AgentEvent?)> channel, CancellationToken cancellationToken)
    {
        try
        {
            return await channel.Reader.WaitToReadAsync(cancellationToken).AsTask().WaitAsync(Options.PollInterval, Options.Run.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static AgentEvent? ToEvent(JournalRecord record, AgentHost host, CompilerServices.AgentRun contracts, JournalCodec codec)
    {
        var e = new AgentEvent { Agent = host.Graph.Name, Timestamp = record.Timestamp, Iteration = record.Iteration };
        if (record.Item >= 0)
        {
            return record.Kind is JournalKind.Completed or JournalKind.Failed ? ToItemEvent(record, host, contracts, codec, e with { Action = record.Action, Item = record.Item, Attempt = 1 }) : null;
        }

        switch (record.Kind)
        {
            case JournalKind.Created:
                return e with { Kind = AgentEventKind.AgentStarted };
            case JournalKind.Completed:
                var payload = codec.Read(record);
                var action = host.Graph.Actions.FirstOrDefault(a => a.Name == record.Action);
                if (action is { IsSensitive: true })
                {
                    return e with { Kind = AgentEventKind.ActionCompleted, Action = record.Action, IsSensitive = true };
                }

                var value = action is not null && contracts.OutputJson(action.Index) is { } contract && payload.TryGetProperty("value", out var json)
                    ? codec.ReadValue(json, contract, isNullable: true, $"the output of '{record.Action}'")
                    : null;
                return e with { Kind = AgentEventKind.ActionCompleted, Action = record.Action, Attempt = (int)Math.Max(1, Number(payload, "attempts")), Value = value };
            case JournalKind.Failed:
                var failed = codec.Read(record);
                return e with { Kind = AgentEventKind.ActionFailed, Action = record.Action, Attempt = (int)Math.Max(1, Number(failed, "attempts")), Exception = JournalCodec.ReadError(failed) };
            case JournalKind.Skipped:
                return e with { Kind = AgentEventKind.ActionSkipped, Action = record.Action };
            case JournalKind.StateChanged:
                var change = codec.Read(record);
                return Enum.TryParse<SessionState>(JournalCodec.Text(change, "state"), out var state)
                    ? new SessionRest(state, null, JournalCodec.ReadError(change)).ToEvent(host.Graph, record.Timestamp)
                    : null;
            default:
                return null;
        }
    }

    private static AgentEvent ToItemEvent(JournalRecord record, AgentHost host, CompilerServices.AgentRun contracts, JournalCodec codec, AgentEvent e)
    {
        var payload = codec.Read(record);
        if (record.Kind == JournalKind.Failed)
        {
            return e with { Kind = AgentEventKind.ActionFailed, Exception = JournalCodec.ReadError(payload) };
        }

        e = e with { Kind = AgentEventKind.ActionCompleted };
        var action = host.Graph.Actions.FirstOrDefault(a => a.Name == record.Action);
        if (action is { IsSensitive: true })
        {
            return e with { IsSensitive = true };
        }

        return action is not null && contracts.ItemJson(action.Index) is { } contract && payload.TryGetProperty("value", out var json)
            ? e with { Value = codec.ReadValue(json, contract, isNullable: true, $"element {record.Item} of '{record.Action}'") }
            : e;
    }

    internal async ValueTask<JsonElement> ExportAsync(AgentHost host, string id, bool isFull, CancellationToken cancellationToken)
    {
        var info = await Store.FindAsync(id, cancellationToken).ConfigureAwait(false) ?? throw new SessionNotFoundException(id);
        var codec = await CodecAsync(info, cancellationToken).ConfigureAwait(false);
        var journal = await ReadAllAsync(codec, cancellationToken).ConfigureAwait(false);
        var checkpoints = new JournalBranch(journal).Checkpoints.ToList();
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        await using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("session_id", id);
            writer.WriteString("mode", info.Mode);
            if (!isFull)
            {
                writer.WriteString("last_checkpoint", checkpoints.Count == 0 ? null : checkpoints[^1].Action);
                writer.WriteString("created_at", info.CreatedAt);
            }
            else
            {
                writer.WritePropertyName("state");
                await WriteStateAsync(writer, host, id, long.MaxValue, cancellationToken).ConfigureAwait(false);
                writer.WriteStartArray("checkpoints");
                foreach (var checkpoint in checkpoints)
                {
                    writer.WriteStartObject();
                    writer.WriteString("id", checkpoint.Action);
                    writer.WriteString("timestamp", checkpoint.Timestamp);
                    writer.WritePropertyName("state");
                    await WriteStateAsync(writer, host, id, checkpoint.Sequence, cancellationToken).ConfigureAwait(false);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
                await WriteMetadataAsync(writer, host, info, codec, journal, cancellationToken).ConfigureAwait(false);
            }

            writer.WriteEndObject();
        }

        return RecordedJson.Parse(buffer.WrittenSpan);
    }

    /// <summary>The document's four parts: outputs, the tree of what ran, inputs and iteration, and what is open.</summary>
    private async ValueTask WriteStateAsync(Utf8JsonWriter writer, AgentHost host, string id, long upTo, CancellationToken cancellationToken)
    {
        var state = await WithRunAsync(host, id, upTo, (run, loader) => StateCodec.ToJson(id, json => StateCodec.WriteDocument(json, run, host.Shape, loader.History)), cancellationToken).ConfigureAwait(false);
        writer.WriteRawValue(state.WrittenSpan, skipInputValidation: true);
    }

    private async ValueTask WriteMetadataAsync(Utf8JsonWriter writer, AgentHost host, SessionInfo info, JournalCodec codec, IReadOnlyList<JournalRecord> journal, CancellationToken cancellationToken)
    {
        writer.WriteStartObject("metadata");
        writer.WriteString("parent_session", info.Parent ?? info.ForkedFrom);
        writer.WriteStartArray("child_sessions");
        foreach (var child in await Store.ListAsync(new SessionQuery { Parent = info.Id, Limit = int.MaxValue }, cancellationToken).ConfigureAwait(false))
        {
            writer.WriteStringValue(child.Id);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("mode_history");
        writer.WriteStringValue(info.Mode);
        writer.WriteEndArray();
        writer.WriteString("trigger_source", journal.Count > 0 ? JournalCodec.Text(codec.Read(journal[0]), "trigger") : null);
        var change = new JournalBranch(journal).LastChange;
        var error = change is null ? null : JournalCodec.ReadError(codec.Read(change));
        var failures = await WithRunAsync(host, info.Id, long.MaxValue, static (run, _) => run.Failures, cancellationToken).ConfigureAwait(false);
        error ??= failures is [.., var last] ? last : null;
        writer.WriteString("last_error", error is not null && host.Shape.IsSensitive ? ErrorTypes.Of(error) : error?.Message);
        writer.WriteEndObject();
    }
}
