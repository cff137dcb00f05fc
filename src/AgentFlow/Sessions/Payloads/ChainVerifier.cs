namespace AgentFlow;

/// <summary>Compares a journal that is being read with its snapshot, and with what was known of it before.</summary>
internal sealed class ChainVerifier(
    JournalCodec codec, SessionInfo info, ChainReader chain, SessionSnapshot? snapshot, SessionChain? earlier)
{
    /// <summary>The change of state that no record has followed but checkpoints, up to what the store says is the last record.</summary>
    private JournalRecord? _change;

    /// <summary>Another record was read.</summary>
    public void Passed(JournalRecord record)
    {
        if (record.Sequence <= info.Sequence && record.Kind != JournalKind.Checkpoint)
        {
            _change = record.Kind == JournalKind.StateChanged ? record : null;
        }

        if (chain.LastSequence == snapshot?.Sequence && codec.DigestOf(snapshot) is { IsEmpty: false } digest && !digest.Span.SequenceEqual(chain.Head))
        {
            throw codec.Damaged($"snapshot {snapshot.Sequence} is not one of record {snapshot.Sequence}");
        }

        if (chain.LastSequence == earlier?.Sequence && (earlier.Session != codec.Session || earlier.Head != Convert.ToHexString(chain.Head!)))
        {
            throw codec.Damaged($"what was recorded up to record {earlier.Sequence} is not what it was");
        }
    }

    /// <summary>All records were read.</summary>
    public SessionChain End(bool hasKeys)
    {
        var needed = Math.Max(info.Sequence, Math.Max(snapshot?.Sequence ?? 0, earlier?.Sequence ?? 0));
        if (chain.LastSequence < needed)
        {
            throw codec.Damaged($"it has {chain.LastSequence} records, and had {needed}");
        }

        if (hasKeys)
        {
            chain.Authenticate();
            if (chain.IsChained)
            {
                RecordedStates.Check(codec, info, _change is null ? null : RecordedStates.StateOf(codec.Read(_change)));
            }

            if (snapshot is not null)
            {
                codec.Open(snapshot, out _);
            }
        }

        return new SessionChain
        {
            Session = info.Id,
            Sequence = chain.LastSequence,
            Head = Convert.ToHexString(chain.Head ?? []),
            Unchained = chain.Unchained,
            IsAuthenticated = hasKeys && chain.IsChained,
        };
    }
}
