using System.Text.Json;
using System.Text.Json.Nodes;
using AgentFlow.AI;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace AgentFlow.Mcp;

/// <summary>
/// Serves the tools of a registry over the Model Context Protocol, agents among them (their generated <c>AsTool()</c>): over standard input and output, or over HTTP.
/// Clients that ask for it are told how far an agent has come; cancelling a call cancels the run. Thread-safe; any number of clients may be served at once.
/// </summary>
/// <remarks>
/// What goes wrong with a call comes back as a result that is marked as an error and says how to do better, as a <see cref="ToolInvoker"/> does; messages of
/// exceptions stay here. A tool that comes to the registry, or goes, is there, or gone, with the next list that a client asks for; clients are not told.
/// </remarks>
public sealed class McpToolServer : IAsyncDisposable
{
    /// <summary>Under which name the id of an agent's session is in the metadata of the answer.</summary>
    public const string SessionMetadata = "agentflow/session";

    private const string TooMany = "Error: too many calls are waiting. Try again when some of them have been answered.";
    private const string TooLong = "Error: the result is too long. Ask for less.";

    private static readonly JsonElement NoArguments = JsonElement.Parse("""{"type":"object"}""");

    private readonly ToolRegistry _tools;
    private readonly McpToolServerOptions _options;
    private readonly ToolInvoker _invoker;
    private readonly CallSlots _calls;
    private readonly McpHttpSessions _http;

    /// <summary>Creates a server.</summary>
    /// <param name="tools">The tools.</param>
    /// <param name="options">How it serves. Default: <see cref="McpToolServerOptions.Default"/>.</param>
    public McpToolServer(ToolRegistry tools, McpToolServerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(tools);
        _tools = tools;
        _options = options ?? McpToolServerOptions.Default;
        _invoker = new(tools, new() { Timeout = _options.CallTimeout, MaxResultLength = _options.MaxResultLength, TimeProvider = _options.TimeProvider });
        var running = CallLimit.Of(_options.MaxConcurrentCalls, _options.MaxConcurrentCallsPerClient);
        _calls = new(running, CallLimit.Of(_options.MaxWaitingCalls));
        _http = new(_options, ServerOptions);
    }

    /// <summary>Serves one client over the standard input and output, until it closes them. Nothing else may write to the standard output meanwhile.</summary>
    /// <param name="cancellationToken">Ends the serving.</param>
    /// <returns>Completes when the client is gone.</returns>
    /// <exception cref="InvalidDataException">
    /// A message was longer than <see cref="McpToolServerOptions.MaxMessageBytes"/>; the client has been told.
    /// </exception>
    public async Task RunStdioAsync(CancellationToken cancellationToken = default)
    {
        await using var input = Console.OpenStandardInput();
        await using var output = Console.OpenStandardOutput();
        await RunAsync(input, output, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Serves one client over two streams, a message a line, until the input ends.</summary>
    /// <param name="input">What the client sends.</param>
    /// <param name="output">What it is sent.</param>
    /// <param name="cancellationToken">Ends the serving.</param>
    /// <returns>Completes when the input has ended; calls under way are cancelled then.</returns>
    /// <exception cref="InvalidDataException">
    /// A message was longer than <see cref="McpToolServerOptions.MaxMessageBytes"/>; the client has been told.
    /// </exception>
    public async Task RunAsync(Stream input, Stream output, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(output);
        var bounded = new BoundedLines(input, _options.MaxMessageBytes, $"{nameof(McpToolServerOptions)}.{nameof(McpToolServerOptions.MaxMessageBytes)}");
        var closing = new ClosingStream(output);
        var answered = new AnsweredLines(bounded, closing.WriteLineAsync);
        await using var transport = new StreamServerTransport(answered, closing, _options.Name);
        await using var server = McpServer.Create(transport, ServerOptions());
        try
        {
            await server.RunAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // It was asked to end.
        }
        catch (InvalidDataException e)
        {
            // Nobody knows which message it was that was too long.
            var error = new JsonRpcError { Error = new() { Code = (int)McpErrorCode.InvalidRequest, Message = e.Message } };
            var line = JsonSerializer.SerializeToUtf8Bytes<JsonRpcMessage>(error, McpJson.Of<JsonRpcMessage>());
            await closing.CloseWithAsync(line, cancellationToken).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Serves a request of the protocol's streamable HTTP: <c>app.Map("/mcp", server.HandleAsync)</c>. Who may call is for the application's authentication and
    /// authorization to say; a session belongs to the user who has begun it.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <returns>Completes when it is answered.</returns>
    public Task HandleAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return _http.HandleAsync(context);
    }

    /// <summary>Closes the sessions over HTTP; calls under way are cancelled.</summary>
    /// <returns>Completes when they are closed.</returns>
    public ValueTask DisposeAsync() => _http.DisposeAsync();

    private McpServerOptions ServerOptions() => new()
    {
        ServerInfo = new() { Name = _options.Name, Version = _options.Version },
        ServerInstructions = _options.Instructions,
        Capabilities = new() { Tools = new() },
        Filters = new() { Message = new() { IncomingFilters = [McpMessageChecks.Filter] } },
        Handlers = new()
        {
            ListToolsHandler = (_, _) => new(new ListToolsResult { Tools = [.. _tools.Tools.Where(IsServed).Select(Describe)] }),
            CallToolHandler = CallAsync,
        },
    };

    private bool IsServed(AIFunction tool) => _options.Approve is not null || !ToolFacts.NeedsApproval(tool);

    private static Tool Describe(AIFunction tool)
    {
        var effect = ToolFacts.EffectOf(tool);
        return new()
        {
            Name = tool.Name,
            Description = tool.Description,
            InputSchema = IsObject(tool.JsonSchema) ? tool.JsonSchema : NoArguments,
            OutputSchema = Structured(tool),
            Annotations = new() { ReadOnlyHint = effect == Effect.None, IdempotentHint = effect == Effect.None ? true : null },
        };
    }

    /// <summary>The protocol has schemas of objects alone.</summary>
    private static JsonElement? Structured(AIFunction tool) => tool.ReturnJsonSchema is { } schema && IsObject(schema) && !McpContents.IsMedia(tool) ? schema : null;

    private static bool IsObject(JsonElement schema) =>
        schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.ValueEquals("object");

    private async ValueTask<CallToolResult> CallAsync(RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken)
    {
        if (request.Params is not { Name: { Length: > 0 } } parameters)
        {
            throw new McpProtocolException("A call has to name a tool.", McpErrorCode.InvalidParams);
        }

        if (!_tools.TryFind(parameters.Name, out var tool) || !IsServed(tool))
        {
            // As if there were none: the names that it may have been a slip of are those that are served, and no others.
            var served = new ToolInvoker(new ToolRegistry().AddRange(_tools.Tools.Where(IsServed)));
            return Result(await served.InvokeAsync(new("", parameters.Name), cancellationToken: cancellationToken).ConfigureAwait(false), tool: null);
        }

        using var admitted = _calls.TryAdmit(ClientOf(request.JsonRpcRequest));
        if (admitted is null)
        {
            return Error(TooMany);
        }

        // Who decides may take their time; the calls that run are not held up by it.
        var call = new FunctionCallContent(
            request.JsonRpcRequest.Id.ToString(),
            parameters.Name,
            parameters.Arguments?.ToDictionary(static argument => argument.Key, static argument => (object?)argument.Value));
        var approval = ToolFacts.NeedsApproval(tool) ? await ApproveAsync(call, cancellationToken).ConfigureAwait(false) : null;
        await admitted.EnterAsync(cancellationToken).ConfigureAwait(false);
        Func<int, int?, string, ValueTask>? report = parameters.ProgressToken is { } token
            ? (settled, total, message) => ReportAsync(request.Server, token, settled, total, message, cancellationToken)
            : null;
        var runner = new McpAgentRunner(_options.Runtime, report);
        var options = new ToolCallOptions
        {
            Services = _options.Services,
            ScopePerCall = true,
            AgentRunner = runner,
            Approval = approval,
        };
        var result = Result(await _invoker.InvokeAsync(call, options, cancellationToken).ConfigureAwait(false), tool);
        if (runner.Session is { } session)
        {
            result.Content.Add(new TextContentBlock { Text = $"Session: {session}" });
            result.Meta = new JsonObject { [SessionMetadata] = session };
        }

        return result;
    }

    private static string? ClientOf(JsonRpcRequest request) =>
        request.Context?.Items?.TryGetValue(McpHttpRules.ClientItem, out var client) == true ? client as string : null;

    private async ValueTask<ToolApproval?> ApproveAsync(FunctionCallContent call, CancellationToken cancellationToken)
    {
        ToolApproval request;
        try
        {
            request = ToolApproval.Request(call);
        }
        catch (ArgumentException)
        {
            // The invoker says what is wrong with the arguments.
            return null;
        }

        return await _options.Approve!(request, call, cancellationToken).ConfigureAwait(false);
    }

    private static async ValueTask ReportAsync(McpServer server, ProgressToken token, int settled, int? total, string message, CancellationToken cancellationToken) =>
        await server.NotifyProgressAsync(token, new() { Progress = settled, Total = total, Message = message }, cancellationToken: cancellationToken).ConfigureAwait(false);

    private CallToolResult Result(FunctionResultContent result, AIFunction? tool)
    {
        if (result.Exception is not null)
        {
            return Error((string)result.Result!);
        }

        if (McpContents.Of(result.Result) is { } contents)
        {
            return McpContents.LengthOf(contents) > _options.MaxMessageBytes ? Error(TooLong) : new() { Content = [.. contents.Select((content, i) => McpContents.Block(content, tool!.Name, i))] };
        }

        var json = result.Result is JsonElement { ValueKind: JsonValueKind.Object } element ? element : default(JsonElement?);
        if (json is null && Structured(tool!) is not null)
        {
            return Error(TooLong);
        }

        return new() { Content = [new TextContentBlock { Text = TextOf(result.Result) }], StructuredContent = json };
    }

    private static CallToolResult Error(string message) => new() { IsError = true, Content = [new TextContentBlock { Text = message }] };

    private static string TextOf(object? result) => result switch
    {
        string text => text,
        null => "Done.",
        JsonElement { ValueKind: JsonValueKind.String } text => text.GetString()!,
        JsonElement json => McpJson.Text(json),
        _ => McpJson.Text(JsonSerializer.SerializeToElement(result, AIJsonUtilities.DefaultOptions.GetTypeInfo(result.GetType()))),
    };
}
