using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentFlow.Testing;

/// <summary>
/// A local HTTP server that speaks the protocol of OpenAI's chat completions (plain and streamed, with tools and usage), embeddings and models, by a
/// script; replies can go wrong on the wire, so that tests run the real client over real HTTP. It listens on the loopback at a free port, for
/// anybody on the machine; it keeps requests without their secrets. Each chat completion takes the next reply of the script.
/// </summary>
public sealed class ChatServer : IAsyncDisposable
{
    private static readonly string[] SecretHeaders = ["Authorization", "Proxy-Authorization", "api-key", "x-api-key", "Cookie"];

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ReplyScript _script;
    private readonly ChatServerOptions _options;
    private readonly Arrivals<ServedRequest> _requests = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _accepting;
    private readonly Lock _gate = new();
    private readonly HashSet<Task> _serving = [];
    private int _isDisposed;

    private ChatServer(ReplyScript script, ChatServerOptions options)
    {
        _script = script;
        _options = options;
        _listener.Start();
        Endpoint = new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/v1"));
        _accepting = AcceptAsync();
    }

    /// <summary>The base URL to give to clients: <c>http://127.0.0.1:port/v1</c>.</summary>
    public Uri Endpoint { get; }

    /// <summary>All requests so far, in order, refused ones included.</summary>
    public IReadOnlyList<ServedRequest> Requests => _requests.Snapshot();

    /// <summary>The chat completions asked for so far, in order, as the script saw them.</summary>
    public IReadOnlyList<ScriptedRequest> Chats => _script.Requests;

    /// <summary>Starts a server with a list of replies.</summary>
    /// <param name="replies">The replies, in order; a request beyond them gets status 400 with the code <c>script_exhausted</c>.</param>
    /// <returns>The server; dispose of it to stop it.</returns>
    public static ChatServer Start(params IEnumerable<ScriptedReply> replies)
    {
        ArgumentNullException.ThrowIfNull(replies);
        return new(new(replies), new());
    }

    /// <summary>Starts a server that replies to what it is asked.</summary>
    /// <param name="reply">Gives the reply to a request; it may be called for several requests at once.</param>
    /// <param name="options">How it behaves otherwise.</param>
    /// <returns>The server; dispose of it to stop it.</returns>
    public static ChatServer Start(Func<ScriptedRequest, ScriptedReply> reply, ChatServerOptions? options = null) => new(new(reply), options ?? new());

    /// <summary>Waits for chat completions to be asked for.</summary>
    /// <param name="count">How many there must have been in all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Completes once there have been so many.</returns>
    public Task WhenRequestedAsync(int count, CancellationToken cancellationToken = default) => _script.WhenRequestedAsync(count, cancellationToken);

    /// <summary>Stops the server: connections are closed, replies that wait at a gate are given up.</summary>
    /// <returns>Completes once nothing runs any more.</returns>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        await _stopping.CancelAsync().ConfigureAwait(false);
        _listener.Stop();
        await _accepting.ConfigureAwait(false);
        Task[] serving;
        lock (_gate)
        {
            serving = [.. _serving];
        }

        await Task.WhenAll(serving).ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket client;
            try
            {
                client = await _listener.AcceptSocketAsync(_stopping.Token).ConfigureAwait(false);
            }
            catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return; // It was stopped.
            }

            var serving = Task.Run(() => ServeAsync(client));
            lock (_gate)
            {
                _serving.Add(serving);
            }

            _ = serving.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        void Forget(Task served)
        {
            lock (_gate)
            {
                _serving.Remove(served);
            }
        }
    }

    private async Task ServeAsync(Socket client)
    {
        client.NoDelay = true;
        var stream = new NetworkStream(client, ownsSocket: true);
        var input = new BufferedStream(stream);
        await using (input.ConfigureAwait(false))
        {
            try
            {
                while (await HttpCall.ReadAsync(input, _options.MaxBodyBytes, _stopping.Token).ConfigureAwait(false) is { } call)
                {
                    var reply = new HttpReply(stream, _stopping.Token);
                    await AnswerAsync(call, new(reply, _stopping.Token)).ConfigureAwait(false);
                    if (reply.IsCut)
                    {
                        return;
                    }
                }
            }
            catch (Exception error) when (error is IOException or InvalidDataException or OperationCanceledException)
            {
                // The client is gone, does not speak HTTP, or the server stops.
            }
        }
    }

    private Task AnswerAsync(HttpCall call, ChatAnswer answer)
    {
        var json = Parse(call.Body);
        _requests.Add(_ => new(call.Method, call.Path, Redacted(call.Headers), json));
        return (call.Method, call.Path, json) switch
        {
            _ when call.Body is null => answer.ErrorAsync(413, $"The body is longer than {_options.MaxBodyBytes} bytes."),
            _ when !IsAuthorized(call) => answer.ErrorAsync(401, "Incorrect API key provided.", code: "invalid_api_key"),
            ("GET", "/v1/models", _) => answer.JsonAsync(ModelList()),
            ("POST", "/v1/chat/completions" or "/v1/embeddings", null) => answer.ErrorAsync(400, "The body is not valid JSON."),
            ("POST", "/v1/chat/completions", { } request) => ChatAsync(answer, request),
            ("POST", "/v1/embeddings", { } request) => EmbedAsync(answer, request),
            var (method, path, _) => answer.ErrorAsync(404, $"There is no {method} {path}. There are GET /v1/models, POST /v1/chat/completions and POST /v1/embeddings."),
        };
    }

    private async Task ChatAsync(ChatAnswer answer, JsonElement body)
    {
        ChatCall call;
        try
        {
            call = ChatCall.Parse(body);
        }
        catch (Exception error) when (error is KeyNotFoundException or InvalidOperationException or FormatException or JsonException)
        {
            await answer.ErrorAsync(400, $"The body is no chat completion request: {error.Message}").ConfigureAwait(false);
            return;
        }

        ScriptedRequest request;
        ScriptedReply reply;
        try
        {
            (request, reply) = _script.Next(call.Messages, call.Options, call.Stream);
        }
        catch (ScriptExhaustedException error)
        {
            await answer.ErrorAsync(400, error.Message, code: "script_exhausted").ConfigureAwait(false);
            return;
        }
#pragma warning disable CA1031 // The script is the test's own code: whatever it throws is told to the client.
        catch (Exception error)
        {
            await answer.ErrorAsync(500, $"The script threw {error.GetType().Name}: {error.Message}").ConfigureAwait(false);
            return;
        }
#pragma warning restore CA1031

        await answer.ChatAsync(call, request.Index, reply).ConfigureAwait(false);
    }

    private Task EmbedAsync(ChatAnswer answer, JsonElement body)
    {
        if (!body.TryGetProperty("input", out var input) || input.ValueKind is not (JsonValueKind.String or JsonValueKind.Array)
            || (input.ValueKind == JsonValueKind.Array && input.EnumerateArray().Any(static e => e.ValueKind != JsonValueKind.String)))
        {
            return answer.ErrorAsync(400, "The body has no 'input' that is a string or an array of strings.");
        }

        string[] texts = input.ValueKind == JsonValueKind.String ? [input.GetString()!] : [.. input.EnumerateArray().Select(static e => e.GetString()!)];
        var base64 = body.TryGetProperty("encoding_format", out var format) && format.ValueEquals("base64");
        return answer.EmbeddingsAsync(body.TryGetProperty("model", out var model) ? model.ToString() : "scripted", texts, [.. texts.Select(_options.Embed)], base64);
    }

    private JsonObject ModelList()
    {
        var data = new JsonArray();
        foreach (var model in _options.Models)
        {
            data.Add((JsonNode)new JsonObject { ["id"] = model, ["object"] = "model", ["created"] = 0, ["owned_by"] = "script" });
        }

        return new() { ["object"] = "list", ["data"] = data };
    }

    private bool IsAuthorized(HttpCall call) => _options.ApiKey is not { } key || call.Headers.GetValueOrDefault("Authorization") == "Bearer " + key;

    private static Dictionary<string, string> Redacted(Dictionary<string, string> headers) => headers.ToDictionary(
        static h => h.Key,
        static h => SecretHeaders.Contains(h.Key, StringComparer.OrdinalIgnoreCase) ? "[redacted]" : h.Value,
        StringComparer.OrdinalIgnoreCase);

    private static JsonElement? Parse(byte[]? body)
    {
        try
        {
            return body is { Length: > 0 } ? JsonElement.Parse(body) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
