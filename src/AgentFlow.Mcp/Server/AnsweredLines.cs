using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace AgentFlow.Mcp;

/// <summary>
/// What a client sends, one message per line. A line that is not a message is answered with an error here: the SDK drops it silently, and
/// its sender would wait forever. Batches, which the protocol no longer has, and requests whose id is neither a string nor an integer are
/// such lines.
/// </summary>
/// <param name="input">The input, whose lines are bounded.</param>
/// <param name="answer">Sends the client a line.</param>
internal sealed class AnsweredLines(Stream input, Func<byte[], CancellationToken, Task> answer) : InputStream(input)
{
    private const string NoMessage =
        "The line is not a JSON-RPC message: one object with a method, or with a result or an error, whose id is a string or an integer.";

    private readonly byte[] _chunk = new byte[16 << 10];
    private readonly MemoryStream _line = new();
    private ReadOnlyMemory<byte> _received;
    private ReadOnlyMemory<byte> _ready;

    /// <inheritdoc />
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_ready.IsEmpty)
        {
            if (!await TryReadLineAsync(cancellationToken).ConfigureAwait(false))
            {
                return 0;
            }
        }

        var count = Math.Min(buffer.Length, _ready.Length);
        _ready[..count].CopyTo(buffer);
        _ready = _ready[count..];
        return count;
    }

    /// <inheritdoc />
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>Takes the next line in, if it is a message, and answers it otherwise.</summary>
    /// <returns>Whether there was one.</returns>
    private async ValueTask<bool> TryReadLineAsync(CancellationToken cancellationToken)
    {
        _line.SetLength(0);
        while (true)
        {
            if (_received.IsEmpty)
            {
                _received = _chunk.AsMemory(0, await Input.ReadAsync(_chunk, cancellationToken).ConfigureAwait(false));
                if (_received.IsEmpty && _line.Length == 0)
                {
                    return false;
                }
            }

            var end = _received.Span.IndexOf((byte)'\n');
            var part = end < 0 ? _received : _received[..end];
            _line.Write(part.Span);
            var isLast = _received.IsEmpty;
            _received = _received[(end < 0 ? part.Length : end + 1)..];
            if (end >= 0 || isLast)
            {
                break;
            }
        }

        var line = _line.GetBuffer().AsMemory(0, (int)_line.Length);
        if (line.Span.IndexOfAnyExcept(" \r\t"u8) < 0)
        {
            return true;
        }

        if (FlawOf(line.Span) is not { } flaw)
        {
            _line.WriteByte((byte)'\n');
            _ready = _line.GetBuffer().AsMemory(0, (int)_line.Length);
            return true;
        }

        // Nobody knows which message it was meant to be.
        var error = new JsonRpcError { Error = flaw };
        var bytes = JsonSerializer.SerializeToUtf8Bytes<JsonRpcMessage>(error, McpJson.Of<JsonRpcMessage>());
        await answer(bytes, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private static JsonRpcErrorDetail? FlawOf(ReadOnlySpan<byte> line)
    {
        try
        {
            var flaw = JsonSerializer.Deserialize(line, McpJson.Of<JsonRpcMessage>()) is null ? NoMessage
                : McpMessageChecks.IsAmbiguous(line) ? McpMessageChecks.Ambiguous
                : null;
            return flaw is null ? null : new() { Code = (int)McpErrorCode.InvalidRequest, Message = flaw };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return IsJson(line)
                ? new() { Code = (int)McpErrorCode.InvalidRequest, Message = NoMessage }
                : new() { Code = (int)McpErrorCode.ParseError, Message = "The line is not JSON." };
        }
    }

    private static bool IsJson(ReadOnlySpan<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = 1000 });
            reader.Read();
            reader.Skip();
            return !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
