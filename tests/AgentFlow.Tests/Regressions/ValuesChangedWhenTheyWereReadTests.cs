using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Text.Json.Serialization;

namespace AgentFlow.Tests.Regressions;

/// <summary>
/// Values that came back from the journal as others: what a constructor or an initializer had altered was altered once more with every resumption, subclasses
/// came back as what they derive from, wrappers without the comparer of what they wrap.
/// </summary>
public sealed class ValuesChangedWhenTheyWereReadTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(AlteredValue.Constructor, "'Degrees'")]
    [InlineData(AlteredValue.Initializer, "'Gross'")]
    [InlineData(AlteredValue.Inside, "'Readings'")]
    [InlineData(AlteredValue.Unreadable, "cannot be read again")]
    [InlineData(AlteredValue.Converter, "another value")]
    [InlineData(AlteredValue.ListOfItsOwn, "'Stacked'")]
    [InlineData(AlteredValue.DictionaryOfItsOwn, "'Caseless'")]
    [InlineData(AlteredValue.Wrapper, "comparer")]
    [InlineData(AlteredValue.SetBehindAnInterface, "comparer")]
    [InlineData(AlteredValue.LocalBeginning, "UTC")]
    public async Task What_would_be_another_value_is_refused(AlteredValue which, string says)
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var error = await Assert.ThrowsAsync<UnrecordableValueException>(async () => await runtime.StartAsync(new TakesAltered(), Altered.Of(which), new() { Id = "s" }, Ct));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.Null(await store.FindAsync("s", Ct));
        var session = await runtime.StartAsync(new MakesAltered(), which, cancellationToken: Ct);
        var failed = await Assert.ThrowsAsync<ActionFailedException>(() => session.Result.WaitAsync(Patience, Ct));
        Assert.IsType<UnrecordableValueException>(failed.InnerException);
    }

    [Fact]
    public async Task What_may_run_twice_is_recorded_as_are_sets_in_any_order_and_values_that_change_by_themselves()
    {
        await using var runtime = new AgentRuntime(new MemorySessionStore());
        var session = await runtime.StartAsync(new TakesAltered(), Altered.Of(AlteredValue.None), cancellationToken: Ct);
        Assert.Equal(3, await session.Result.WaitAsync(Patience, Ct));
    }

    [Fact]
    public async Task A_secret_is_not_told()
    {
        await using var runtime = new AgentRuntime(new MemorySessionStore());
        var error = await Assert.ThrowsAsync<UnrecordableValueException>(async () => await runtime.StartAsync(new TakesUnreadable(), new Unreadable("+pin-4711"), cancellationToken: Ct));
        Assert.DoesNotContain("4711", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_altered_later_either()
    {
        // The first eight values are compared, and one of as many as there have been: about the sixteenth is the first that is altered. After one that was refused the next is.
        await using var runtime = new AgentRuntime(new MemorySessionStore());
        var refused = 0;
        for (var i = 0; i < 40; i++)
        {
            try
            {
                var session = await runtime.StartAsync(new TakesLate(), new LateTemperature(i < 10 ? 0 : 10), cancellationToken: Ct);
                await session.Result.WaitAsync(Patience, Ct);
            }
            catch (UnrecordableValueException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 1, 29);
    }
}

public enum AlteredValue
{
    None,
    Constructor,
    Initializer,
    Inside,
    Unreadable,
    Converter,
    ListOfItsOwn,
    DictionaryOfItsOwn,
    Wrapper,
    SetBehindAnInterface,
    LocalBeginning,
}

public sealed class Temperature(double degrees)
{
    public double Degrees { get; } = (degrees * 9 / 5) + 32;
}

public sealed class LateTemperature(double degrees)
{
    public double Degrees { get; } = degrees * 2;
}

public sealed record TaxedPrice(decimal Net)
{
    public decimal Gross { get; init; } = Net * 1.19m;

    public decimal Net { get; init; } = Net + 1;
}

public sealed record Readings(IReadOnlyList<Temperature> All);

public sealed class Unreadable(string text)
{
    public string Text { get; } = text.StartsWith('+') ? text[1..] : throw new ArgumentException($"'{text}' has no sign.", nameof(text));
}

[JsonConverter(typeof(CountingConverter))]
public readonly record struct Counting(int Value);

public sealed class CountingConverter : JsonConverter<Counting>
{
    public override Counting Read(ref System.Text.Json.Utf8JsonReader reader, Type typeToConvert, System.Text.Json.JsonSerializerOptions options) => new(reader.GetInt32() is > 0 and var value ? value + 1 : 0);

    public override void Write(System.Text.Json.Utf8JsonWriter writer, Counting value, System.Text.Json.JsonSerializerOptions options) => writer.WriteNumberValue(value.Value);
}

/// <summary>A list with something of its own.</summary>
public sealed class Stacked : List<int>
{
    public int Most { get; init; } = 5;
}

public sealed class Caseless() : Dictionary<string, int>(StringComparer.Ordinal);

public sealed record Trimmed(string Text)
{
    public string Text { get; init; } = Text.Trim();

    public TimeSpan Age => TimeSpan.FromTicks(Environment.TickCount64);
}

public sealed record Altered(
    Temperature? Degrees,
    TaxedPrice? Gross,
    Readings? Readings,
    Unreadable? Unreadable,
    Counting Counting,
    List<int> Stack,
    Dictionary<string, int> Caseless,
    IReadOnlyDictionary<string, int> Wrapper,
    ICollection<string> Set,
    DateTime When,
    Trimmed Trimmed,
    HashSet<string> Words,
    ConcurrentDictionary<string, int> Counts,
    ImmutableHashSet<int> Numbers)
{
    public static Altered Of(AlteredValue which) => new(
        which == AlteredValue.Constructor ? new(10) : null,
        which == AlteredValue.Initializer ? new(10) : null,
        which == AlteredValue.Inside ? new([new(1)]) : null,
        which == AlteredValue.Unreadable ? new("+12") : null,
        new(which == AlteredValue.Converter ? 1 : 0),
        which == AlteredValue.ListOfItsOwn ? new Stacked { 1 } : new List<int> { 1 },
        which == AlteredValue.DictionaryOfItsOwn ? new Caseless { ["a"] = 1 } : new Dictionary<string, int> { ["a"] = 1 },
        new ReadOnlyDictionary<string, int>(new Dictionary<string, int>(which == AlteredValue.Wrapper ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal) { ["Rome"] = 1 }),
        which == AlteredValue.SetBehindAnInterface ? new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "Rome" } : new List<string> { "Rome" },
        which == AlteredValue.LocalBeginning ? DateTime.SpecifyKind(DateTime.MinValue, DateTimeKind.Local) : DateTime.MinValue,
        new(" a "),
        [.. Enumerable.Range(0, 50).Select(static i => $"w{i * 7919 % 101}")],
        new(Enumerable.Range(0, 50).Select(static i => KeyValuePair.Create($"w{i * 7919 % 101}", i))),
        [.. Enumerable.Range(0, 50).Select(static i => i * 7919 % 101)]);
}

[Agent]
public sealed partial class TakesAltered
{
    [Action]
    private static int Count([Input] Altered altered) => altered.Trimmed.Text.Length + altered.Stack.Count + altered.Caseless.Count;
}

[Agent]
public sealed partial class MakesAltered
{
    [Action]
    private static Altered Make([Input] AlteredValue which) => Altered.Of(which);
}

[Agent]
public sealed partial class TakesUnreadable
{
    [Action]
    private static string Take([Input] Unreadable unreadable) => unreadable.Text;
}

[Agent]
public sealed partial class TakesLate
{
    [Action]
    private static double Take([Input] LateTemperature temperature) => temperature.Degrees;
}
