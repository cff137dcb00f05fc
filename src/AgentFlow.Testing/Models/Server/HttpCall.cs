using System.Globalization;
using System.Text;

namespace AgentFlow.Testing;

/// <summary>
/// A request of HTTP/1.1 (RFC 9112), as far as clients of models need it. The server is our own because it must be able to break off in the middle of an answer and lose nothing of
/// what it has sent before: <c>HttpListener</c> completes what it is told to abort, and other servers reset the connection.
/// </summary>
/// <param name="Method">The method.</param>
/// <param name="Path">The path, without the query.</param>
/// <param name="Headers">The headers, by name ignoring case.</param>
/// <param name="Body">The body; <see langword="null"/> if it is longer than allowed.</param>
internal sealed record HttpCall(string Method, string Path, Dictionary<string, string> Headers, byte[]? Body)
{
    private const int MaxHeadBytes = 64 * 1024;

    /// <summary>What is longer than allowed is still read, so that the client hears of it, up to so many times as much.</summary>
    private const int MaxExcess = 16;

    /// <summary>The next request; <see langword="null"/> if the client has closed the connection.</summary>
    /// <exception cref="InvalidDataException">It is no request.</exception>
    public static async Task<HttpCall?> ReadAsync(Stream stream, int maxBodyBytes, CancellationToken cancellationToken)
    {
        var budget = new Budget { Left = MaxHeadBytes };
        if (await ReadLineAsync(stream, budget, cancellationToken).ConfigureAwait(false) is not { Length: > 0 } first)
        {
            return null;
        }

        if (first.Split(' ') is not [var method, var target, "HTTP/1.1"])
        {
            throw new InvalidDataException($"'{first}' is no request line of HTTP/1.1.");
        }

        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (await ReadLineAsync(stream, budget, cancellationToken).ConfigureAwait(false) is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            headers[colon > 0 ? line[..colon] : throw new InvalidDataException($"'{line}' is no header.")] = line[(colon + 1)..].Trim();
        }

        var path = target.Split('?')[0];
        return new(method, path, headers, await ReadBodyAsync(stream, headers, maxBodyBytes, cancellationToken).ConfigureAwait(false));
    }

    private static async Task<byte[]?> ReadBodyAsync(Stream stream, Dictionary<string, string> headers, int maxBytes, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        var length = 0L;
        if (headers.TryGetValue("Transfer-Encoding", out var encoding))
        {
            if (!encoding.Equals("chunked", StringComparison.OrdinalIgnoreCase))
            {
                throw new InvalidDataException($"The transfer encoding '{encoding}' is not supported.");
            }

            while (await ReadChunkSizeAsync(stream, cancellationToken).ConfigureAwait(false) is > 0 and var size)
            {
                await TakeAsync(size).ConfigureAwait(false);
                await ReadLineAsync(stream, new() { Left = 2 }, cancellationToken).ConfigureAwait(false);
            }

            await ReadLineAsync(stream, new() { Left = MaxHeadBytes }, cancellationToken).ConfigureAwait(false);
        }
        else if (headers.TryGetValue("Content-Length", out var text))
        {
            await TakeAsync(long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : throw new InvalidDataException($"'{text}' is no length.")).ConfigureAwait(false);
        }

        return length <= maxBytes ? body.ToArray() : null;

        async Task TakeAsync(long size)
        {
            var buffer = new byte[8192];
            while (size > 0)
            {
                var read = await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(size, buffer.Length)), cancellationToken).ConfigureAwait(false);
                length += read;
                size -= read;
                if (read == 0 || length > (long)maxBytes * MaxExcess)
                {
                    throw new InvalidDataException("The body ends too early, or never.");
                }

                if (length <= maxBytes)
                {
                    body.Write(buffer, 0, read);
                }
            }
        }
    }

    private static async Task<long> ReadChunkSizeAsync(Stream stream, CancellationToken cancellationToken)
    {
        var line = await ReadLineAsync(stream, new() { Left = 1024 }, cancellationToken).ConfigureAwait(false);
        return long.TryParse(line?.Split(';')[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var size) && size >= 0
            ? size
            : throw new InvalidDataException($"'{line}' is no size of a chunk.");
    }

    /// <summary>A line without its end; <see langword="null"/> at the end of the stream. The stream is buffered.</summary>
    private static async Task<string?> ReadLineAsync(Stream stream, Budget budget, CancellationToken cancellationToken)
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (await stream.ReadAsync(one, cancellationToken).ConfigureAwait(false) > 0)
        {
            if (budget.Left-- == 0)
            {
                throw new InvalidDataException("The head is too long.");
            }

            if (one[0] == '\n')
            {
                return Encoding.Latin1.GetString([.. line]).TrimEnd('\r');
            }

            line.Add(one[0]);
        }

        return null;
    }

    private sealed class Budget
    {
        public int Left { get; set; }
    }
}
