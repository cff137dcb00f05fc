using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.ComponentModel;
using System.Text.Json.Serialization.Metadata;

namespace AgentFlow.CompilerServices;

/// <summary>
/// For generated code: refuses to record a collection whose behaviour is not in its JSON. A dictionary that finds "ROME" for "Rome" would find it
/// until the session is read again, and not afterwards.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class RecordedCollections
{
    /// <summary>Looks at dictionaries whenever they are written.</summary>
    /// <typeparam name="T">The dictionary, or an interface of it.</typeparam>
    /// <typeparam name="TKey">Its keys.</typeparam>
    /// <typeparam name="TValue">Its values.</typeparam>
    /// <param name="contract">Its contract.</param>
    /// <returns>The contract.</returns>
    public static JsonTypeInfo<T> OfKeys<T, TKey, TValue>(JsonTypeInfo<T> contract)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(contract);
        contract.OnSerializing = static value =>
        {
            var isPlain = value switch
            {
                Dictionary<TKey, TValue> dictionary => IsPlain(dictionary.Comparer),
                SortedDictionary<TKey, TValue> sorted => IsPlain(sorted.Comparer),
                SortedList<TKey, TValue> sorted => IsPlain(sorted.Comparer),
                ImmutableDictionary<TKey, TValue> immutable => IsPlain(immutable.KeyComparer),
                ImmutableSortedDictionary<TKey, TValue> sorted => IsPlain(sorted.KeyComparer),
                FrozenDictionary<TKey, TValue> frozen => IsPlain(frozen.Comparer),
                ConcurrentDictionary<TKey, TValue> concurrent => IsPlain(concurrent.Comparer),
                OrderedDictionary<TKey, TValue> ordered => IsPlain(ordered.Comparer),
                IReadOnlyDictionary<string, TValue> other => !FindsOtherCase(other.Keys, other.ContainsKey),
                IDictionary<string, TValue> other => !FindsOtherCase(other.Keys, other.ContainsKey),
                _ => true,
            };
            Refuse(value, isPlain);
            RefuseSubclass<T>(value);
        };
        return contract;
    }

    /// <summary>Looks at sets whenever they are written.</summary>
    /// <typeparam name="T">The set, or an interface of it.</typeparam>
    /// <typeparam name="TElement">Its elements.</typeparam>
    /// <param name="contract">Its contract.</param>
    /// <returns>The contract.</returns>
    public static JsonTypeInfo<T> OfElements<T, TElement>(JsonTypeInfo<T> contract)
    {
        ArgumentNullException.ThrowIfNull(contract);
        contract.OnSerializing = static value =>
        {
            var isPlain = value switch
            {
                HashSet<TElement> set => IsPlain(set.Comparer),
                SortedSet<TElement> sorted => IsPlain(sorted.Comparer),
                ImmutableHashSet<TElement> immutable => IsPlain(immutable.KeyComparer),
                ImmutableSortedSet<TElement> sorted => IsPlain(sorted.KeyComparer),
                FrozenSet<TElement> frozen => IsPlain(frozen.Comparer),
                IReadOnlySet<string> other => !FindsOtherCase(other, other.Contains),
                ISet<string> other => !FindsOtherCase(other, other.Contains),
                _ => true,
            };
            Refuse(value, isPlain);
            RefuseSubclass<T>(value);
        };
        return contract;
    }

    /// <summary>Looks at collections without comparers whenever they are written.</summary>
    /// <typeparam name="T">The collection.</typeparam>
    /// <param name="contract">Its contract.</param>
    /// <returns>The contract.</returns>
    public static JsonTypeInfo<T> Of<T>(JsonTypeInfo<T> contract)
    {
        ArgumentNullException.ThrowIfNull(contract);
        contract.OnSerializing = static value => RefuseSubclass<T>(value);
        return contract;
    }

    private static bool IsPlain<T>(IEqualityComparer<T> comparer) => ReferenceEquals(comparer, EqualityComparer<T>.Default) || ReferenceEquals(comparer, StringComparer.Ordinal) || comparer.Equals(EqualityComparer<T>.Default);

    private static bool IsPlain<T>(IComparer<T> comparer) => ReferenceEquals(comparer, Comparer<T>.Default) || comparer.Equals(Comparer<T>.Default);

    /// <summary>Whether a collection whose comparer cannot be seen, a wrapper for example, takes a text for another that differs in case.</summary>
    private static bool FindsOtherCase(IEnumerable<string> texts, Func<string, bool> contains)
    {
        var pairs = texts.Select(static text => (Text: text, Other: OtherCase(text)));
        if (pairs.FirstOrDefault(static pair => pair.Text != pair.Other) is not { Other: { } other })
        {
            return false;
        }

        return !texts.Contains(other, StringComparer.Ordinal) && contains(other);
    }

    private static string OtherCase(string text) =>
        string.Create(text.Length, text, static (other, text) =>
        {
            for (var i = 0; i < other.Length; i++)
            {
                other[i] = char.IsUpper(text[i]) ? char.ToLowerInvariant(text[i]) : char.ToUpperInvariant(text[i]);
            }
        });

    private static void Refuse(object value, bool isPlain)
    {
        if (!isPlain)
        {
            throw new LostComparerException(value.GetType());
        }
    }

    private static void RefuseSubclass<T>(object value)
    {
        if (!typeof(T).IsInterface && value.GetType() != typeof(T))
        {
            throw new NotSupportedException(
                $"A '{value.GetType().Name}' would come back as the '{typeof(T).Name.Split('`')[0]}' that it derives from, " +
                "without what it has of its own. Give the collection itself, or a record that holds it.");
        }
    }
}

/// <summary>A collection has a comparer of its own. System.Text.Json adds the path to what it says.</summary>
internal sealed class LostComparerException(Type type)
    : NotSupportedException(
        $"A {type.Name.Split('`')[0]} with a comparer of its own cannot be recorded: the comparer is not in its JSON. " +
        "Use a collection without one, and compare where it is used.");
