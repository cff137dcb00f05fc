using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>Equal requests have one answer.</summary>
internal sealed class ExactCachingChatClient(IChatClient inner, ResponseCacheOptions options) : CachingChatClient<string>(inner)
{
    private readonly ResponseCache<string> _cache = new(options);
    private readonly string? _model = inner.GetService<ChatClientMetadata>()?.DefaultModelId;

    protected override ValueTask<string?> KeyOfAsync(IReadOnlyList<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken) =>
        new(RequestKey.Hash(messages, options, _model));

    protected override ChatResponse? Find(string key) => _cache.Find(key);

    protected override void Add(string key, ChatResponse response) => _cache.Add(key, response);
}
