using System.Collections.Concurrent;
using System.Text.Json;

namespace AgentFlow;

/// <summary>Keeps relics in memory, as long as the process lasts: for tests and trials. Thread-safe.</summary>
public sealed class MemoryRelicStore : IRelicStore
{
    private readonly ConcurrentDictionary<string, JsonElement> _relics = new(StringComparer.Ordinal);

    /// <inheritdoc />
    public ValueTask<JsonElement?> ReadAsync(string key, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(_relics.TryGetValue(RelicKey.Check(key), out var relic) ? relic : null);
    }

    /// <inheritdoc />
    public ValueTask WriteAsync(string key, JsonElement value, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RelicKey.CheckDepth(value);
        _relics[RelicKey.Check(key)] = value.Clone();
        return default;
    }

    /// <inheritdoc />
    public ValueTask<bool> DeleteAsync(string key, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(_relics.TryRemove(RelicKey.Check(key), out _));
    }
}
