using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace AgentFlow.Mcp;

/// <summary>
/// The requests of a server that may be cancelled. The client's own method does not tell the server when a call is cancelled: the registration that would send the notification is
/// disposed of before its turn comes. So the request is sent with an id that is known, and the notification is sent here.
/// </summary>
internal static class McpCall
{
    /// <summary>Whoever cancels does not wait for longer until a server that does not listen is told.</summary>
    private static readonly TimeSpan TellTimeout = TimeSpan.FromSeconds(2);

    /// <exception cref="OperationCanceledException">The call was cancelled, and the server told.</exception>
    public static async Task<CallToolResult> InvokeAsync(McpClient client, string tool, Dictionary<string, JsonElement> arguments, McpCallProgress? progress, TimeProvider clock, CancellationToken cancellationToken)
    {
        var id = Guid.NewGuid().ToString("n");
        var call = new CallToolRequestParams { Name = tool, Arguments = arguments };
        if (progress is not null)
        {
            call.Meta = new JsonObject { ["progressToken"] = id };
        }

        await using var listening = progress is null ? null : client.RegisterNotificationHandler(NotificationMethods.ProgressNotification, (notification, _) =>
        {
            if (notification.Params.Deserialize(McpJson.Of<ProgressNotificationParams>()) is { } noted && noted.ProgressToken.Token as string == id)
            {
                progress.Report(noted.Progress);
            }

            return default;
        });
        var request = new JsonRpcRequest { Id = new(id), Method = RequestMethods.ToolsCall, Params = JsonSerializer.SerializeToNode(call, McpJson.Of<CallToolRequestParams>()) };
        var response = await SendAsync(client, request, clock, cancellationToken).ConfigureAwait(false);
        return Read(response) is { ResultType: null or "complete" } result
            ? result
            : throw new AI.ToolErrorException($"'{tool}' asks for something in return, which this client cannot give.");
    }

    private static CallToolResult? Read(JsonRpcResponse response)
    {
        try
        {
            return response.Result.Deserialize(McpJson.Of<CallToolResult>());
        }
        catch (InvalidOperationException e)
        {
            // The parser lets through texts with half of a character.
            throw new JsonException(e.Message, e);
        }
    }

    /// <summary>Asks a server to tell when its tools change, until that is cancelled.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled, and the server told.</exception>
    public static Task ListenAsync(McpClient client, TimeProvider clock, CancellationToken cancellationToken)
    {
        var asked = new SubscriptionsListenRequestParams { Notifications = new() { ToolsListChanged = true } };
        return SendAsync(client, new() { Id = new(Guid.NewGuid().ToString("n")), Method = RequestMethods.SubscriptionsListen, Params = JsonSerializer.SerializeToNode(asked, McpJson.Of<SubscriptionsListenRequestParams>()) }, clock, cancellationToken);
    }

    private static async Task<JsonRpcResponse> SendAsync(McpClient client, JsonRpcRequest request, TimeProvider clock, CancellationToken cancellationToken)
    {
        try
        {
            return await client.SendRequestAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await TellAsync(client, request.Id, clock).ConfigureAwait(false);
            throw;
        }
    }

    private static async Task TellAsync(McpClient client, RequestId id, TimeProvider clock)
    {
        using var limit = new CancellationTokenSource(TellTimeout, clock);
        try
        {
            await client.SendNotificationAsync(NotificationMethods.CancelledNotification, new CancelledNotificationParams { RequestId = id }, McpJsonUtilities.DefaultOptions, limit.Token).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Nobody may be there any more to be told.
        catch (Exception)
#pragma warning restore CA1031
        {
            // The call is over for whoever made it.
        }
    }
}
