using System.Globalization;
using System.Net;
using System.Text.Json;
using AgentFlow.AI;
using Microsoft.Extensions.AI;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace AgentFlow.Mcp;

/// <summary>
/// The tools of a server of the Model Context Protocol, as functions. A connection that is lost is made again by the next call; when the server says that its tools
/// have changed, they are read again. Thread-safe.
/// </summary>
/// <remarks>
/// A tool that the server says has failed throws a <see cref="ToolErrorException"/> with the server's words, bounded, so that a model can correct the call. Images and
/// audio in results are named, and not taken over: sessions record text and JSON.
/// </remarks>
public sealed partial class McpTools : IAsyncDisposable
{
    /// <summary>A server that gives a page after page, and nothing on them, is refused.</summary>
    private const int MaxPages = 1000;

    private const string FirstWithSubscriptions = "2026-07-28";
    private static readonly TimeSpan ListenPause = TimeSpan.FromSeconds(1);

    private readonly IClientTransport _transport;
    private readonly IDisposable? _handler;
    private readonly string _name;
    private readonly McpSecrets _secrets;
    private readonly McpToolPins _pins;
    private readonly McpToolsOptions _options;
    private readonly SemaphoreSlim _connecting = new(1, 1);
    private readonly SemaphoreSlim _refreshing = new(1, 1);
    private readonly CancellationTokenSource _closing = new();
    private readonly Lock _gate = new();
    private readonly List<ToolRegistry> _registries = [];
    private McpClient? _client;

    /// <summary>The connection whose tools were read last.</summary>
    private McpClient? _read;

    /// <summary>Whether the server has said, since they were begun to be read, that they have changed.</summary>
    private bool _isStale;
    private IReadOnlyList<McpTool> _tools = [];
    private IReadOnlyList<McpWithheldTool> _withheld = [];
    private Task _refresh = Task.CompletedTask;
    private Task _listening = Task.CompletedTask;
    private bool _isRefreshWanted;
    private bool _isRefreshing;
    private bool _isDisposed;

    private McpTools(IClientTransport transport, McpToolsOptions options)
    {
        _transport = BoundedTransport.Of(transport, options.MaxMessageBytes, out _handler);
        _name = McpSecrets.NameOf(transport);
        _secrets = McpSecrets.Of(transport);
        _pins = new(options.Pins);
        _options = options;
    }

    /// <summary>The tools have changed, and those of registries are replaced. Raised on a thread of the pool.</summary>
    public event EventHandler? Changed;

    /// <summary>The tools, in the server's order. Those that need an approval are <see cref="ApprovalRequiredAIFunction"/>s.</summary>
    public IReadOnlyList<AIFunction> Tools => [.. Volatile.Read(ref _tools).Select(Guard)];

    /// <summary>
    /// The tools that the server offers and that are not used, since nobody has approved them as they are: what a server says of a tool may change after it was looked at. See <see cref="ApproveAsync"/>.
    /// </summary>
    public IReadOnlyList<McpWithheldTool> Withheld => Volatile.Read(ref _withheld);

    /// <summary>What is approved, by the server's names of the tools. Keep it, and give it to the next connection as <see cref="McpToolsOptions.Pins"/>.</summary>
    public IReadOnlyDictionary<string, string> Pins
    {
        get
        {
            lock (_gate)
            {
                return _pins.Approved;
            }
        }
    }

    /// <summary>Connects to a server and reads its tools.</summary>
    /// <param name="transport">
    /// The way to it, such as a <see cref="StdioClientTransport"/> or an <see cref="HttpClientTransport"/>. It is used again for each new connection; it is not disposed of.
    /// </param>
    /// <param name="options">How the tools are taken over. Default: <see cref="McpToolsOptions.Default"/>.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>The tools. Dispose of them to close the connection, and with it a server that was started for it.</returns>
    /// <exception cref="McpConnectionException">There is no connection.</exception>
    /// <exception cref="InvalidDataException">The server has too many tools, or one that is too large.</exception>
    public static async Task<McpTools> ConnectAsync(IClientTransport transport, McpToolsOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transport);
        var tools = new McpTools(transport, options ?? McpToolsOptions.Default);
        try
        {
            await tools.RefreshAsync(cancellationToken).ConfigureAwait(false);
            return tools;
        }
        catch
        {
            await tools.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Adds the tools to a registry, and keeps them there as they change, until this is disposed of. A tool whose name another one has takes no place then.</summary>
    /// <param name="registry">The registry.</param>
    /// <exception cref="ArgumentException">A tool of that name is there; none of these was added.</exception>
    public void AddTo(ToolRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_tools.FirstOrDefault(tool => registry.TryFind(tool.Name, out _)) is { } taken)
            {
                throw new ArgumentException($"There is a tool '{taken.Name}' already. Set {nameof(McpToolsOptions)}.{nameof(McpToolsOptions.Prefix)}.", nameof(registry));
            }

            registry.AddRange(_tools.Select(Guard));
            _registries.Add(registry);
        }
    }

    /// <summary>Approves a tool as it is now, reads the tools again and uses it, if it still is what was approved.</summary>
    /// <param name="tool">One of those that are withheld.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>Completes when the tools are read.</returns>
    /// <exception cref="McpConnectionException">There is no connection.</exception>
    /// <exception cref="InvalidDataException">The server has too many tools, or one that is too large.</exception>
    public Task ApproveAsync(McpWithheldTool tool, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tool);
        lock (_gate)
        {
            _pins.Approve(tool.Name, tool.Hash);
        }

        return RefreshAsync(cancellationToken);
    }

    /// <summary>Reads the tools again, now.</summary>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>Completes when the tools, those of registries included, are as the server says.</returns>
    /// <exception cref="McpConnectionException">There is no connection.</exception>
    /// <exception cref="InvalidDataException">The server has too many tools, or one that is too large.</exception>
    public Task RefreshAsync(CancellationToken cancellationToken = default) => ReadAsync(isForced: true, cancellationToken);

    /// <summary>Reads the tools, if that is forced or they are not those that the server has now.</summary>
    /// <returns>The connection on which they were read.</returns>
    private async Task<McpClient> ReadAsync(bool isForced, CancellationToken cancellationToken)
    {
        McpClient client;
        await _refreshing.WaitAsync(cancellationToken).ConfigureAwait(false);
        bool isChanged;
        try
        {
            using var limit = new LongTimeout(_options.ConnectTimeout, _options.TimeProvider);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token, _closing.Token);
            client = await ClientAsync(linked.Token, cancellationToken).ConfigureAwait(false);
            if (!isForced && IsCurrent(client))
            {
                return client;
            }

            try
            {
                // Calls wait for what is read now.
                Volatile.Write(ref _read, null);
                Volatile.Write(ref _isStale, false);
                isChanged = Take(await ListAsync(client, linked.Token).ConfigureAwait(false));
                Volatile.Write(ref _read, client);
            }
            catch (Exception e) when (IsLost(e, cancellationToken))
            {
                await DropAsync(client).ConfigureAwait(false);
                throw new McpConnectionException(_name, tool: null, _secrets.Redact(e));
            }
        }
        finally
        {
            _refreshing.Release();
        }

        if (isChanged)
        {
            Changed?.Invoke(this, EventArgs.Empty);
        }

        return client;
    }

    /// <summary>Closes the connection, and takes the tools out of the registries.</summary>
    /// <returns>Completes when it is closed.</returns>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            foreach (var registry in _registries)
            {
                foreach (var tool in _tools)
                {
                    RemoveOwn(registry, tool);
                }
            }
        }

        await _closing.CancelAsync().ConfigureAwait(false);
        await _refresh.ConfigureAwait(false);

        // A connection that is just being made is there, or given up, once this passes; none is made afterwards.
        await _connecting.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        _connecting.Release();
        await _listening.ConfigureAwait(false);
        if (_client is { } client)
        {
            await CloseAsync(client).ConfigureAwait(false);
        }

        _handler?.Dispose();
    }

    internal async ValueTask<object?> CallAsync(Tool definition, AIFunctionArguments arguments, CancellationToken cancellationToken)
    {
        var tool = definition.Name;
        ThrowIfChanged(definition);
        var given = arguments.ToDictionary(static argument => argument.Key, static argument => ToElement(argument.Value), StringComparer.Ordinal);
        var progress = arguments.Context?.TryGetValue(typeof(ActionContext), out var found) == true && found is ActionContext context ? new McpCallProgress(context) : null;
        using var limit = new LongTimeout(_options.CallTimeout, _options.TimeProvider);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token, _closing.Token);
        try
        {
            for (var isFirst = true; ; isFirst = false)
            {
                var client = await CurrentAsync(definition, linked.Token, cancellationToken).ConfigureAwait(false);
                try
                {
                    var result = await McpCall.InvokeAsync(client, tool, given, progress, _options.TimeProvider, linked.Token).ConfigureAwait(false);
                    return McpResult.Of(result, tool, _options.MaxResultLength, _secrets);
                }
                catch (Exception e) when (isFirst && WasNotTaken(e))
                {
                    // A server that was started anew does not know the session; the call has reached nobody.
                    await DropAsync(client).ConfigureAwait(false);
                }
                catch (McpProtocolException e)
                {
                    throw new ToolErrorException(McpResult.Bound($"'{tool}' was refused: {_secrets.Redact(e.Message)}", _options.MaxResultLength), _secrets.Redact(e));
                }
                catch (Exception e) when (e is JsonException or ArgumentException)
                {
                    // The parser lets through objects that have a member twice, and the SDK is told by such an exception.
                    throw new ToolErrorException($"The answer of '{tool}' is malformed. Whether the call had an effect is not known.", _secrets.Redact(e));
                }
                catch (Exception e) when (e is InvalidDataException || IsLost(e, linked.Token))
                {
                    await DropAsync(client).ConfigureAwait(false);
                    throw new McpConnectionException(_name, tool, _secrets.Redact(e));
                }
            }
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw _closing.IsCancellationRequested
                ? new ObjectDisposedException($"The connection to the MCP server '{_name}' was closed during a call of '{tool}'.", e)
                : new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"Tool '{tool}' of the MCP server '{_name}' took longer than {_options.CallTimeout.TotalSeconds:0.###} s and was cancelled. Whether it had an effect is not known."), e);
        }
        finally
        {
            if (progress is not null)
            {
                await progress.EndAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>
    /// The connection on which a tool may be called. On one that is new, or whose server has said that its tools have changed, they are read first:
    /// a call must not reach what nobody has approved.
    /// </summary>
    private async ValueTask<McpClient> CurrentAsync(Tool definition, CancellationToken cancellationToken, CancellationToken caller)
    {
        var client = await ClientAsync(cancellationToken, caller).ConfigureAwait(false);
        if (IsCurrent(client))
        {
            return client;
        }

        try
        {
            client = await ReadAsync(isForced: false, cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidDataException e)
        {
            var reason = $"the tools of the server have changed, and cannot be read. {_secrets.Redact(e.Message)}";
            throw new ToolErrorException($"'{definition.Name}' was not called: {reason}", _secrets.Redact(e));
        }

        ThrowIfChanged(definition);
        return client;
    }

    private bool IsCurrent(McpClient client) => Volatile.Read(ref _read) == client && !Volatile.Read(ref _isStale);

    private void ThrowIfChanged(Tool definition)
    {
        var tool = definition.Name;
        if (Withheld.FirstOrDefault(withheld => withheld.Name == tool) is { } changed && changed.ApprovedHash == McpToolPins.HashOf(definition))
        {
            throw new ToolErrorException($"'{tool}' is not what it was when it was approved: the server describes it in another way. It was not called. Somebody has to approve it as it is now.");
        }
    }

    private static JsonElement ToElement(object? value) => value switch
    {
        JsonElement element => element,
        null => JsonElement.Parse("null"),
        _ => JsonSerializer.SerializeToElement(value, AIJsonUtilities.DefaultOptions.GetTypeInfo(value.GetType())),
    };

    /// <summary>Whether the server cannot have begun with a request.</summary>
    private static bool WasNotTaken(Exception error) => error is HttpRequestException { StatusCode: HttpStatusCode.NotFound } or HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError };

    private static bool IsLost(Exception error, CancellationToken cancellationToken) => error switch
    {
        McpProtocolException => false,
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        IOException or HttpRequestException or McpException or ObjectDisposedException or InvalidOperationException => error is not InvalidDataException,
        _ => false,
    };

    private AIFunction Guard(McpTool tool) => _options.Approval switch
    {
        McpApproval.Always => new ApprovalRequiredAIFunction(tool),
        McpApproval.Never => tool,
        _ => tool.IsDestructive ? new ApprovalRequiredAIFunction(tool) : tool,
    };

    private async Task<IReadOnlyList<McpTool>> ListAsync(McpClient client, CancellationToken cancellationToken)
    {
        var tools = new Dictionary<string, McpTool>(StringComparer.Ordinal);
        string? cursor = null;
        for (var page = 0; page < MaxPages; page++)
        {
            var (listed, next) = await McpToolList.ReadAsync(client, cursor, cancellationToken).ConfigureAwait(false);
            foreach (var tool in listed)
            {
                Check(tool);
                var function = new McpTool(this, tool, McpToolName.Of(_options.Prefix, tool.Name));
                if (!tools.TryAdd(function.Name, function))
                {
                    throw new InvalidDataException($"The MCP server '{_name}' has two tools '{tool.Name}'.");
                }

                if (tools.Count > _options.MaxTools)
                {
                    throw new InvalidDataException($"The MCP server '{_name}' has more than {_options.MaxTools} tools. Set {nameof(McpToolsOptions)}.{nameof(McpToolsOptions.MaxTools)} higher if that is meant to be.");
                }
            }

            cursor = next;
            if (cursor is null)
            {
                return [.. tools.Values];
            }
        }

        throw new InvalidDataException($"The MCP server '{_name}' does not come to an end of its tools.");
    }

    private void Check(Tool tool)
    {
        var length = tool.Name.Length + (tool.Description?.Length ?? 0) + tool.InputSchema.GetRawText().Length + (tool.OutputSchema?.GetRawText().Length ?? 0);
        if (length > _options.MaxToolLength)
        {
            throw new InvalidDataException($"A tool of the MCP server '{_name}' is described in {length} characters. Set {nameof(McpToolsOptions)}.{nameof(McpToolsOptions.MaxToolLength)} higher if that is meant to be.");
        }
    }

    /// <summary>Takes over what the server has now.</summary>
    /// <returns>Whether it is something else than before.</returns>
    private bool Take(IReadOnlyList<McpTool> listed)
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return false;
            }

            var checks = listed.Select(tool => (Tool: tool, Withheld: _pins.Check(tool.Definition))).ToList();
            List<McpTool> tools = [.. checks.Where(static check => check.Withheld is null).Select(static check => check.Tool)];
            McpWithheldTool[] withheld = [.. checks.Select(static check => check.Withheld).OfType<McpWithheldTool>()];
            var isWithheldChanged = !withheld.SequenceEqual(_withheld);
            Volatile.Write(ref _withheld, withheld);

            var gone = _tools.Where(old => !tools.Any(old.IsSameAs)).ToList();
            var come = tools.Where(tool => !_tools.Any(tool.IsSameAs)).ToList();
            if (gone.Count == 0 && come.Count == 0)
            {
                return isWithheldChanged;
            }

            foreach (var registry in _registries)
            {
                gone.ForEach(tool => RemoveOwn(registry, tool));
                foreach (var tool in come.Where(tool => !registry.TryFind(tool.Name, out _)))
                {
                    registry.Add(Guard(tool));
                }
            }

            _tools = [.. tools.Select(tool => _tools.FirstOrDefault(tool.IsSameAs) ?? tool)];
            return true;
        }
    }

    private static void RemoveOwn(ToolRegistry registry, McpTool tool)
    {
        if (registry.TryFind(tool.Name, out var there) && there.GetService<Tool>() == tool.Definition)
        {
            registry.Remove(tool.Name);
        }
    }

    /// <summary>Reads the tools again in the background: once, however often that is wanted meanwhile.</summary>
    private void WantRefresh()
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isRefreshWanted = true;
            Volatile.Write(ref _isStale, true);
            if (!_isRefreshing)
            {
                _isRefreshing = true;
                _refresh = Task.Run(RefreshWhileWantedAsync);
            }
        }
    }

    private async Task RefreshWhileWantedAsync()
    {
        while (true)
        {
            lock (_gate)
            {
                if (!_isRefreshWanted || _isDisposed)
                {
                    _isRefreshing = false;
                    return;
                }

                _isRefreshWanted = false;
            }

            try
            {
                await RefreshAsync(_closing.Token).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // Nobody waits for it; it is told.
            catch (Exception e)
#pragma warning restore CA1031
            {
                if (!_closing.IsCancellationRequested)
                {
                    _options.OnRefreshFailed?.Invoke(e);
                }
            }
        }
    }
}
