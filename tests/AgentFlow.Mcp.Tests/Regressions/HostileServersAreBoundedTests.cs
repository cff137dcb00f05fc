using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace AgentFlow.Mcp.Tests.Regressions;

/// <summary>A server that writes without an end must not fill the memory of its client, whatever lies between them.</summary>
public sealed class HostileServersAreBoundedTests
{
    private const int Limit = 64 << 10;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_line_without_an_end_is_given_up_over_standard_streams()
    {
        // The process would write for ever: it is ended, and what is held of its line is bounded.
        var before = GC.GetTotalAllocatedBytes();
        var endless = new StdioClientTransport(new() { Name = "endless", Command = "sh", Arguments = ["-c", "cat /dev/zero"], ShutdownTimeout = TimeSpan.FromMilliseconds(100) });
        var error = await Assert.ThrowsAsync<McpConnectionException>(() => McpTools.ConnectAsync(endless, new() { MaxMessageBytes = Limit, ConnectTimeout = TimeSpan.FromSeconds(20) }, Ct).WaitAsync(Patience, Ct));
        Assert.Equal("endless", error.Server);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 200L << 20);
    }

    [Fact]
    public async Task A_line_without_an_end_is_given_up_over_streams()
    {
        var (toServer, toClient) = (new Pipe(), new Pipe());
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var writing = WriteAsync(toClient.Writer, stop.Token);
        var transport = new StreamClientTransport(toServer.Writer.AsStream(), toClient.Reader.AsStream());
        await Assert.ThrowsAsync<McpConnectionException>(() => McpTools.ConnectAsync(transport, new() { MaxMessageBytes = Limit, ConnectTimeout = TimeSpan.FromSeconds(20) }, Ct).WaitAsync(Patience, Ct));
        await stop.CancelAsync();
        Assert.InRange(await writing, 0, 64L << 20);

        static async Task<long> WriteAsync(PipeWriter writer, CancellationToken cancellationToken)
        {
            var written = 0L;
            var part = new byte[4096];
            Array.Fill(part, (byte)'x');
            try
            {
                while (!(await writer.WriteAsync(part, cancellationToken)).IsCompleted && written < 1L << 30)
                {
                    written += part.Length;
                }
            }
            catch (OperationCanceledException)
            {
                // Nobody reads any more.
            }

            return written;
        }
    }

    [Theory, InlineData("application/json"), InlineData("text/event-stream")]
    public async Task A_result_without_an_end_is_given_up_over_http(string type)
    {
        await using var server = new Endless(type);
        await Assert.ThrowsAsync<McpConnectionException>(() => McpTools.ConnectAsync(Servers.Http(server.Endpoint), new() { MaxMessageBytes = Limit, ConnectTimeout = TimeSpan.FromSeconds(20) }, Ct).WaitAsync(Patience, Ct));
        Assert.InRange(server.Written, 0, 64L << 20);
    }

    [Fact]
    public async Task A_list_of_tools_beyond_the_bound_ends_the_connection()
    {
        await using var app = await Web.StartAsync(static async context =>
        {
            var request = await JsonNode.ParseAsync(context.Request.Body, cancellationToken: Ct);
            var (id, method) = (request!["id"]?.ToJsonString(), request["method"]!.GetValue<string>());
            context.Response.StatusCode = id is null ? 202 : 200;
            context.Response.ContentType = "application/json";
            var result = method == "initialize"
                ? """{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"w","version":"1"}}"""
                : $$$"""{"tools":[{"name":"a","description":"{{{new string('x', Limit)}}}","inputSchema":{"type":"object"}}]}""";
            await context.Response.WriteAsync(id is null ? "" : $$"""{"jsonrpc":"2.0","id":{{id}},"result":{{result}}}""", Ct);
        });
        await Assert.ThrowsAsync<McpConnectionException>(() => McpTools.ConnectAsync(Servers.Http(app.Endpoint), new() { MaxMessageBytes = Limit, ProtocolVersion = "2025-11-25" }, Ct).WaitAsync(Patience, Ct));
    }

    [Fact]
    public async Task A_result_within_the_bound_comes_through_and_one_beyond_it_does_not()
    {
        await using var server = await Served.StartAsync("stdio");
        await using var tools = await McpTools.ConnectAsync(server.Transport, new() { MaxMessageBytes = Limit, MaxResultLength = 1 << 20 }, Ct);
        var big = tools.Tools.Single(static tool => tool.Name == "big");
        Assert.Equal(60_000, ((string)(await big.InvokeAsync(new() { ["length"] = 60_000 }, Ct))!).Length);
        var error = await Assert.ThrowsAsync<McpConnectionException>(async () => await big.InvokeAsync(new() { ["length"] = 100_000 }, Ct));
        Assert.Equal("big", error.Tool);
        Assert.Equal(10, ((string)(await big.InvokeAsync(new() { ["length"] = 10 }, Ct))!).Length);
    }

    [Fact]
    public void The_transports_of_the_SDK_are_known_from_within()
    {
        // A release of the SDK that keeps its options elsewhere would be used without a bound.
        using var client = new HttpClient();
        Assert.NotNull(BoundedTransportOf(new StdioClientTransport(new() { Command = "x" })));
        Assert.NotNull(BoundedTransportOf(Servers.Http(new("http://127.0.0.1:1"))));
        Assert.NotNull(BoundedTransportOf(new HttpClientTransport(new() { Endpoint = new("http://127.0.0.1:1") }, client)));
        Assert.NotNull(BoundedTransportOf(new StreamClientTransport(Stream.Null, Stream.Null)));

        static object? BoundedTransportOf(IClientTransport transport)
        {
            var type = typeof(McpTools).Assembly.GetType("AgentFlow.Mcp.BoundedTransport", throwOnError: true)!;
            object?[] arguments = [transport, 1024, null];
            var bounded = type.GetMethod("Of")!.Invoke(null, arguments);
            return ReferenceEquals(bounded, transport) ? null : bounded;
        }
    }

    /// <summary>Answers every request with the beginning of a message, and more of it.</summary>
    private sealed class Endless : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _loop;
        private readonly string _type;
        private long _written;

        public Endless(string type)
        {
            _type = type;
            _listener.Start();
            _loop = Task.Run(LoopAsync);
        }

        public Uri Endpoint => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/mcp");

        public long Written => Interlocked.Read(ref _written);

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
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                _ = Task.Run(() => AnswerAsync(client), CancellationToken.None);
            }
        }

        private async Task AnswerAsync(TcpClient client)
        {
            using (client)
            {
                try
                {
                    var stream = client.GetStream();
                    _ = await stream.ReadAsync(new byte[16 << 10], _stop.Token);
                    var begin = _type == "application/json" ? "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"x\":\"" : "event: message\ndata: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"x\":\"";
                    await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: {_type}\r\nConnection: close\r\n\r\n{begin}"), _stop.Token);
                    var part = new byte[64 << 10];
                    Array.Fill(part, (byte)'x');
                    while (Written < 1L << 30)
                    {
                        await stream.WriteAsync(part, _stop.Token);
                        Interlocked.Add(ref _written, part.Length);
                    }
                }
                catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
                {
                    // The client has given up.
                }
            }
        }
    }
}
