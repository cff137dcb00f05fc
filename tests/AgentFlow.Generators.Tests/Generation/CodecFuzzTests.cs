using System.Reflection;
using System.Text;
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
            public static async Task Start(ISessionStore store)
            {
                await using var runtime = new AgentRuntime(store);
                var page = new Page("a", new("00112233-4455-6677-8899-aabbccddeeff"), [new("b", default, [], new() { [DayOfWeek.Friday] = 1.5m })], new() { [DayOfWeek.Monday] = null });
                await (await runtime.StartAsync(new Keeper(), (page, 5), new() { Id = "s" })).Result;
            }

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
        using var image = new MemoryStream();
        Assert.True(Compilations.Generated(Compilations.Of(Source)).Emit(image, cancellationToken: TestContext.Current.CancellationToken).Success);
        var play = Assembly.Load(image.ToArray()).GetTypes().Single(static t => t.Name == "Play");
        var resume = play.GetMethod("Resume")!.CreateDelegate<Func<ISessionStore, string, Task>>();
        await using var memory = new MemorySessionStore();
        await play.GetMethod("Start")!.CreateDelegate<Func<ISessionStore, Task>>()(memory);
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

    /// <summary>Changes one of the payloads that are read.</summary>
    public class Liar : DispatchProxy
    {
        private static readonly Assembly Core = typeof(AgentRuntime).Assembly;
        private static readonly Seal SealIt = Core.GetType("AgentFlow.PayloadSeal")!.GetMethod("Seal")!.CreateDelegate<Seal>();
        private static readonly Func<JournalRecord, string> PlaceOf = Core.GetType("AgentFlow.JournalKeys")!.GetMethod("Place")!.CreateDelegate<Func<JournalRecord, string>>();

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
                all.Add(record);
                Bytes += record.Payload.Length;
            }

            if (all.Count > 0)
            {
                var i = Random.Next(all.Count);
                var payload = all[i].Payload.ToArray();
                all[i] = all[i] with { Payload = Random.Next(4) == 0 || payload.Length <= 10 ? Break(payload) : SealIt(Random.Next(2) == 0 ? Break(payload[10..]) : Change(payload[10..]), PlaceOf(all[i]), null) };
            }

            foreach (var record in all)
            {
                yield return record;
            }
        }

        private byte[] Break(byte[] bytes)
        {
            var list = bytes.ToList();
            for (var n = Random.Next(1, 4); n > 0 && list.Count > 0; n--)
            {
                var at = Random.Next(list.Count);
                switch (Random.Next(5))
                {
                    case 0:
                        list[at] ^= (byte)(1 << Random.Next(8));
                        break;
                    case 1:
                        list.RemoveAt(at);
                        break;
                    case 2:
                        list.Insert(at, (byte)Random.Next(256));
                        break;
                    case 3:
                        list.RemoveRange(at, list.Count - at);
                        break;
                    default:
                        list[at] = (byte)"{}[]\",:0-e\\nt"[Random.Next(13)];
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
            var target = nodes[Random.Next(nodes.Count)];
            JsonNode? other = Random.Next(9) switch
            {
                0 => null,
                1 => JsonNode.Parse("1e999"),
                2 => JsonValue.Create(""),
                3 => new JsonArray(),
                4 => new JsonObject(),
                5 => JsonValue.Create(-1),
                6 => JsonValue.Create("NaN"),
                7 => JsonNode.Parse("""{"$type":"circle","Radius":"Infinity"}"""),
                _ => nodes[Random.Next(nodes.Count)].DeepClone(),
            };
            switch (target.Parent)
            {
                case JsonObject holder:
                    var name = target.GetPropertyName();
                    if (Random.Next(4) == 0)
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
