namespace AgentFlow.Mcp;

/// <summary>What a peer sends, a message a line: a line that is too long is an error before it is held whole.</summary>
/// <param name="input">The input.</param>
/// <param name="maxLength">How many bytes a line may have.</param>
/// <param name="option">The option that says so.</param>
/// <param name="end">Where a message ends.</param>
internal sealed class BoundedLines(Stream input, int maxLength, string option, MessageEnd end = MessageEnd.Line) : InputStream(input)
{
    private long _length;
    private bool _isLineEmpty = true;

    /// <inheritdoc />
    public override int Read(byte[] buffer, int offset, int count) => Check(buffer.AsSpan(offset, Input.Read(buffer, offset, count)));

    /// <inheritdoc />
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // A console does not look at the token; a read that is given up fills a buffer that nobody reads any more.
        var reading = Input.ReadAsync(buffer, cancellationToken);
        var read = reading.IsCompleted ? await reading.ConfigureAwait(false) : await reading.AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
        return Check(buffer.Span[..read]);
    }

    private int Check(ReadOnlySpan<byte> read)
    {
        var count = read.Length;
        while (read.IndexOf((byte)'\n') is var newline and >= 0)
        {
            Grow(read[..newline]);
            if (end == MessageEnd.Line || (end == MessageEnd.EmptyLine && _isLineEmpty))
            {
                _length = 0;
            }

            _isLineEmpty = true;
            read = read[(newline + 1)..];
        }

        Grow(read);
        return count;
    }

    private void Grow(ReadOnlySpan<byte> by)
    {
        _length += by.Length;
        _isLineEmpty &= by.IsEmpty || by is [(byte)'\r'];
        if (_length > maxLength)
        {
            throw new InvalidDataException($"A message has more than {maxLength} bytes. Send a shorter one, or set {option} higher.");
        }
    }
}

/// <summary>Where a message ends.</summary>
internal enum MessageEnd
{
    /// <summary>At the end of its line.</summary>
    Line,

    /// <summary>At an empty line, as in <c>text/event-stream</c>.</summary>
    EmptyLine,

    /// <summary>With the stream.</summary>
    Stream,
}
