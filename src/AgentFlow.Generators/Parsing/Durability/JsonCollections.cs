using System;
using System.Collections.Generic;
using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators.Parsing;

/// <summary>How a collection is described to System.Text.Json.</summary>
/// <param name="Method">The method of <c>JsonMetadataServices</c>.</param>
/// <param name="IsDictionary">Whether it has keys.</param>
/// <param name="Creation">The C# expression that makes one; null if none is needed.</param>
internal sealed record JsonCollection(string Method, bool IsDictionary, Func<INamedTypeSymbol, string?> Creation);

/// <summary>The collections that can be recorded.</summary>
internal static class JsonCollections
{
    private const string Generic = "System.Collections.Generic.";
    private const string Immutable = "System.Collections.Immutable.";

    private static readonly Dictionary<string, JsonCollection> Known = new(StringComparer.Ordinal)
    {
        [Generic + "List`1"] = new("CreateListInfo", false, New),
        [Generic + "IList`1"] = new("CreateIListInfo", false, None),
        [Generic + "ICollection`1"] = new("CreateICollectionInfo", false, None),
        [Generic + "IEnumerable`1"] = new("CreateIEnumerableInfo", false, None),
        [Generic + "IReadOnlyList`1"] = new("CreateIEnumerableInfo", false, None),
        [Generic + "IReadOnlyCollection`1"] = new("CreateIEnumerableInfo", false, None),
        [Generic + "HashSet`1"] = new("CreateISetInfo", false, New),
        [Generic + "SortedSet`1"] = new("CreateISetInfo", false, New),
        [Generic + "ISet`1"] = new("CreateISetInfo", false, None),
        [Generic + "Queue`1"] = new("CreateQueueInfo", false, New),
        [Generic + "LinkedList`1"] = new("CreateICollectionInfo", false, New),
        [Generic + "Dictionary`2"] = new("CreateDictionaryInfo", true, New),
        [Generic + "SortedDictionary`2"] = new("CreateIDictionaryInfo", true, New),
        [Generic + "SortedList`2"] = new("CreateIDictionaryInfo", true, New),
        [Generic + "OrderedDictionary`2"] = new("CreateIDictionaryInfo", true, New),
        [Generic + "IDictionary`2"] = new("CreateIDictionaryInfo", true, None),
        [Generic + "IReadOnlyDictionary`2"] = new("CreateIReadOnlyDictionaryInfo", true, None),
        ["System.Collections.ObjectModel.Collection`1"] = new("CreateICollectionInfo", false, New),
        ["System.Collections.ObjectModel.ObservableCollection`1"] = new("CreateICollectionInfo", false, New),
        ["System.Collections.Concurrent.ConcurrentQueue`1"] = new("CreateConcurrentQueueInfo", false, New),
        ["System.Collections.Concurrent.ConcurrentDictionary`2"] = new("CreateIDictionaryInfo", true, New),
        ["System.Memory`1"] = new("CreateMemoryInfo", false, None),
        ["System.ReadOnlyMemory`1"] = new("CreateReadOnlyMemoryInfo", false, None),
        [Immutable + "ImmutableArray`1"] = new("CreateImmutableEnumerableInfo", false, Range),
        [Immutable + "ImmutableList`1"] = new("CreateImmutableEnumerableInfo", false, Range),
        [Immutable + "IImmutableList`1"] = new("CreateImmutableEnumerableInfo", false, Range),
        [Immutable + "ImmutableQueue`1"] = new("CreateImmutableEnumerableInfo", false, Range),
        [Immutable + "IImmutableQueue`1"] = new("CreateImmutableEnumerableInfo", false, Range),
        [Immutable + "IImmutableSet`1"] = new("CreateImmutableEnumerableInfo", false, Range),
        [Immutable + "ImmutableHashSet`1"] = new("CreateImmutableEnumerableInfo", false, Range),
        [Immutable + "ImmutableSortedSet`1"] = new("CreateImmutableEnumerableInfo", false, Range),
        [Immutable + "ImmutableDictionary`2"] = new("CreateImmutableDictionaryInfo", true, Range),
        [Immutable + "IImmutableDictionary`2"] = new("CreateImmutableDictionaryInfo", true, Range),
        [Immutable + "ImmutableSortedDictionary`2"] = new("CreateImmutableDictionaryInfo", true, Range),
    };

    public static JsonCollection? Of(INamedTypeSymbol type) =>
        type.ContainingType is null && Known.TryGetValue($"{type.ContainingNamespace.ToDisplayString()}.{type.MetadataName}", out var collection) ? collection : null;

    /// <summary>Whether a collection of elements is a set, or may be one, which compares them in some way.</summary>
    public static bool MayHaveComparer(INamedTypeSymbol type) => type.Name
        is "HashSet" or "SortedSet" or "ISet" or "ImmutableHashSet" or "ImmutableSortedSet" or "IImmutableSet"
        or "ICollection" or "IEnumerable" or "IReadOnlyCollection";

    private static string? None(INamedTypeSymbol type) => null;

    private static string? New(INamedTypeSymbol type) => $"static () => new {TypeRefs.Name(type.WithNullableAnnotation(NullableAnnotation.NotAnnotated))}()";

    private static string? Range(INamedTypeSymbol type) => $"global::System.Collections.Immutable.{(type.Name switch
    {
        "IImmutableSet" => "ImmutableHashSet",
        { } name when name.StartsWith("IImmutable", StringComparison.Ordinal) => name.Substring(1),
        _ => type.Name,
    })}.CreateRange";
}
