using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AgentFlow.AI.Tests.Regressions;

/// <summary>An endpoint that answers what a test says, byte by byte.</summary>
internal sealed class Endpoint : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<string, (HttpStatusCode Status, string Body, string Type, string? Location)> _answer;
    private readonly Task _loop;
    private int _count;

    public Endpoint(Func<string, (HttpStatusCode Status, string Body, string Type, string? Location)> answer)
    {
        _answer = answer;
        _listener.Start();
        _loop = Task.Run(LoopAsync);
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/v1");

    /// <summary>How many requests there were.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>What is sent beside the status, such as <c>Retry-After: 1</c>.</summary>
    public string? Header { get; init; }

    public static string Answer(string text) => "{\"id\":\"1\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"" + text + "\"},\"finish_reason\":\"stop\"}]}";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task LoopAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
            try
            {
                await ServeAsync(client.GetStream());
            }
            catch (IOException)
            {
                // The client is gone.
            }
        }
    }

    private async Task ServeAsync(NetworkStream stream)
    {
        var read = new StringBuilder();
        var buffer = new byte[16 << 10];
        while (!IsWhole(read.ToString()))
        {
            var count = await stream.ReadAsync(buffer, _stop.Token);
            if (count == 0)
            {
                return;
            }

            read.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }

        Interlocked.Increment(ref _count);
        var (status, body, type, location) = _answer(read.ToString().Split(' ')[1]);
        var bytes = Encoding.UTF8.GetBytes(body);
        var head = $"HTTP/1.1 {(int)status} X\r\nContent-Type: {type}\r\nContent-Length: {bytes.Length}\r\nConnection: close\r\n{(location is null ? "" : $"Location: {location}\r\n")}{(Header is null ? "" : Header + "\r\n")}\r\n";
        await stream.WriteAsync(Encoding.Latin1.GetBytes(head), _stop.Token);
        await stream.WriteAsync(bytes, _stop.Token);
    }

    private static bool IsWhole(string request)
    {
        var end = request.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
        {
            return false;
        }

        var length = request.Split("\r\n").FirstOrDefault(static line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
        return length is null
            ? !request.Contains("chunked", StringComparison.OrdinalIgnoreCase) || request.EndsWith("0\r\n\r\n", StringComparison.Ordinal)
            : request.Length - end - 4 >= int.Parse(length.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);
    }
}
