using System.Globalization;
using System.Text;

namespace AgentFlow.Testing;

/// <summary>Writes an answer of HTTP/1.1, whole, in chunks, or not to its end.</summary>
internal sealed class HttpReply(Stream stream, CancellationToken stopping)
{
    public int Status { get; set; } = 200;

    public Dictionary<string, string> Headers { get; } = new() { ["Content-Type"] = "application/json" };

    /// <summary>Whether the connection is to be closed now, whatever has been promised.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Closes the connection. What was sent before arrives.</summary>
    public void Cut() => IsCut = true;

    /// <summary>Sends a body.</summary>
    /// <param name="body">The body.</param>
    /// <param name="promised">The length that is told. Default: the body's.</param>
    public async Task SendAsync(ReadOnlyMemory<byte> body, int? promised = null)
    {
        Headers["Content-Length"] = (promised ?? body.Length).ToString(CultureInfo.InvariantCulture);
        await stream.WriteAsync(Head(), stopping).ConfigureAwait(false);
        await stream.WriteAsync(body, stopping).ConfigureAwait(false);
        await stream.FlushAsync(stopping).ConfigureAwait(false);
    }

    public async Task BeginChunksAsync()
    {
        Headers["Transfer-Encoding"] = "chunked";
        await stream.WriteAsync(Head(), stopping).ConfigureAwait(false);
        await stream.FlushAsync(stopping).ConfigureAwait(false);
    }

    public async Task ChunkAsync(ReadOnlyMemory<byte> chunk)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{chunk.Length:x}\r\n")), stopping).ConfigureAwait(false);
        await stream.WriteAsync(chunk, stopping).ConfigureAwait(false);
        await stream.WriteAsync("\r\n"u8.ToArray(), stopping).ConfigureAwait(false);
        await stream.FlushAsync(stopping).ConfigureAwait(false);
    }

    public async Task EndChunksAsync()
    {
        await stream.WriteAsync("0\r\n\r\n"u8.ToArray(), stopping).ConfigureAwait(false);
        await stream.FlushAsync(stopping).ConfigureAwait(false);
    }

    private byte[] Head()
    {
        var head = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {Status} {(Status < 400 ? "OK" : "Error")}\r\n"));
        foreach (var (name, value) in Headers)
        {
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        return Encoding.Latin1.GetBytes(head.Append("\r\n").ToString());
    }
}
