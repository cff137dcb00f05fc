using AgentFlow.Testing;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI.Tests.Models;

internal static class Given
{
    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public static OpenAIChatClient Client(ChatServer server, TimeProvider? clock = null, string? key = null) =>
        new(new() { Model = "test-model", Endpoint = server.Endpoint, ApiKey = key, TimeProvider = clock ?? TimeProvider.System });

    public static ChatMessage[] Ask(string text) => [new(ChatRole.User, text)];

    public static AIFunctionDeclaration Weather { get; } = AIFunctionFactory.CreateDeclaration(
        "weather",
        "The weather of a place.",
        System.Text.Json.JsonElement.Parse("""{"type":"object","properties":{"place":{"type":"string"}},"required":["place"]}"""));

    /// <summary>The response, whichever way it comes.</summary>
    public static Task<ChatResponse> SendAsync(IChatClient client, bool streamed, IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken? token = null) => streamed
        ? client.GetStreamingResponseAsync(messages, options, token ?? Token).ToChatResponseAsync(token ?? Token)
        : client.GetResponseAsync(messages, options, token ?? Token);
}
