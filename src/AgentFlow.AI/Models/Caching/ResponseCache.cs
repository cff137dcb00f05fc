using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>Replies by key, bounded, the longest unused one first to go. Thread-safe.</summary>
internal sealed class ResponseCache<TKey>(ResponseCacheOptions options)
    where TKey : notnull
{
    private readonly Lock _gate = new();

    /// <summary>In order of use, the last used one last. Guarded by the gate, as is the next.</summary>
    private readonly LinkedList<(TKey Key, ChatResponse Response, long Since)> _entries = [];
    private readonly Dictionary<TKey, LinkedListNode<(TKey Key, ChatResponse Response, long Since)>> _byKey = [];

    public ChatResponse? Find(TKey key)
    {
        lock (_gate)
        {
            return _byKey.TryGetValue(key, out var node) ? Use(node) : null;
        }
    }

    /// <summary>The reply whose key scores highest, if it scores at least the threshold.</summary>
    public ChatResponse? FindBest(Func<TKey, double> score, double threshold)
    {
        lock (_gate)
        {
            var best = (Node: default(LinkedListNode<(TKey Key, ChatResponse Response, long Since)>), Score: threshold);
            for (var node = _entries.First; node is not null; node = node.Next)
            {
                var s = score(node.Value.Key);
                best = s >= best.Score ? (node, s) : best;
            }

            return best.Node is null ? null : Use(best.Node);
        }
    }

    public void Add(TKey key, ChatResponse response)
    {
        lock (_gate)
        {
            if (_byKey.TryGetValue(key, out var old))
            {
                Remove(old);
            }

            _byKey[key] = _entries.AddLast((key, response, options.TimeProvider.GetTimestamp()));
            if (_entries.Count > options.Capacity)
            {
                Remove(_entries.First!);
            }
        }
    }

    private ChatResponse? Use(LinkedListNode<(TKey Key, ChatResponse Response, long Since)> node)
    {
        if (options.TimeProvider.GetElapsedTime(node.Value.Since) >= options.TimeToLive)
        {
            Remove(node);
            return null;
        }

        _entries.Remove(node);
        _entries.AddLast(node);
        return node.Value.Response;
    }

    private void Remove(LinkedListNode<(TKey Key, ChatResponse Response, long Since)> node)
    {
        _entries.Remove(node);
        _byKey.Remove(node.Value.Key);
    }
}
