using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>Retries, paces and gives up. A stream is only retried until its first content: what somebody has seen is never said again.</summary>
internal sealed class ResilientChatClient(IChatClient inner, ModelResilienceOptions options) : DelegatingChatClient(inner)
{
    private readonly ModelResilience _resilience = new(options);

    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ChatMessage[] sent = [.. messages];
        return await _resilience.CallAsync(token => InnerClient.GetResponseAsync(sent, options, token), cancellationToken).ConfigureAwait(false);
    }

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ChatMessage[] sent = [.. messages];
        var stream = await _resilience.ExecuteAsync(attempt => StartedStream.StartAsync(token => InnerClient.GetStreamingResponseAsync(sent, options, token), attempt), cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            while (await stream.NextAsync().ConfigureAwait(false) is { } update)
            {
                yield return update;
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _resilience.Dispose();
        }

        base.Dispose(disposing);
    }
}
