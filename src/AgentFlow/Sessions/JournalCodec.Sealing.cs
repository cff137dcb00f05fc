using System.Text.Json;

namespace AgentFlow;

/// <content>Sealing and opening: what belongs where.</content>
internal sealed partial class JournalCodec
{
    private const int SignalIdLength = 24;

    private readonly SessionLineage _lineage = lineage ?? SessionLineage.None;

    public string Session => session;

    public SessionLineage Lineage => _lineage;

    public bool HasKeys => encryption is not null;

    /// <summary>
    /// What tells a session from an earlier one of the same id: the digest of its first own record. Signals are sealed for it. Empty for
    /// sessions that earlier releases have begun, and as long as it is not read.
    /// </summary>
    public ReadOnlyMemory<byte> Life { get; set; }

    /// <summary>Whether that record is encrypted: then nothing of the session was ever in clear.</summary>
    public bool IsSealedFromTheFirst { get; set; }

    /// <summary>Seals a draft for its place.</summary>
    /// <param name="draft">What is to be recorded.</param>
    /// <param name="sequence">Its number.</param>
    /// <param name="epoch">The epoch of the claim that it is written under.</param>
    /// <param name="previous">The digest of the record before; zeros for the first.</param>
    /// <param name="origins">The lineage that it declares, if it is the first of a fork's own.</param>
    /// <param name="digest">Its own digest, for the record after it.</param>
    public JournalRecord Seal(JournalRecord draft, long sequence, long epoch, ReadOnlySpan<byte> previous, SessionLineage? origins, out byte[] digest)
    {
        var place = SealedPlace.Record(session, agent, sequence, epoch, draft);
        var payload = ChainedSeal.Seal(draft.Payload.Span, place, previous, origins is null ? [] : origins.ToBytes(), encryption);
        digest = ChainedSeal.Digest(place, payload);
        return draft with { Payload = payload };
    }

    public byte[] SealSignal(string name, string sender, string? key, ReadOnlySpan<byte> content) =>
        ChainedSeal.Seal(content, SealedPlace.Signal(session, agent, Life.Span, name, sender, key), [], [], encryption);

    /// <summary>Seals a snapshot.</summary>
    /// <param name="write">What it says.</param>
    /// <param name="sequence">The last record that it summarises.</param>
    /// <param name="digest">The digest of that record.</param>
    public byte[] SealSnapshot(Action<Utf8JsonWriter> write, long sequence, ReadOnlySpan<byte> digest)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            write(writer);
        }

        return ChainedSeal.Seal(buffer.WrittenSpan, SealedPlace.Snapshot(session, agent, sequence), digest, [], encryption);
    }

    /// <summary>What a signal says, as bytes.</summary>
    public ReadOnlyMemory<byte> SignalContent(string name, Action<Utf8JsonWriter>? write) => write is null ? default : Bytes($"Signal '{name}'", write, maxPayload, 0).WrittenMemory;

    /// <summary>Opens a signal's payload.</summary>
    /// <returns>The content, or null with the reason.</returns>
    public ReadOnlyMemory<byte>? OpenSignal(SignalRecord signal, out string? reason)
    {
        if (IsSealedFromTheFirst && IsInClear(signal))
        {
            reason = "it is in clear, and its session was encrypted from the first record on";
            return null;
        }

        if (!ChainedSeal.Is(signal.Payload))
        {
            reason = RefuseUnbound(isSealed: true);
            return reason is null ? PayloadSeal.Open(signal.Payload, JournalKeys.SignalPlace(signal.Name), encryption, out reason) : null;
        }

        var place = PlaceOf(signal);
        reason = ChainedSeal.Read(signal.Payload, place, out var parts);
        return reason is null ? ChainedSeal.Open(parts, place, encryption, out reason) : null;
    }

    private bool IsInClear(SignalRecord signal) => ChainedSeal.Is(signal.Payload)
        ? ChainedSeal.Read(signal.Payload, PlaceOf(signal), out var parts) is null && !parts.IsEncrypted
        : !PayloadSeal.IsEncrypted(signal.Payload);

    /// <summary>What an encrypted signal can be told by if it comes again: somebody has put it back into the store. Null for those in clear.</summary>
    public string? IdOf(SignalRecord signal) =>
        ChainedSeal.Is(signal.Payload) && ChainedSeal.Read(signal.Payload, PlaceOf(signal), out var parts) is null && parts.IsEncrypted
            ? Convert.ToHexString(PayloadSeal.NonceOf(parts.Body.Span))
            : null;

    /// <summary>Checks that a signal can be recorded once it is taken.</summary>
    public void CheckAnswer(string name, ReadOnlyMemory<byte> content, string sender) =>
        Answer(new ActionPlace(int.MaxValue, name), content, sender, 0, encryption is null ? null : new string('0', SignalIdLength));

    /// <summary>The id of the key that a signal was sealed with and that is not here, if that is why it does not open.</summary>
    public string? MissingKeyOf(SignalRecord signal)
    {
        if (!ChainedSeal.Is(signal.Payload)
            || ChainedSeal.Read(signal.Payload, PlaceOf(signal), out var parts) is not null
            || !parts.IsEncrypted)
        {
            return null;
        }

        return PayloadSeal.KeyOf(parts.Body.Span) is { } key && encryption?.Find(key) is null ? key : null;
    }

    /// <summary>Opens a snapshot.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="digest">The digest of the last record that it summarises; empty if it is of an earlier release.</param>
    public ReadOnlyMemory<byte> Open(SessionSnapshot snapshot, out ReadOnlyMemory<byte> digest)
    {
        digest = default;
        string? reason;
        ReadOnlyMemory<byte>? content = null;
        if (!ChainedSeal.Is(snapshot.Payload))
        {
            reason = RefuseUnbound(isSealed: true);
            content = reason is null ? PayloadSeal.Open(snapshot.Payload, JournalKeys.SnapshotPlace, encryption, out reason) : null;
        }
        else
        {
            var place = SealedPlace.Snapshot(_lineage.WriterOf(session, snapshot.Sequence), agent, snapshot.Sequence);
            reason = ChainedSeal.Read(snapshot.Payload, place, out var parts);
            if (reason is null)
            {
                digest = parts.Previous;
                content = ChainedSeal.Open(parts, place, encryption, out reason);
            }
        }

        return content ?? throw Damaged($"snapshot {snapshot.Sequence}: {reason}");
    }

    /// <summary>The digest that a snapshot has, without opening it; empty if it is of an earlier release.</summary>
    public ReadOnlyMemory<byte> DigestOf(SessionSnapshot snapshot)
    {
        if (!ChainedSeal.Is(snapshot.Payload))
        {
            return default;
        }

        var place = SealedPlace.Snapshot(_lineage.WriterOf(session, snapshot.Sequence), agent, snapshot.Sequence);
        return ChainedSeal.Read(snapshot.Payload, place, out var parts) is { } reason ? throw Damaged($"snapshot {snapshot.Sequence}: {reason}") : parts.Previous;
    }

    /// <summary>Opens a record's payload; it is empty if the record says nothing beside its columns.</summary>
    public ReadOnlyMemory<byte> Open(JournalRecord record)
    {
        string? reason;
        ReadOnlyMemory<byte>? content = null;
        if (!ChainedSeal.Is(record.Payload))
        {
            reason = RefuseUnbound(!record.Payload.IsEmpty);
            if (reason is null && record.Payload.IsEmpty)
            {
                return default;
            }

            content = reason is null ? PayloadSeal.Open(record.Payload, JournalKeys.Place(record), encryption, out reason) : null;
        }
        else
        {
            var place = PlaceOf(record);
            reason = ChainedSeal.Read(record.Payload, place, out var parts);
            content = reason is null ? ChainedSeal.Open(parts, place, encryption, out reason) : null;
        }

        return content ?? throw Damaged($"record {record.Sequence}: {reason}");
    }

    /// <summary>Opens a record's payload and parses it.</summary>
    public JsonElement Read(JournalRecord record) => Open(record) is { IsEmpty: false } content ? Parse(content, $"record {record.Sequence}") : default;

    /// <summary>What stands for a record in the one after it.</summary>
    public byte[] Digest(JournalRecord record) => ChainedSeal.Digest(PlaceOf(record), record.Payload.Span);

    /// <summary>Takes a record apart that is one of the chain.</summary>
    public ChainedPayload TakeApart(JournalRecord record) =>
        ChainedSeal.Read(record.Payload, PlaceOf(record), out var parts) is { } reason ? throw Damaged($"record {record.Sequence}: {reason}") : parts;

    /// <summary>Finds out for which session of its id signals are sealed; see <see cref="Life"/>.</summary>
    /// <remarks>Nothing is opened: a record that somebody puts in its place makes the session refuse the signal, no more.</remarks>
    /// <param name="store">The store.</param>
    /// <param name="shared">How many of its records it shares with others, by the store.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public async ValueTask ReadLifeAsync(ISessionStore store, long shared, CancellationToken cancellationToken)
    {
        await foreach (var record in store.ReadAsync(session, shared, cancellationToken).ConfigureAwait(false))
        {
            if (record.Sequence == shared + 1
                && ChainedSeal.Is(record.Payload)
                && (shared == 0 || !TakeApart(record).Origins.IsEmpty))
            {
                Life = Digest(record);
                IsSealedFromTheFirst = TakeApart(record).IsEncrypted;
            }

            return;
        }
    }

    /// <summary>Whether a record is the first that the session shares with no other, and if it is a fork, says which it shares.</summary>
    /// <exception cref="DamagedSessionException">It says so of others than the codec was made for.</exception>
    public bool BeginsLife(JournalRecord record, in ChainedPayload parts)
    {
        if (record.Sequence != _lineage.Shared + 1)
        {
            return false;
        }

        if (_lineage.Shared > 0 && (parts.Origins.IsEmpty ? HasKeys : !parts.Origins.Span.SequenceEqual(_lineage.ToBytes())))
        {
            throw Damaged($"record {record.Sequence} does not say where the first {_lineage.Shared} come from");
        }

        return _lineage.Shared == 0 || !parts.Origins.IsEmpty;
    }

    public DamagedSessionException Damaged(string what) => new(session, what);

    private byte[] PlaceOf(JournalRecord record) => SealedPlace.Record(_lineage.WriterOf(session, record.Sequence), agent, record.Sequence, record.Epoch, record);

    private byte[] PlaceOf(SignalRecord signal) => SealedPlace.Signal(session, agent, Life.Span, signal.Name, signal.Sender, signal.Key);

    private string? RefuseUnbound(bool isSealed) => encryption switch
    {
        { AcceptsUnbound: false } => isSealed
            ? "its payload was sealed by an earlier release and not for this session, which PayloadEncryption.AcceptsUnbound would have to allow"
            : "it is not sealed, which PayloadEncryption.AcceptsUnbound would have to allow",
        _ => null,
    };
}
