namespace AgentFlow.Mcp;

/// <summary>What a peer sends, a message a line: a line that is too long is an error before it is held whole.</summary>
/// <remarks>It is read from beginning to end; what a stream says it cannot do (seek, write) it refuses, as <see cref="Stream"/> asks.</remarks>
/// <param name="input">The input.</param>
/// <param name="maxLength">How many bytes a line may have.</param>
/// <param name="option">The option that says so.</param>
/// <param name="end">Where a message ends.</param>
internal sealed class BoundedLines(Stream input, int maxLength, string option, MessageEnd end = MessageEnd.Line) : Stream
{
    private long _length;
    private bool _isLineEmpty = true;

    /// <inheritdoc />
    public override bool CanRead => true;

    /// <inheritdoc />
    public override bool CanSeek => false;

    /// <inheritdoc />
    public override bool CanWrite => false;

    /// <inheritdoc />
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc />
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc />
    public override int Read(byte[] buffer, int offset, int count) => Check(buffer.AsSpan(offset, input.Read(buffer, offset, count)));

    /// <inheritdoc />
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // A console does not look at the token; a read that is given up fills a buffer that nobody reads any more.
        var reading = input.ReadAsync(buffer, cancellationToken);
        var read = reading.IsCompleted ? await reading.ConfigureAwait(false) : await reading.AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
        return Check(buffer.Span[..read]);
    }

    /// <inheritdoc />
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc />
    public override void Flush() => throw new NotSupportedException();

    /// <inheritdoc />
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc />
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc />
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            input.Dispose();
        }

        base.Dispose(disposing);
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
