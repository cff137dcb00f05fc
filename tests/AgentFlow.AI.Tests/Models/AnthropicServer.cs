using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace AgentFlow.AI.Tests.Models;

/// <summary>An endpoint of Anthropic's protocol on the loopback, as far as the tests of its official client need one.</summary>
internal sealed class AnthropicServer : IAsyncDisposable
{
    private readonly HttpListener _listener;
    private readonly Queue<(int Status, string Content)> _replies;
    private readonly List<JsonElement> _requests = [];
    private readonly Task _serving;

    public AnthropicServer(params (int Status, string Content)[] replies)
    {
        _replies = new(replies);
        (_listener, Endpoint) = Listen();
        _serving = ServeAsync();
    }

    public string Endpoint { get; }

    public IReadOnlyList<JsonElement> Requests => _requests;

    public static (int Status, string Content) Message(string content, string stop) =>
        (200, $$$"""{"id":"m","type":"message","role":"assistant","model":"claude","content":[{{{content}}}],"stop_reason":"{{{stop}}}","stop_sequence":null,"usage":{"input_tokens":100,"output_tokens":20}}""");

    public static (int Status, string Content) Text(string text) => Message($$"""{"type":"text","text":"{{text}}"}""", "end_turn");

    public static (int Status, string Content) Stream(params string[] chunks)
    {
        var events = new StringBuilder()
            .Append(Event("message_start", """{"type":"message_start","message":{"id":"m","type":"message","role":"assistant","model":"claude","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":100,"output_tokens":1}}}"""))
            .Append(Event("content_block_start", """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"""));
        foreach (var chunk in chunks)
        {
            events.Append(Event("content_block_delta", $$$"""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"{{{chunk}}}"}}"""));
        }

        return (200, events
            .Append(Event("content_block_stop", """{"type":"content_block_stop","index":0}"""))
            .Append(Event("message_delta", """{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":20}}"""))
            .Append(Event("message_stop", """{"type":"message_stop"}"""))
            .ToString());
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
        _listener.Close();
    }

    private static string Event(string name, string data) => $"event: {name}\ndata: {data}\n\n";

    private static (HttpListener Listener, string Endpoint) Listen()
    {
        while (true)
        {
            var endpoint = $"http://127.0.0.1:{FreePort()}";
            var listener = new HttpListener();
            listener.Prefixes.Add(endpoint + "/");
            try
            {
                listener.Start();
                return (listener, endpoint);
            }
            catch (HttpListenerException)
            {
                // Somebody else has taken the port meanwhile.
            }
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                _requests.Add(await JsonSerializer.DeserializeAsync(context.Request.InputStream, AnyJson.Default.JsonElement));
                var (status, content) = _replies.Dequeue();
                context.Response.StatusCode = status;
                context.Response.ContentType = content.StartsWith("event:", StringComparison.Ordinal) ? "text/event-stream" : "application/json";
                await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(content));
                context.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // It was stopped.
        }
    }
}

[System.Text.Json.Serialization.JsonSerializable(typeof(JsonElement))]
internal sealed partial class AnyJson : System.Text.Json.Serialization.JsonSerializerContext;
