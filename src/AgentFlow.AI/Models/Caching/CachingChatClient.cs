using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>Answers from a cache what it can, and fills it with what it could not. How keys are made and compared is the derived class's.</summary>
internal abstract class CachingChatClient<TKey>(IChatClient inner) : DelegatingChatClient(inner)
    where TKey : class
{
    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ChatMessage[] sent = [.. messages];
        var key = await KeyOfAsync(sent, options, cancellationToken).ConfigureAwait(false);
        if (key is not null && Find(key) is { } known)
        {
            return CachedResponses.Free(known);
        }

        var response = await base.GetResponseAsync(sent, options, cancellationToken).ConfigureAwait(false);
        Keep(key, response);
        return response;
    }

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ChatMessage[] sent = [.. messages];
        var key = await KeyOfAsync(sent, options, cancellationToken).ConfigureAwait(false);
        if (key is not null && Find(key) is { } known)
        {
            foreach (var update in CachedResponses.Free(known).ToChatResponseUpdates())
            {
                yield return update;
            }

            yield break;
        }

        var updates = key is null ? null : new List<ChatResponseUpdate>();
        await foreach (var update in base.GetStreamingResponseAsync(sent, options, cancellationToken).ConfigureAwait(false))
        {
            // The copy has nothing of the provider's own, and a refusal is not to be kept as a blank reply.
            OpenAIChatClient.MarkRefusal(update);
            if (updates is not null && CachedResponses.Copy(update) is { } copy)
            {
                updates.Add(copy); // Before its reader can change it.
            }
            else
            {
                updates = null;
            }

            yield return update;
        }

        if (updates is not null)
        {
            Keep(key, updates.ToChatResponse());
        }
    }

    /// <summary>The key of a request; <see langword="null"/> if it is not to be answered from the cache.</summary>
    protected abstract ValueTask<TKey?> KeyOfAsync(IReadOnlyList<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken);

    protected abstract ChatResponse? Find(TKey key);

    protected abstract void Add(TKey key, ChatResponse response);

    private void Keep(TKey? key, ChatResponse response)
    {
        if (key is not null && CachedResponses.IsWhole(response) && CachedResponses.Copy(response) is { } copy)
        {
            Add(key, copy);
        }
    }
}
