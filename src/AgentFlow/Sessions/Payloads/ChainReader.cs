namespace AgentFlow;

/// <summary>Follows the chain of a journal while it is read, and finds what was changed, left out, moved or put back.</summary>
/// <param name="codec">What opens.</param>
internal sealed class ChainReader(JournalCodec codec)
{
    private JournalRecord? _last;
    private bool _isEncrypted;

    /// <summary>The number of the last record; 0 before the first.</summary>
    public long LastSequence { get; private set; }

    /// <summary>The digest of the last record; null before the first.</summary>
    public byte[]? Head { get; private set; }

    /// <summary>Whether the last record was one of a chain. Those of earlier releases are not.</summary>
    public bool IsChained { get; private set; }

    /// <summary>How many records came before the chain began.</summary>
    public long Unchained { get; private set; }

    /// <summary>
    /// The digest of the first record that the session shares with no other, if it was read and says so;
    /// see <see cref="JournalCodec.Life"/>.
    /// </summary>
    public ReadOnlyMemory<byte> Life { get; private set; }

    /// <summary>Whether that record is encrypted.</summary>
    public bool IsSealedFromTheFirst { get; private set; }

    /// <summary>Takes the next record. The first one may be any: what came before it is then not looked at.</summary>
    /// <exception cref="DamagedSessionException">It does not follow the one before.</exception>
    public void Take(JournalRecord record)
    {
        if (LastSequence > 0 && record.Sequence != LastSequence + 1)
        {
            throw codec.Damaged($"record {LastSequence + 1} is missing");
        }

        var beginsLife = false;
        if (ChainedSeal.Is(record.Payload))
        {
            Follow(record, out beginsLife);
        }
        else if (IsChained)
        {
            throw codec.Damaged($"record {record.Sequence} is not sealed as those before it are");
        }
        else
        {
            Unchained = record.Sequence;
        }

        Head = codec.Digest(record);
        if (beginsLife)
        {
            Life = Head;
            IsSealedFromTheFirst = _isEncrypted;
        }

        LastSequence = record.Sequence;
        _last = record;
    }

    /// <summary>Begins behind a snapshot.</summary>
    /// <param name="sequence">The last record that it summarises.</param>
    /// <param name="digest">The digest of that record; empty if the snapshot is of an earlier release.</param>
    public void Begin(long sequence, ReadOnlyMemory<byte> digest)
    {
        LastSequence = sequence;
        Head = digest.IsEmpty ? null : digest.ToArray();
        IsChained = !digest.IsEmpty;
    }

    /// <summary>Opens the last record, with which all that lead to it are authenticated.</summary>
    /// <exception cref="DamagedSessionException">It does not open.</exception>
    public void Authenticate()
    {
        if (_last is not null)
        {
            codec.Open(_last);
        }
    }

    private void Follow(JournalRecord record, out bool beginsLife)
    {
        var parts = codec.TakeApart(record);
        beginsLife = codec.BeginsLife(record, parts);
        var previous = parts.Previous.Span;
        if (previous.Length != ChainedSeal.DigestSize)
        {
            throw codec.Damaged($"record {record.Sequence} has no link to the one before it");
        }

        if (record.Sequence == 1 ? previous.ContainsAnyExcept((byte)0) : Head is not null && !previous.SequenceEqual(Head))
        {
            throw codec.Damaged($"record {record.Sequence} does not follow the one before it: one of them was changed, left out, or is an older one");
        }

        if (_isEncrypted && !parts.IsEncrypted)
        {
            throw codec.Damaged($"record {record.Sequence} is in clear, and those before it are encrypted");
        }

        _isEncrypted = parts.IsEncrypted;
        IsChained = true;
    }
}
