namespace AgentFlow.Mcp;

/// <summary>What a client is sent, a message a line. A last line follows the one that may be under way, and nothing follows it.</summary>
/// <param name="output">The output.</param>
internal sealed class ClosingStream(Stream output) : Stream
{
#pragma warning disable CA2213 // Nobody asks for its wait handle, and writes may end after the stream does.
    private readonly SemaphoreSlim _gate = new(1, 1);
#pragma warning restore CA2213
    private readonly Queue<byte[]> _waiting = [];
    private bool _isInLine;
    private bool _isClosed;

    /// <inheritdoc />
    public override bool CanRead => false;

    /// <inheritdoc />
    public override bool CanSeek => false;

    /// <inheritdoc />
    public override bool CanWrite => true;

    /// <inheritdoc />
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc />
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Writes a line of its own, once the one that may be under way has ended.</summary>
    /// <param name="line">The line, without its end.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    public async Task WriteLineAsync(byte[] line, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            _waiting.Enqueue([.. line, (byte)'\n']);
            await WriteWaitingAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Writes the last line.</summary>
    /// <param name="line">The line, without its end.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    public async Task CloseWithAsync(byte[] line, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            _isClosed = true;
            byte[] last = _isInLine ? [(byte)'\n', .. line, (byte)'\n'] : [.. line, (byte)'\n'];
            await output.WriteAsync(last, cancellationToken).ConfigureAwait(false);
            await output.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc />
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_isClosed && buffer.Length > 0)
            {
                await output.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
                _isInLine = buffer.Span[^1] != (byte)'\n';
                await WriteWaitingAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc />
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc />
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc />
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc />
    public override Task FlushAsync(CancellationToken cancellationToken) => output.FlushAsync(cancellationToken);

    /// <inheritdoc />
    public override void Flush() => output.Flush();

    /// <inheritdoc />
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc />
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            output.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task WriteWaitingAsync(CancellationToken cancellationToken)
    {
        while (!_isInLine && !_isClosed && _waiting.TryDequeue(out var line))
        {
            await output.WriteAsync(line, cancellationToken).ConfigureAwait(false);
            await output.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
