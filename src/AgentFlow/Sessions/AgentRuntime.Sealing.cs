namespace AgentFlow;

/// <summary>What seals the records of sessions, and what checks them.</summary>
public sealed partial class AgentRuntime
{
    /// <summary>
    /// Reads the whole history of a session and checks it: no record was changed, left out, moved to another place or another session, or
    /// replaced by an older one, and the state that the store says it is in is the recorded one. Nothing is decrypted but the last record
    /// and the last change of state, and these only if the runtime has keys: without them the digests are compared, so that somebody who
    /// may not read a session can still verify it.
    /// </summary>
    /// <param name="id">The session's id.</param>
    /// <param name="earlier">What an earlier verification has found and was kept elsewhere. With it, records are missed that were cut off at the end since then.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The end of the chain; keep it elsewhere.</returns>
    /// <exception cref="SessionNotFoundException">There is no such session.</exception>
    /// <exception cref="DamagedSessionException">Something does not belong where it is; the message names the record.</exception>
    public async ValueTask<SessionChain> VerifyAsync(string id, SessionChain? earlier = null, CancellationToken cancellationToken = default)
    {
        var info = await Store.FindAsync(SessionId.Check(id), cancellationToken).ConfigureAwait(false) ?? throw new SessionNotFoundException(id);
        var codec = await CodecAsync(info, cancellationToken).ConfigureAwait(false);
        var snapshot = await Store.FindSnapshotAsync(id, long.MaxValue, cancellationToken).ConfigureAwait(false);
        var chain = new ChainReader(codec);
        var verifier = new ChainVerifier(codec, info, chain, snapshot, earlier);
        await foreach (var record in Store.ReadAsync(id, 0, cancellationToken).ConfigureAwait(false))
        {
            if (chain.LastSequence == 0 && record.Sequence != 1)
            {
                throw codec.Damaged("record 1 is missing");
            }

            chain.Take(record);
            verifier.Passed(record);
        }

        return verifier.End(Options.Encryption is not null);
    }

    internal JournalCodec Codec(SessionInfo info, SessionLineage? lineage = null) => new(info.Id, info.Agent, Options.MaxPayload, Options.Encryption, lineage);

    internal async ValueTask<JournalCodec> CodecAsync(string id, CancellationToken cancellationToken) =>
        await CodecAsync(await Store.FindAsync(id, cancellationToken).ConfigureAwait(false) ?? throw new SessionNotFoundException(id), cancellationToken).ConfigureAwait(false);

    /// <summary>What opens the records of a session. Those that a fork shares with others were sealed for these.</summary>
    internal async ValueTask<JournalCodec> CodecAsync(SessionInfo info, CancellationToken cancellationToken)
    {
        var codec = Codec(info);
        if (info.ForkedFrom is null || info.ForkedAt < 1)
        {
            return codec;
        }

        await foreach (var record in Store.ReadAsync(info.Id, info.ForkedAt, cancellationToken).ConfigureAwait(false))
        {
            if (record.Sequence != info.ForkedAt + 1 || !ChainedSeal.Is(record.Payload) || codec.TakeApart(record).Origins is not { IsEmpty: false } origins)
            {
                break;
            }

            var lineage = SessionLineage.Read(origins.Span);
            var forked = lineage?.Shared == info.ForkedAt
                ? Codec(info, lineage)
                : throw codec.Damaged($"record {record.Sequence} does not say where the first {info.ForkedAt} come from");

            // What it says decides whose records and snapshot open. Without keys none does.
            if (forked.HasKeys)
            {
                forked.Open(record);
            }

            return forked;
        }

        // One that somebody has made in the store itself. What is encrypted needs more than the store's word.
        return Options.Encryption is null ? Codec(info, SessionLineage.None.Fork(info.ForkedFrom, info.ForkedAt)) : codec;
    }

    /// <summary>Reads the end of the journal of a session that is claimed, and compares what it says with what its store does.</summary>
    /// <returns>The digest of the last record.</returns>
    private async ValueTask<byte[]> HeadAsync(JournalCodec codec, SessionInfo info, CancellationToken cancellationToken)
    {
        // Checkpoints say nothing of the state.
        for (long count = 1; ; count *= 16)
        {
            var first = Math.Max(info.Sequence - count, Math.Min(codec.Lineage.Shared, info.Sequence - 1));
            var chain = new ChainReader(codec);
            var states = new RecordedStates(codec);
            await foreach (var record in Store.ReadAsync(info.Id, Math.Max(0, first), cancellationToken).ConfigureAwait(false))
            {
                chain.Take(record);
                states.Take(record);
            }

            if (chain.LastSequence != info.Sequence)
            {
                throw codec.Damaged($"record {info.Sequence} is missing");
            }

            if (!states.IsKnown && first > codec.Lineage.Shared)
            {
                continue;
            }

            chain.Authenticate();
            if (chain.IsChained)
            {
                states.Check(info);
            }

            return chain.Head ?? new byte[ChainedSeal.DigestSize];
        }
    }

    /// <summary>Seals the first records of a fork's own: the first says where those before it come from.</summary>
    /// <param name="source">What opens the source.</param>
    /// <param name="fork">The fork.</param>
    /// <param name="last">The last record that it shares.</param>
    /// <param name="epoch">The epoch under which they are written.</param>
    /// <param name="drafts">The records.</param>
    private IReadOnlyList<JournalRecord> ForkRecords(JournalCodec source, SessionInfo fork, JournalRecord last, long epoch, IReadOnlyList<JournalRecord> drafts) =>
        new JournalChain(Codec(fork), source.Digest(last)).Seal(drafts, last.Sequence, epoch, source.Lineage.Fork(source.Session, last.Sequence));
}
