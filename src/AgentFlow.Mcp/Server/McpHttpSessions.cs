using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace AgentFlow.Mcp;

/// <summary>
/// The clients over HTTP. Up to the revision of November 2025 a client has a session, by the id in a header; since that of July 2026 each request stands by itself.
/// </summary>
internal sealed class McpHttpSessions(McpToolServerOptions options, Func<McpServerOptions> serverOptions) : IAsyncDisposable
{
    private const string NoSession = "There is no such session. Begin a new one.";
    private const string SessionHeader = "Mcp-Session-Id";
    private const string VersionHeader = "MCP-Protocol-Version";
    private const string MethodHeader = "Mcp-Method";
    private const string NameHeader = "Mcp-Name";
    private const string FirstWithoutSessions = "2026-07-28";
    private const int MaxShownVersion = 32;

    private static readonly JsonTypeInfo<JsonRpcMessage> MessageType = (JsonTypeInfo<JsonRpcMessage>)McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(JsonRpcMessage));

    private readonly ConcurrentDictionary<string, McpHttpSession> _sessions = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private bool _isDisposed;

    public async Task HandleAsync(HttpContext context)
    {
        if (!McpHttpRules.IsHostAllowed(context.Request.Host, options))
        {
            await RefuseAsync(context, StatusCodes.Status403Forbidden, $"The server is not called by this name. Its program can allow it: {nameof(McpToolServerOptions)}.{nameof(McpToolServerOptions.AllowedHosts)}.").ConfigureAwait(false);
            return;
        }

        if (!McpHttpRules.IsOriginAllowed(context.Request.Headers.Origin, options))
        {
            await RefuseAsync(context, StatusCodes.Status403Forbidden, "Pages of this origin may not call.").ConfigureAwait(false);
            return;
        }

        try
        {
            await (context.Request.Method switch
            {
                "POST" => PostAsync(context),
                "GET" => GetAsync(context),
                "DELETE" => DeleteAsync(context),
                _ => RefuseAsync(context, StatusCodes.Status405MethodNotAllowed, "Use POST, GET or DELETE."),
            }).ConfigureAwait(false);
        }
        catch (Exception e) when (context.RequestAborted.IsCancellationRequested && e is OperationCanceledException or IOException)
        {
            // The client is gone.
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isDisposed = true;
        }

        foreach (var id in _sessions.Keys)
        {
            await CloseAsync(id).ConfigureAwait(false);
        }
    }

    private async Task PostAsync(HttpContext context)
    {
        var message = await ReadAsync(context).ConfigureAwait(false);
        if (message is null)
        {
            return;
        }

        var version = context.Request.Headers[VersionHeader].ToString();
        if (version.Length > 0 && !McpHttpRules.Versions.Contains(version))
        {
            await RefuseVersionAsync(context, version, message).ConfigureAwait(false);
            return;
        }

        if (string.CompareOrdinal(version, FirstWithoutSessions) >= 0)
        {
            await PostAloneAsync(context, message, version).ConfigureAwait(false);
            return;
        }

        var session = context.Request.Headers[SessionHeader].Count == 0 ? await BeginAsync(context, message).ConfigureAwait(false) : await FindAsync(context).ConfigureAwait(false);
        if (session is null)
        {
            return;
        }

        context.Response.Headers[SessionHeader] = session.Id;
        message.Context = new() { User = context.User, Items = ItemsOf(context) };
        var call = (message as JsonRpcRequest)?.Id;
        await WhileOpenAsync(context, session, ct => AnswerAsync(context, session.Transport, message, ct), call).ConfigureAwait(false);
        if (McpMessageChecks.Cancelled(message) is { } cancelled)
        {
            await session.GiveUpAsync(cancelled).ConfigureAwait(false);
        }
    }

    /// <summary>Serves a request that brings all that is to be known of its client. When the client goes, the call is cancelled.</summary>
    private async Task PostAloneAsync(HttpContext context, JsonRpcMessage message, string version)
    {
        if (message is JsonRpcRequest request && context.Request.Headers[MethodHeader] is { Count: > 0 } method && method != request.Method)
        {
            await RefuseMismatchAsync(context, MethodHeader, "the method of the message", request).ConfigureAwait(false);
            return;
        }

        if (message is JsonRpcRequest { Method: RequestMethods.ToolsCall } call
            && context.Request.Headers[NameHeader] is { Count: > 0 } name
            && McpHttpRules.Decoded(name.ToString()) != McpMessageChecks.NameOf(call))
        {
            // Who stands between may have let the call pass by the header alone.
            await RefuseMismatchAsync(context, NameHeader, "the name of the tool that is called", call).ConfigureAwait(false);
            return;
        }

        await using var transport = new StreamableHttpServerTransport { Stateless = true };
        await using var server = McpServer.Create(transport, serverOptions());
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        var running = server.RunAsync(ending.Token);
        message.Context = new() { User = context.User, ProtocolVersion = version, Items = ItemsOf(context) };
        try
        {
            await AnswerAsync(context, transport, message, context.RequestAborted).ConfigureAwait(false);
        }
        finally
        {
            await ending.CancelAsync().ConfigureAwait(false);
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task AnswerAsync(
        HttpContext context, StreamableHttpServerTransport transport, JsonRpcMessage message, CancellationToken cancellationToken)
    {
        BeginStream(context);
        if (!await transport.HandlePostRequestAsync(message, context.Response.Body, cancellationToken).ConfigureAwait(false) && !context.Response.HasStarted)
        {
            context.Response.ContentType = null;
            context.Response.StatusCode = StatusCodes.Status202Accepted;
        }
    }

    private async Task GetAsync(HttpContext context)
    {
        if (await FindAsync(context).ConfigureAwait(false) is not { } session)
        {
            return;
        }

        if (!session.TryListen())
        {
            await RefuseAsync(context, StatusCodes.Status409Conflict, "The session is listened to already. Begin a new one.").ConfigureAwait(false);
            return;
        }

        BeginStream(context);
        context.Response.Headers[SessionHeader] = session.Id;
        await WhileOpenAsync(context, session, async ct =>
        {
            await context.Response.Body.FlushAsync(ct).ConfigureAwait(false);
            await session.Transport.HandleGetRequestAsync(context.Response.Body, ct).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    /// <summary>Serves a request as long as its client waits and its session is there, and has not cancelled it.</summary>
    private static async Task WhileOpenAsync(
        HttpContext context, McpHttpSession session, Func<CancellationToken, Task> serve, RequestId? call = null)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, session.Closed);
        using (session.Use())
        {
            var canBeGivenUp = call is { } begun && session.TryBegin(begun, ending);
            try
            {
                await serve(ending.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
            {
                if (!context.Response.HasStarted && session.IsClosing)
                {
                    await RefuseAsync(context, StatusCodes.Status404NotFound, NoSession).ConfigureAwait(false);
                }
            }
            finally
            {
                if (canBeGivenUp)
                {
                    session.End(call!.Value, ending);
                }
            }
        }
    }

    private async Task DeleteAsync(HttpContext context)
    {
        if (await FindAsync(context).ConfigureAwait(false) is { } session)
        {
            await CloseAsync(session.Id).ConfigureAwait(false);
        }
    }

    private async Task<McpHttpSession?> BeginAsync(HttpContext context, JsonRpcMessage message)
    {
        if (message is not JsonRpcRequest { Method: RequestMethods.Initialize })
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, $"A session begins with '{RequestMethods.Initialize}'; later messages bring its id in {SessionHeader}.").ConfigureAwait(false);
            return null;
        }

        foreach (var (id, idle) in _sessions)
        {
            if (idle.IsIdle(options.HttpIdleTimeout))
            {
                await CloseAsync(id).ConfigureAwait(false);
            }
        }

        McpHttpSession? session = null;
        McpHttpSession? displaced = null;
        var client = McpHttpRules.ClientOf(context);
        lock (_gate)
        {
            displaced = _sessions.Count < options.MaxHttpSessions ? null : Displaced(client);
            if (displaced is not null)
            {
                _sessions.TryRemove(displaced.Id, out _);
            }

            if (!_isDisposed && _sessions.Count < options.MaxHttpSessions)
            {
                session = new(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), client, McpHttpRules.UserOf(context), serverOptions(), options.TimeProvider);
                _sessions[session.Id] = session;
            }
        }

        if (displaced is not null)
        {
            await displaced.DisposeAsync().ConfigureAwait(false);
        }

        if (session is null)
        {
            await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "There are too many sessions. Try again later.").ConfigureAwait(false);
        }

        return session;
    }

    /// <summary>The session that makes room for a client: of the one that has the most, and would still have no fewer than this one, that which is used the least.</summary>
    private McpHttpSession? Displaced(string client)
    {
        var byClient = _sessions.Values.GroupBy(static session => session.Client, StringComparer.Ordinal).ToList();
        var own = byClient.FirstOrDefault(group => group.Key == client)?.Count() ?? 0;
        var most = byClient.MaxBy(static group => group.Count());
        return most is not null && most.Count() > own + 1 ? most.OrderBy(static session => session.IsInUse).ThenBy(static session => session.LastUse).First() : null;
    }

    private async Task<McpHttpSession?> FindAsync(HttpContext context)
    {
        // A session of somebody else is none: who guesses ids is told nothing.
        if (_sessions.TryGetValue(context.Request.Headers[SessionHeader].ToString(), out var session) && session.User == McpHttpRules.UserOf(context))
        {
            return session;
        }

        await RefuseAsync(context, StatusCodes.Status404NotFound, NoSession).ConfigureAwait(false);
        return null;
    }

    private async ValueTask CloseAsync(string id)
    {
        if (_sessions.TryRemove(id, out var session))
        {
            await session.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<JsonRpcMessage?> ReadAsync(HttpContext context)
    {
        var body = new MemoryStream();
        var buffer = new byte[16 << 10];
        int read;
        while ((read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted).ConfigureAwait(false)) > 0)
        {
            if (body.Length + read > options.MaxMessageBytes)
            {
                await RefuseAsync(context, StatusCodes.Status413PayloadTooLarge, $"A message has at most {options.MaxMessageBytes} bytes.").ConfigureAwait(false);
                return null;
            }

            body.Write(buffer, 0, read);
        }

        try
        {
            var bytes = body.GetBuffer().AsMemory(0, (int)body.Length);
            if (JsonSerializer.Deserialize(bytes.Span, MessageType) is { } message)
            {
                if (!McpMessageChecks.IsAmbiguous(bytes.Span))
                {
                    return message;
                }

                await RefuseAsync(context, StatusCodes.Status400BadRequest, McpMessageChecks.Ambiguous, McpErrorCode.InvalidRequest).ConfigureAwait(false);
                return null;
            }
        }
        catch (JsonException)
        {
            // It is refused as one that holds nothing is.
        }

        await RefuseAsync(context, StatusCodes.Status400BadRequest, "The body is no message of JSON-RPC.", McpErrorCode.ParseError).ConfigureAwait(false);
        return null;
    }

    private static Dictionary<string, object?> ItemsOf(HttpContext context) => new() { [McpHttpRules.ClientItem] = McpHttpRules.ClientOf(context) };

    /// <summary>By the protocol the answer says which revisions there are, so that the client can choose one.</summary>
    private static Task RefuseVersionAsync(HttpContext context, string version, JsonRpcMessage message)
    {
        var shown = version.Length <= MaxShownVersion ? version : version[..MaxShownVersion] + "…";
        var supported = new JsonArray([.. McpHttpRules.Versions.Select(static known => (JsonNode)known)]);
        return RefuseAsync(
            context,
            StatusCodes.Status400BadRequest,
            $"The revision '{shown}' of the protocol is not served. Use one of {string.Join(", ", McpHttpRules.Versions)}.",
            McpErrorCode.UnsupportedProtocolVersion,
            JsonElement.Parse(new JsonObject { ["supported"] = supported, ["requested"] = shown }.ToJsonString()),
            message is JsonRpcRequest request ? request.Id : default);
    }

    private static Task RefuseMismatchAsync(HttpContext context, string header, string what, JsonRpcRequest request) => RefuseAsync(
        context, StatusCodes.Status400BadRequest, $"The header {header} is not {what}.", McpErrorCode.HeaderMismatch, id: request.Id);

    private static void BeginStream(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache,no-store";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
    }

    private static async Task RefuseAsync(HttpContext context, int status, string reason, McpErrorCode code = McpErrorCode.InvalidRequest, JsonElement? data = null, RequestId id = default)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        var error = new JsonRpcError { Id = id, Error = new() { Code = (int)code, Message = reason, Data = data } };
        await JsonSerializer.SerializeAsync<JsonRpcMessage>(context.Response.Body, error, MessageType, context.RequestAborted).ConfigureAwait(false);
    }
}
