namespace AgentFlow;

/// <summary>
/// The end of a journal, for the one who writes to it: each record is sealed with the digest of the one before, so that none can be changed, left
/// out, moved or put back later without a trace in all that follow. Used by one writer at a time.
/// </summary>
/// <param name="codec">What seals.</param>
/// <param name="head">The digest of the last record.</param>
internal sealed class JournalChain(JournalCodec codec, byte[] head)
{
    private byte[] _head = head;

    /// <summary>The digest of the last record that was sealed, whether it is written yet or not.</summary>
    public ReadOnlySpan<byte> Next => _next ?? _head;

    private byte[]? _next;

    /// <summary>The chain of a session that has no record yet.</summary>
    public static JournalChain Begin(JournalCodec codec) => new(codec, new byte[ChainedSeal.DigestSize]);

    /// <summary>Seals drafts in order. What was sealed before and not written is forgotten.</summary>
    /// <param name="drafts">The drafts.</param>
    /// <param name="after">The number of the last record.</param>
    /// <param name="epoch">The epoch of the claim.</param>
    /// <param name="origins">The lineage that the first of them declares, if it is the first of a fork's own.</param>
    public IReadOnlyList<JournalRecord> Seal(IReadOnlyList<JournalRecord> drafts, long after, long epoch, SessionLineage? origins = null)
    {
        _next = _head;
        var records = new JournalRecord[drafts.Count];
        for (var i = 0; i < records.Length; i++)
        {
            records[i] = codec.Seal(drafts[i], after + i + 1, epoch, _next, i == 0 ? origins : null, out _next);
        }

        return records;
    }

    /// <summary>What was sealed is written.</summary>
    public void Advance()
    {
        _head = _next ?? _head;
        _next = null;
    }
}
