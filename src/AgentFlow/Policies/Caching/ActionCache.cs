using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace AgentFlow.CompilerServices;

/// <summary>
/// The outputs of one action with a <see cref="CacheAttribute"/>, by agent instance and inputs. An instance's outputs go with it. Two
/// runs that ask at once may both run the action; the later output stays. For generated code.
/// </summary>
/// <typeparam name="TKey">The inputs.</typeparam>
/// <typeparam name="TValue">The output.</typeparam>
/// <param name="duration">How long an output is reused.</param>
/// <param name="capacity">How many outputs are kept for each instance; the oldest goes first.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ActionCache<TKey, TValue>(TimeSpan duration, int capacity)
    where TKey : notnull
{
    private readonly ConditionalWeakTable<object, Entries> _instances = [];

    /// <summary>Finds an output that may be reused.</summary>
    /// <param name="agent">The agent instance.</param>
    /// <param name="key">The inputs.</param>
    /// <param name="clock">The run's clock.</param>
    /// <param name="value">The output.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryGet(object agent, TKey key, TimeProvider clock, [MaybeNullWhen(false)] out TValue value)
    {
        ArgumentNullException.ThrowIfNull(clock);
        var entries = _instances.GetOrCreateValue(agent);
        lock (entries)
        {
            if (entries.ByKey.TryGetValue(key, out var node))
            {
                if (clock.GetElapsedTime(node.Value.Made) < duration)
                {
                    value = node.Value.Value;
                    return true;
                }

                entries.Remove(node);
            }
        }

        value = default;
        return false;
    }

    /// <summary>Keeps an output.</summary>
    /// <param name="agent">The agent instance.</param>
    /// <param name="key">The inputs.</param>
    /// <param name="clock">The run's clock.</param>
    /// <param name="value">The output.</param>
    public void Set(object agent, TKey key, TimeProvider clock, TValue value)
    {
        ArgumentNullException.ThrowIfNull(clock);
        var entries = _instances.GetOrCreateValue(agent);
        lock (entries)
        {
            if (entries.ByKey.TryGetValue(key, out var old))
            {
                entries.Remove(old);
            }

            if (entries.ByAge.Count == capacity)
            {
                entries.Remove(entries.ByAge.First!);
            }

            entries.ByKey.Add(key, entries.ByAge.AddLast((key, value, clock.GetTimestamp())));
        }
    }

    private sealed class Entries
    {
        public Dictionary<TKey, LinkedListNode<(TKey Key, TValue Value, long Made)>> ByKey { get; } = [];

        public LinkedList<(TKey Key, TValue Value, long Made)> ByAge { get; } = [];

        public void Remove(LinkedListNode<(TKey Key, TValue Value, long Made)> node)
        {
            ByKey.Remove(node.Value.Key);
            ByAge.Remove(node);
        }
    }
}
