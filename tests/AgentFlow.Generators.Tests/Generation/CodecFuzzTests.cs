using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentFlow.Generators.Tests.Generation;

/// <summary>What a store hands out is not to be trusted: whatever it is, a session is read, or refused by an exception that says so.</summary>
public sealed class CodecFuzzTests
{
    private const string Source = """
        using System; using System.Collections.Generic; using System.Collections.Immutable; using System.Linq; using System.Text.Json.Serialization; using System.Threading.Tasks; using AgentFlow;
        [JsonDerivedType(typeof(Circle), "circle"), JsonDerivedType(typeof(Square), 2)] public abstract record Shape;
        public sealed record Circle(double Radius) : Shape;
        public sealed record Square : Shape { public required int Side { get; init; } public DateTimeOffset At { get; set; } }
        public sealed record Page(string Title, Guid Id, List<Page> Rest, Dictionary<DayOfWeek, decimal?> Prices);
        public readonly record struct Point(int X, int Y);
        [Agent(MaxIterations = 3)] public sealed partial class Keeper
        {
            [Action] private static Page Make([Input] Page page, [Input] int depth) => page with { Title = page.Title + depth };
            [Action] private static (Point A, string? B, ImmutableArray<byte> C) Cut(Page make) => (new(1, 2), null, [1, 2]);
            [Action] private static Shape[] Draw([Input] int depth, [Previous(nameof(Draw))] Shape[]? before) => [new Circle(1.5), new Square { Side = depth + (before?.Length ?? 0) }];
            [Action, ForEach(nameof(Draw))] private static async Task<TimeSpan> Time([Item] Shape shape) { await Task.Yield(); return TimeSpan.FromSeconds(3); }
            [Action, Result] private static string Show((Point A, string? B, ImmutableArray<byte> C) cut, TimeSpan[] time) => cut.ToString() + time.Length;
            [Until] private static bool Done(Shape[] draw) => draw[^1] is Square { Side: > 6 };
        }
        public static class Play
        {
            public static async Task Start(ISessionStore store, int pages)
            {
                await using var runtime = new AgentRuntime(store);
                var page = new Page("a", new("00112233-4455-6677-8899-aabbccddeeff"), [.. Enumerable.Range(0, pages).Select(static i => new Page("b\u00e4" + i, default, [], new() { [DayOfWeek.Friday] = 1.5m }))], new() { [DayOfWeek.Monday] = null });
                await (await runtime.StartAsync(new Keeper(), (page, 5), new() { Id = "s" })).Result;
            }

            public static ValueTask<System.Text.Json.JsonElement> Inspect(AgentRuntime runtime, long upTo) => runtime.InspectAsync(new Keeper(), "s", upTo);

            public static async Task Resume(ISessionStore store, string id)
            {
                await using var runtime = new AgentRuntime(store);
                var session = await runtime.ResumeAsync(new Keeper(), id);
                try { await session.Result; } catch (Exception e) when (e is ActionFailedException or IterationLimitException) { /* Another value is another value. */ }
            }
        }
        """;

    private delegate byte[] Seal(ReadOnlySpan<byte> content, string place, PayloadEncryption? encryption);

    [Fact]
    public async Task Nothing_that_a_store_hands_out_breaks_more_than_its_session()
    {
        const int Goal = 2_000_000;
        var play = Compile();
        var resume = play.GetMethod("Resume")!.CreateDelegate<Func<ISessionStore, string, Task>>();
        await using var memory = new MemorySessionStore();
        await play.GetMethod("Start")!.CreateDelegate<Func<ISessionStore, int, Task>>()(memory, 1);
        var count = (await memory.FindAsync("s", TestContext.Current.CancellationToken))!.Sequence;
        Assert.True(count > 10);

        var random = new Random(1);
        var (bytes, refused, read) = (0L, 0, 0);
        for (var i = 0; bytes < Goal; i++)
        {
            var id = "s" + i;
            await memory.ForkAsync("s", random.Next(1, (int)count), new() { Id = id, Agent = "", Shape = "" }, TestContext.Current.CancellationToken);
            var proxy = DispatchProxy.Create<ISessionStore, Liar>();
            var liar = (Liar)proxy;
            (liar.Target, liar.Random) = (memory, random);
            try
            {
                await resume(proxy, id);
                read++;
            }
            catch (SessionException)
            {
                refused++;
            }

            bytes += liar.Bytes;
            await memory.DeleteAsync(id, TestContext.Current.CancellationToken);
        }

        Assert.True(refused > 100 && read > 10, $"{refused} refused, {read} read");
    }

    /// <summary>Only what was changed is counted: ten million bytes of it.</summary>
    [Fact]
    public async Task Ten_million_changed_bytes_are_read_or_refused_in_bounded_memory()
    {
        const long Goal = 10_000_000;
        const long Constant = 100_000;
        const long Factor = 25;
        var play = Compile();
        var inspect = play.GetMethod("Inspect")!.CreateDelegate<Func<AgentRuntime, long, ValueTask<JsonElement>>>();
        await using var memory = new MemorySessionStore();
        await play.GetMethod("Start")!.CreateDelegate<Func<ISessionStore, int, Task>>()(memory, 40);
        var journal = await memory.ReadAsync("s", 0, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);
        var snapshot = await memory.FindSnapshotAsync("s", long.MaxValue, TestContext.Current.CancellationToken);
        Assert.NotNull(snapshot);

        // As earlier releases wrote it, without a chain: behind it everything else would be refused before it is read.
        journal = [.. journal.Select(Fuzz.Unchained)];
        snapshot = new(snapshot.Sequence, Fuzz.Unchained(snapshot.Payload, "snapshot"));
        var random = new Random(2);
        var proxy = DispatchProxy.Create<ISessionStore, Given>();
        var given = (Given)proxy;
        await using var runtime = new AgentRuntime(proxy);
        await inspect(runtime, long.MaxValue);
        var (bytes, refused, read, most) = (0L, 0, 0, 0d);
        while (bytes < Goal)
        {
            // The journal alone, or the snapshot and what follows it; one of these payloads is another.
            var from = random.Next(2) == 0 ? 0 : (int)snapshot.Sequence;
            var changed = random.Next(from == 0 ? 0 : -1, journal.Count - from);
            given.Journal = journal[from..];
            given.Snapshot = from == 0 ? null : snapshot;
            var fuzz = new Fuzz(random);
            int length;
            if (changed < 0)
            {
                given.Snapshot = new(snapshot.Sequence, fuzz.Reseal(snapshot.Payload, "snapshot"));
                length = given.Snapshot.Payload.Length;
            }
            else
            {
                var record = given.Journal[changed];
                given.Journal[changed] = record = record with { Payload = fuzz.Reseal(record.Payload, Fuzz.PlaceOf(record)) };
                length = record.Payload.Length;
            }

            bytes += length;
            var size = given.Journal.Sum(static r => r.Payload.Length) + (given.Snapshot?.Payload.Length ?? 0);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var reading = inspect(runtime, long.MaxValue);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(reading.IsCompleted, "Nothing is waited for, so that all of it is allocated by this thread.");
            Assert.True(allocated <= Constant + (Factor * size), $"{allocated} bytes for {size}");
            most = Math.Max(most, (double)allocated / size);
            try
            {
                await reading;
                read++;
            }
            catch (SessionException)
            {
                refused++;
            }
        }

        Assert.True(bytes >= Goal && refused > 1_000 && read > 100, $"{bytes} bytes, {refused} refused, {read} read, at most {most:0.0} bytes for one");
        TestContext.Current.TestOutputHelper?.WriteLine($"{bytes} bytes, {refused} refused, {read} read, at most {most:0.0} bytes for one");
    }

    private static Type Compile()
    {
        using var image = new MemoryStream();
        Assert.True(Compilations.Generated(Compilations.Of(Source)).Emit(image, cancellationToken: TestContext.Current.CancellationToken).Success);
        return Assembly.Load(image.ToArray()).GetTypes().Single(static t => t.Name == "Play");
    }

    /// <summary>Hands out what it was given.</summary>
    public class Given : DispatchProxy
    {
        public List<JournalRecord> Journal { get; set; } = [];

        public SessionSnapshot? Snapshot { get; set; }

        public string Agent { get; set; } = "";

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.Name switch
        {
            nameof(ISessionStore.ReadAsync) => ReadAsync(),
            nameof(ISessionStore.FindAsync) => new ValueTask<SessionInfo?>(new SessionInfo { Id = "s", Agent = Agent, Shape = "" }),
            nameof(ISessionStore.FindSnapshotAsync) => new ValueTask<SessionSnapshot?>(Snapshot),
            _ => throw new NotSupportedException(targetMethod.Name),
        };

        private async IAsyncEnumerable<JournalRecord> ReadAsync()
        {
            await Task.CompletedTask;
            foreach (var record in Journal)
            {
                yield return record;
            }
        }
    }

    /// <summary>Changes one of the payloads that are read.</summary>
    public class Liar : DispatchProxy
    {
        public ISessionStore Target { get; set; } = null!;

        public Random Random { get; set; } = null!;

        public long Bytes { get; private set; }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            var result = targetMethod!.Invoke(Target, args);
            return targetMethod.Name == nameof(ISessionStore.ReadAsync) ? Lie((IAsyncEnumerable<JournalRecord>)result!) : result;
        }

        private async IAsyncEnumerable<JournalRecord> Lie(IAsyncEnumerable<JournalRecord> records)
        {
            var all = new List<JournalRecord>();
            await foreach (var record in records)
            {
                all.Add(Fuzz.Unchained(record));
                Bytes += record.Payload.Length;
            }

            if (all.Count > 0)
            {
                var i = Random.Next(all.Count);
                all[i] = all[i] with { Payload = new Fuzz(Random).Reseal(all[i].Payload, Fuzz.PlaceOf(all[i])) };
            }

            foreach (var record in all)
            {
                yield return record;
            }
        }
    }

    /// <summary>Changes bytes by chance.</summary>
    private sealed class Fuzz(Random random)
    {
        /// <summary>The head of a payload, and the digest of the record before.</summary>
        private const int Header = 10 + 32;
        private static readonly Assembly Core = typeof(AgentRuntime).Assembly;
        private static readonly Seal SealIt = Core.GetType("AgentFlow.PayloadSeal")!.GetMethod("Seal")!.CreateDelegate<Seal>();

        public static readonly Func<JournalRecord, string> PlaceOf = Core.GetType("AgentFlow.JournalKeys")!.GetMethod("Place")!.CreateDelegate<Func<JournalRecord, string>>();

        /// <summary>A record without the chain that it is part of.</summary>
        public static JournalRecord Unchained(JournalRecord record) => record with { Payload = Unchained(record.Payload, PlaceOf(record)) };

        /// <summary>A payload without the chain that it is part of: what follows the digest is its content.</summary>
        public static byte[] Unchained(ReadOnlyMemory<byte> payload, string place) =>
            payload.Length > 0 && payload.Span[0] == 2 ? (payload.Length > Header ? SealIt(payload.Span[Header..], place, null) : []) : payload.ToArray();

        /// <summary>Another payload: a broken one, or one whose seal is good again.</summary>
        public byte[] Reseal(ReadOnlyMemory<byte> bytes, string place)
        {
            var payload = bytes.ToArray();
            return random.Next(4) == 0 || payload.Length <= 10 ? Break(payload) : SealIt(random.Next(2) == 0 ? Break(payload[10..]) : Change(payload[10..]), place, null);
        }

        private byte[] Break(byte[] bytes)
        {
            var list = bytes.ToList();
            for (var n = random.Next(1, 4); n > 0 && list.Count > 0; n--)
            {
                var at = random.Next(list.Count);
                switch (random.Next(5))
                {
                    case 0:
                        list[at] ^= (byte)(1 << random.Next(8));
                        break;
                    case 1:
                        list.RemoveAt(at);
                        break;
                    case 2:
                        list.Insert(at, (byte)random.Next(256));
                        break;
                    case 3:
                        list.RemoveRange(at, list.Count - at);
                        break;
                    default:
                        list[at] = (byte)"{}[]\",:0-e\\nt"[random.Next(13)];
                        break;
                }
            }

            return [.. list];
        }

        /// <summary>Well-formed JSON that means something else.</summary>
        private byte[] Change(byte[] bytes)
        {
            if (JsonNode.Parse(bytes) is not { } root)
            {
                return bytes;
            }

            var nodes = new List<JsonNode>();
            Collect(root);
            var target = nodes[random.Next(nodes.Count)];
            JsonNode? other = random.Next(9) switch
            {
                0 => null,
                1 => JsonNode.Parse("1e999"),
                2 => JsonValue.Create(""),
                3 => new JsonArray(),
                4 => new JsonObject(),
                5 => JsonValue.Create(-1),
                6 => JsonValue.Create("NaN"),
                7 => JsonNode.Parse("""{"$type":"circle","Radius":"Infinity"}"""),
                _ => nodes[random.Next(nodes.Count)].DeepClone(),
            };
            switch (target.Parent)
            {
                case JsonObject holder:
                    var name = target.GetPropertyName();
                    if (random.Next(4) == 0)
                    {
                        holder.Remove(name);
                    }
                    else
                    {
                        holder[name] = other;
                    }

                    break;
                case JsonArray holder:
                    holder[target.GetElementIndex()] = other;
                    break;
                default:
                    return Encoding.UTF8.GetBytes(other?.ToJsonString() ?? "null");
            }

            return Encoding.UTF8.GetBytes(root.ToJsonString());

            void Collect(JsonNode node)
            {
                nodes.Add(node);
                foreach (var child in node is JsonObject o ? o.Select(static p => p.Value) : node is JsonArray a ? a : [])
                {
                    if (child is not null)
                    {
                        Collect(child);
                    }
                }
            }
        }
    }
}
