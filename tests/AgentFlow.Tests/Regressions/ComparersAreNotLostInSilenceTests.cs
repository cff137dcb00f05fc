using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;

namespace AgentFlow.Tests.Regressions;

/// <summary>A dictionary made with a comparer found "ROME" until the process died, and not afterwards.</summary>
public sealed class ComparersAreNotLostInSilenceTests
{
    private static readonly StringComparer Ignoring = StringComparer.OrdinalIgnoreCase;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Lost => ["dictionary", "nested", "interface", "sorted", "immutable", "frozen", "set", "sortedset", "immutableset", "sequence", "sortedlist", "ordered", "concurrent", "anyset"];

    [Theory]
    [MemberData(nameof(Lost))]
    public async Task What_cannot_come_back_is_refused_when_it_is_recorded(string kind)
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store, new() { Wakes = false });
        var session = await runtime.StartAsync(new Cities(Ignoring), kind, new() { Id = "s" }, Ct);
        var error = await Assert.ThrowsAnyAsync<Exception>(() => session.Result.WaitAsync(Patience, Ct));
        Assert.Contains("comparer", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("'Build'", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Lost))]
    public async Task What_comes_back_is_recorded(string kind)
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store, new() { Wakes = false });
        var session = await runtime.StartAsync(new Cities(null), kind, new() { Id = "s" }, Ct);
        Assert.Equal("done", await session.Result.WaitAsync(Patience, Ct));
    }

    [Fact]
    public async Task An_input_is_refused_before_anything_starts()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store, new() { Wakes = false });
        var error = await Assert.ThrowsAsync<UnrecordableValueException>(() => runtime.StartAsync(new Atlas(), new Dictionary<string, int>(Ignoring) { ["Rome"] = 1 }, new() { Id = "s" }, Ct).AsTask());
        Assert.Contains("input", error.Message, StringComparison.Ordinal);
        Assert.Null(await store.FindAsync("s", Ct));
        var session = await runtime.StartAsync(new Atlas(), new Dictionary<string, int>(StringComparer.Ordinal) { ["Rome"] = 1 }, new() { Id = "s" }, Ct);
        Assert.Equal(1, await session.Result.WaitAsync(Patience, Ct));
    }
}

public sealed record CityIndex
{
    public Dictionary<string, int>? Numbers { get; init; }

    public List<Dictionary<string, int>>? Nested { get; init; }

    public IReadOnlyDictionary<string, int>? Read { get; init; }

    public SortedDictionary<string, int>? Sorted { get; init; }

    public ImmutableDictionary<string, int>? Immutable { get; init; }

    public HashSet<string>? Names { get; init; }

    public SortedSet<string>? SortedNames { get; init; }

    public ImmutableHashSet<string>? ImmutableNames { get; init; }

    public IReadOnlyCollection<string>? Sequence { get; init; }

    public SortedList<string, int>? SortedList { get; init; }

    public OrderedDictionary<string, int>? Ordered { get; init; }

    public ConcurrentDictionary<string, int>? Concurrent { get; init; }

    public IImmutableSet<string>? AnySet { get; init; }
}

[Agent]
public sealed partial class Cities(StringComparer? comparer)
{
    [Action]
    private CityIndex Build([Input] string kind) => kind switch
    {
        "dictionary" => new() { Numbers = new(comparer) { ["Rome"] = 1 } },
        "nested" => new() { Nested = [new(comparer)] },
        "interface" => new() { Read = new Dictionary<string, int>(comparer) { ["Rome"] = 1 } },
        "sorted" => new() { Sorted = new(comparer) { ["Rome"] = 1 } },
        "immutable" => new() { Immutable = ImmutableDictionary.Create<string, int>(comparer).Add("Rome", 1) },
        "frozen" => new() { Read = new Dictionary<string, int> { ["Rome"] = 1, ["Oslo"] = 2 }.ToFrozenDictionary(comparer) },
        "set" => new() { Names = new(comparer) { "Rome" } },
        "sortedset" => new() { SortedNames = new(comparer) { "Rome" } },
        "immutableset" => new() { ImmutableNames = ImmutableHashSet.Create(comparer, "Rome") },
        "sortedlist" => new() { SortedList = new(comparer) { ["Rome"] = 1 } },
        "ordered" => new() { Ordered = new(comparer) { ["Rome"] = 1 } },
        "concurrent" => new() { Concurrent = new(comparer) { ["Rome"] = 1 } },
        "anyset" => new() { AnySet = ImmutableHashSet.Create(comparer, "Rome") },
        _ => new() { Sequence = new HashSet<string>(comparer) { "Rome" } },
    };

    [Action]
    private string Finish(CityIndex build) => build is null ? "nothing" : "done";
}

[Agent]
public sealed partial class Atlas
{
    [Action]
    private int Count([Input] Dictionary<string, int> cities) => cities.Count;
}
