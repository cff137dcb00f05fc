using System.Text;

namespace AgentFlow.AI;

/// <summary>
/// A stream of events, each put right as <see cref="LenientAnswers"/> does. A server that says <c>[DONE]</c> has come to the end of its answer, also if it gave no reason to finish: it is given one.
/// </summary>
/// <remarks>It is read from beginning to end; what a stream says it cannot do (seek, write) it refuses, as <see cref="Stream"/> asks.</remarks>
internal sealed class LenientEvents(Stream inner) : Stream
{
    private static readonly byte[] s_finish = """data: {"id":"","object":"chat.completion.chunk","created":0,"model":"","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"""u8.ToArray();

    private readonly byte[] _buffer = new byte[16 << 10];
    private readonly List<byte> _line = [];
    private readonly MemoryStream _ready = new();
    private bool _isFinished;
    private bool _hasChunks;
    private bool _hasEnded;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        while (_ready.Position == _ready.Length && !_hasEnded)
        {
            Take(inner.Read(_buffer, 0, _buffer.Length));
        }

        return _ready.Read(buffer, offset, count);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_ready.Position == _ready.Length && !_hasEnded)
        {
            Take(await inner.ReadAsync(_buffer, cancellationToken).ConfigureAwait(false));
        }

        return _ready.Read(buffer.Span);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
        // Nothing is written.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
            _ready.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Take(int read)
    {
        _ready.SetLength(0);
        if (read == 0)
        {
            _hasEnded = true;
            _ready.Write([.. _line]);
            _ready.Position = 0;
            return;
        }

        foreach (var part in _buffer.AsSpan(0, read))
        {
            _line.Add(part);
            if (part == (byte)'\n')
            {
                Emit([.. _line]);
                _line.Clear();
            }
        }

        _ready.Position = 0;
    }

    private void Emit(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("data:"u8))
        {
            var data = line["data:"u8.Length..].Trim(" \r\n"u8);
            if (data.SequenceEqual("[DONE]"u8))
            {
                if (_hasChunks && !_isFinished)
                {
                    _ready.Write(s_finish);
                    _ready.Write("\n\n"u8);
                }
            }
            else
            {
                var isMended = LenientAnswers.TryMend(data, isChunk: true, out var mended, out var isFinished);
                _hasChunks = true;
                _isFinished |= isFinished;
                if (isMended)
                {
                    _ready.Write(Encoding.UTF8.GetBytes($"data: {mended}\n"));
                    return;
                }
            }
        }

        _ready.Write(line);
    }
}
