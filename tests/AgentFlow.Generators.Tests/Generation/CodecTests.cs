using System.Globalization;
using System.Reflection;
using System.Text;
using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators.Tests.Generation;

/// <summary>Whatever an agent may pass on comes back from a journal as it was: generated, compiled, run in a session and resumed from every record.</summary>
public sealed class CodecTests
{
    private const string Usings = """
        using System; using System.Collections.Generic; using System.Collections.Immutable; using System.Linq; using System.Text.Json; using System.Text.Json.Nodes;
        using System.Text.Json.Serialization; using System.Threading; using System.Threading.Tasks; using AgentFlow;

        """;

    /// <summary>A type, a value of it, and what has to be declared for it.</summary>
    private static readonly (string Type, string Value, string Types)[] Values =
    [
        ("bool", "true", ""),
        ("byte", "255", ""),
        ("sbyte", "-128", ""),
        ("short", "-32768", ""),
        ("ushort", "65535", ""),
        ("int", "int.MinValue", ""),
        ("uint", "uint.MaxValue", ""),
        ("long", "long.MinValue", ""),
        ("ulong", "ulong.MaxValue", ""),
        ("Int128", "Int128.MinValue", ""),
        ("UInt128", "UInt128.MaxValue", ""),
        ("Half", "Half.Epsilon", ""),
        ("Half[]", "[Half.NaN, Half.PositiveInfinity, (Half)1.5f]", ""),
        ("float[]", "[float.NaN, float.NegativeInfinity, -0f, float.Epsilon, 0.1f]", ""),
        ("double[]", "[double.NaN, double.PositiveInfinity, -0d, double.Epsilon, 0.1, Math.PI]", ""),
        ("double", "double.NaN", ""),
        ("float?", "float.NaN", ""),
        ("double?[]", "[double.NaN, null]", ""),
        ("Dictionary<string, double>", "new() { [\"a\"] = double.NegativeInfinity }", ""),
        ("List<Half>", "[Half.NaN]", ""),
        ("(double, Half)", "(double.NaN, Half.NaN)", ""),
        ("Floats", "new(float.NaN, double.NaN, Half.NaN, double.PositiveInfinity)", "public sealed record Floats(float A, double B, Half C, double? D);"),
        ("decimal[]", "[1.10m, decimal.MinValue, 0.0000000000000000000000000001m]", ""),
        ("char", "'\\u00e9'", ""),
        ("string", "\"a\\\"\\n\\0\\u2028 \\ud83d\\ude00 <>&\"", ""),
        ("DateTime[]", "[DateTime.MaxValue, new(5, DateTimeKind.Utc), new(2026, 1, 2, 3, 4, 5, DateTimeKind.Unspecified)]", ""),
        ("DateTimeOffset", "new(2026, 1, 2, 3, 4, 5, 6, TimeSpan.FromMinutes(-90))", ""),
        ("TimeSpan[]", "[TimeSpan.MinValue, TimeSpan.MaxValue, new(1)]", ""),
        ("DateOnly", "new(2026, 2, 28)", ""),
        ("TimeOnly", "new(23, 59, 59, 999)", ""),
        ("Guid", "new(\"00112233-4455-6677-8899-aabbccddeeff\")", ""),
        ("Uri[]", "[new(\"http://a/b?c=%20d\"), new(\"../x y\", UriKind.Relative)]", ""),
        ("Version", "new(1, 2, 3)", ""),
        ("byte[]", "[0, 1, 255]", ""),
        ("int?", "null", ""),
        ("int?[]", "[1, null]", ""),
        ("string?", "null", ""),
        ("string?[]", "[\"a\", null]", ""),
        ("DayOfWeek", "(DayOfWeek)99", ""),
        ("DayOfWeek?[]", "[DayOfWeek.Friday, null]", ""),
        ("Flags", "Flags.A | Flags.C", "[Flags] public enum Flags : long { None, A = 1, B = 2, C = 1L << 40 }"),
        ("int[][]", "[[1], [], [2, 3]]", ""),
        ("List<string?>", "[null]", ""),
        ("IEnumerable<string?>", "new string?[] { null }", ""),
        ("HashSet<Uri?>", "[null]", ""),
        ("Dictionary<string, string?[]?>", "new() { [\"a\"] = null, [\"b\"] = [null] }", ""),
        ("ImmutableArray<string?>", "[null]", ""),
        ("IReadOnlyDictionary<int, object2?>", "new Dictionary<int, object2?> { [1] = null }", "public sealed class object2;"),
        ("List<string>", "[\"a\", \"\"]", ""),
        ("IList<int>", "[1, 2]", ""),
        ("ICollection<int>", "[1, 2]", ""),
        ("IEnumerable<int>", "new[] { 1, 2 }", ""),
        ("IReadOnlyList<int>", "[1, 2]", ""),
        ("IReadOnlyCollection<int>", "[1, 2]", ""),
        ("IReadOnlyDictionary<string, int>", "new Dictionary<string, int> { [\"\"] = 1, [\"$type\"] = 2 }", ""),
        ("IDictionary<string, int>", "new Dictionary<string, int> { [\"a\"] = 1 }", ""),
        ("Dictionary<DayOfWeek, int[]>", "new() { [DayOfWeek.Friday] = [1] }", ""),
        ("Dictionary<int, Dictionary<Guid, string?>>", "new() { [-1] = new() { [Guid.Empty] = null } }", ""),
        ("Dictionary<DateTimeOffset, bool>", "new() { [DateTimeOffset.MaxValue] = true }", ""),
        ("SortedDictionary<string, int>", "new() { [\"b\"] = 1, [\"a\"] = 2 }", ""),
        ("HashSet<string>", "[\"a\", \"b\"]", ""),
        ("ISet<int>", "new HashSet<int> { 1, 2 }", ""),
        ("SortedSet<int>", "[2, 1]", ""),
        ("Queue<int>", "new([1, 2, 3])", ""),
        ("LinkedList<int>", "new([1, 2, 3])", ""),
        ("ImmutableArray<int>", "[1, 2]", ""),
        ("ImmutableList<string>", "[\"a\"]", ""),
        ("ImmutableHashSet<int>", "[1, 2]", ""),
        ("ImmutableSortedSet<int>", "[2, 1]", ""),
        ("ImmutableDictionary<string, int>", "ImmutableDictionary<string, int>.Empty.Add(\"a\", 1)", ""),
        ("ImmutableSortedDictionary<int, string>", "ImmutableSortedDictionary<int, string>.Empty.Add(1, \"a\")", ""),
        ("ImmutableQueue<int>", "[1, 2]", ""),
        ("IImmutableQueue<int>", "ImmutableQueue.Create(1, 2)", ""),
        ("IImmutableList<int>", "ImmutableList.Create(1, 2)", ""),
        ("IImmutableSet<int>", "ImmutableHashSet.Create(1)", ""),
        ("IImmutableDictionary<string, int>", "ImmutableDictionary<string, int>.Empty.Add(\"a\", 1)", ""),
        ("SortedList<string, int>", "new() { [\"b\"] = 1, [\"a\"] = 2 }", ""),
        ("OrderedDictionary<string, int>", "new() { [\"b\"] = 1, [\"a\"] = 2 }", ""),
        ("System.Collections.Concurrent.ConcurrentDictionary<string, int>", "new() { [\"a\"] = 2 }", ""),
        ("ReadOnlyMemory<char>", "\"abc\".AsMemory()", ""),
        ("Memory<int>", "new[] { 1, 2 }", ""),
        ("(int A, string? B, (double, Flag?) C)", "(1, null, (2.5, Flag.On))", "public enum Flag { Off, On }"),
        ("(string, int)[]", "[(\"a\", 1)]", ""),
        ("JsonElement", "JsonDocument.Parse(\"{\\\"a\\\": [1, null, 1e400]}\").RootElement", ""),
        ("JsonElement?", "null", ""),
        ("JsonNode", "JsonNode.Parse(\"[1, {\\\"a\\\": \\\"b\\\"}]\")!", ""),
        ("JsonObject", "new() { [\"a\"] = 1 }", ""),
        ("JsonArray", "[1, null]", ""),
        ("Point", "new(1, -2)", "public readonly record struct Point(int X, int Y);"),
        ("Point2?", "new Point2 { X = 4, Y = 5 }", "public struct Point2 { public int X; public int Y { get; set; } }"),
        ("Point3", "new(3)", "public readonly struct Point3(int x) { public int X { get; } = x; public int Twice => X * 2; }"),
        ("Point4", "new() { X = 4 }", "public readonly struct Point4 { public Point4() { Y = 9; } public int X { get; init; } public int Y { get; init; } }"),
        ("Person", "new(\"a\", null) { Age = 3, Mail = \"m\" }", "public sealed record Person(string Name, string? Nick = \"n\") { public int Age { get; init; } = 7; public required string Mail { get; init; } public string Both => Name + Nick; }"),
        ("Mixed", "new(1) { A = 2, B = \"b\", C = [3] }", "public sealed class Mixed(int id) { public int Id { get; } = id; public required int A { get; set; } public string? B { get; set; } public List<int> C { get; set; } = []; public int D = 4; }"),
        ("Twice", "new(1) { X = 2 }", "public sealed class Twice { public Twice(int x) { X = x; } public required int X { get; init; } }"),
        ("Chosen", "new(3)", "public sealed class Chosen { public Chosen() { A = -1; } [JsonConstructor] public Chosen(in int a) { A = a; } public int A { get; } }"),
        ("Renamed", "new() { A = 1, @class = 2 }", "public sealed class Renamed { [JsonPropertyName(\"the a \\\"\\n\")] public int A { get; set; } public int @class { get; set; } }"),
        ("Ignoring", "new() { A = 1, B = () => 2 }", "public sealed class Ignoring { public int A { get; set; } [JsonIgnore] public Func<int>? B { get; set; } [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? C { get; set; } }"),
        ("Included", "Included.Make()", "public sealed class Included { [JsonInclude] internal int A { get; set; } [JsonInclude] internal int _b; public static Included Make() => new() { A = 1, _b = 2 }; }"),
        ("Full", "new() { A = 3 }", "public sealed class Full { public int A { get; set; } public int B { get => A; set => A = value; } }"),
        ("Old", "new() { A = 3 }", "public sealed class Old { [Obsolete(\"x\")] public int A { get; set; } }"),
        ("Below", "new(1, 2) { C = 3 }", "public record Above(int A) { public virtual int C { get; set; } } public sealed record Below(int A, int B) : Above(A) { public override int C { get; set; } }"),
        ("Open", "new() { A = 1 }", "public class Open { public int A { get; set; } }"),
        ("Shape[]", "[new Circle(1.5), new Square { Side = 2 }]", "[JsonDerivedType(typeof(Circle), \"circle\"), JsonDerivedType(typeof(Square), 2)] public abstract record Shape; public record Circle(double Radius) : Shape; public sealed record Square : Shape { public required int Side { get; init; } }"),
        ("IAnimal[]", "[new Dog(\"d\"), new Cat(1)]", "[JsonPolymorphic(TypeDiscriminatorPropertyName = \"kind\"), JsonDerivedType(typeof(Dog), \"dog\"), JsonDerivedType(typeof(Cat), \"cat\")] public interface IAnimal; public sealed record Dog(string Name) : IAnimal; public readonly record struct Cat(int Lives) : IAnimal;"),
        ("Kind[]", "[new Kind(1), new Kinder(1, 2)]", "[JsonDerivedType(typeof(Kind), \"a\"), JsonDerivedType(typeof(Kinder), \"b\")] public record Kind(int A); public sealed record Kinder(int A, int B) : Kind(A);"),
        ("Tree", "new(1, [new(2, []), new(3, [new(4, [])])], null)", "public sealed record Tree(int Value, List<Tree> Children, Tree? Other = null);"),
        ("Ping", "new(new(new(null)))", "public sealed record Ping(Pong? Pong); public sealed record Pong(Ping? Ping);"),
        ("Page<string?>", "new(null, [null])", "public sealed record Page<T>(T Value, T[] Rest);"),
        ("(Pair<string>, Pair<string?>)", "(new(\"a\"), new(null))", "public sealed record Pair<T>(T Value);"),
        ("Celsius", "new(1.5)", "[JsonConverter(typeof(CelsiusConverter))] public sealed class Celsius(double v) { public override string ToString() => v.ToString(System.Globalization.CultureInfo.InvariantCulture); public double Get() => v; } public sealed class CelsiusConverter : JsonConverter<Celsius> { public override Celsius Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => new(reader.GetDouble()); public override void Write(Utf8JsonWriter writer, Celsius value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Get()); }"),
        ("Holder", "new() { A = 5, Day = DayOfWeek.Friday }", "public sealed class Holder { [JsonConverter(typeof(Odd))] public int A { get; set; } [JsonConverter(typeof(JsonStringEnumConverter))] public DayOfWeek Day { get; set; } } public sealed class Odd : JsonConverter<int> { public override int Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => reader.GetString()!.Length; public override void Write(Utf8JsonWriter writer, int value, JsonSerializerOptions options) => writer.WriteStringValue(new string('x', value)); }"),
        ("Outer.Inner", "new(1)", "public static class Outer { public sealed record Inner(int A); }"),
    ];

    /// <summary>Whole agents: their <c>RunAsync(7)</c> is compared.</summary>
    private static readonly string[] Agents =
    [
        "[Agent] public sealed partial class AGENT { [Action] private static int A([Input(Name = \"start\")] int seed) => seed; [Action] private static long B(int a) => a + 1L; [Action] private static double C(long b) => b + 0.5; [Action] private static System.Text.Json.Nodes.JsonNode D(double c) => c; [Action] private static string E(double c, [From(nameof(D))] System.Text.Json.Nodes.JsonNode d) => c + d.ToJsonString(); }",
        "[Agent] public sealed partial class AGENT { private sealed record Hidden(int A, Deep B); private readonly record struct Deep(string C); private enum Own { No, Yes } [Action] private static Hidden Make([Input] int seed) => new(seed, new(\"c\")); [Action] private static Own[] Say(Hidden made) => [Own.Yes, (Own)made.A]; [Action] private static string Show(Hidden made, Own[] say) => Dump.Of(made) + Dump.Of(say); }",
        "[Agent] public sealed partial class AGENT { internal sealed record Item(int A); [Action] private static async IAsyncEnumerable<Item> Make([Input] int seed) { for (var i = 0; i < seed; i++) { await Task.Yield(); yield return new(i); } } [Action, ForEach(nameof(Make), MaxParallel = 2)] private static async Task<Item?> Each([Item] Item item) { await Task.Yield(); return item.A == 3 ? null : new(item.A * 2); } [Action] private static string Show([From(nameof(Each))] Item?[] each) => Dump.Of(each); }",
        "[Agent(MaxIterations = 5)] public sealed partial class AGENT { public sealed record Draft(int A, string? Note); [Action] private static Draft Write([Input] int seed, [Previous(nameof(Write))] Draft? before) => new((before?.A ?? seed) + 1, before?.Note + \"x\"); [Action, Result] private static string Show(Draft write) => Dump.Of(write); [Until] private static bool Done(Draft write) => write.A > 9; }",
        "[Agent] public sealed partial class AGENT { private static bool No() => false; [Action, When(nameof(No))] private static Version Make([Input] int seed) => new(seed, 0); [Action] private static Uri Other([Input] int seed) => new(\"http://a/\" + seed); [Action] private static string Show(Uri other, Version? make = null) => Dump.Of(other) + Dump.Of(make); }",
        "[Agent(JsonContext = typeof(Context))] public sealed partial class AGENT { [Action] private static Free Make([Input] int seed) => new() { A = seed }; [Action] private static string Show(Free made) => made.A.ToString(); } public sealed class Free { public int A; private int _hidden; public void Touch() => _hidden++; } [JsonSerializable(typeof(Free))] public sealed class Context : JsonSerializerContext, System.Text.Json.Serialization.Metadata.IJsonTypeInfoResolver { public static Context Default { get; } = new(); public Context() : base(null) { } protected override JsonSerializerOptions? GeneratedSerializerOptions => null; public override System.Text.Json.Serialization.Metadata.JsonTypeInfo? GetTypeInfo(Type type) => null; System.Text.Json.Serialization.Metadata.JsonTypeInfo? System.Text.Json.Serialization.Metadata.IJsonTypeInfoResolver.GetTypeInfo(Type type, JsonSerializerOptions options) => type == typeof(Free) ? Info(options) : null; private static System.Text.Json.Serialization.Metadata.JsonTypeInfo Info(JsonSerializerOptions options) { var info = System.Text.Json.Serialization.Metadata.JsonTypeInfo.CreateJsonTypeInfo<Free>(options); info.CreateObject = () => new Free(); var a = info.CreateJsonPropertyInfo(typeof(int), \"theA\"); a.Get = o => ((Free)o).A; a.Set = (o, v) => ((Free)o).A = (int)v!; info.Properties.Add(a); return info; } }",
    ];

    private const string Support = """
        public static class Dump
        {
            public static string Of(object? value)
            {
                switch (value)
                {
                    case null: return "null";
                    case string text: return JsonSerializer.Serialize(text);
                    case DateTime date: return date.ToString("O", System.Globalization.CultureInfo.InvariantCulture);
                    case Uri uri: return uri.OriginalString;
                    case JsonElement element: return JsonSerializer.Serialize(element);
                    case JsonNode node: return node.ToJsonString();
                    case Enum member: return member.GetType().Name + "." + member;
                    case IFormattable simple: return simple.GetType().Name + " " + simple.ToString(value is DateTimeOffset or TimeOnly or DateOnly ? "O" : null, System.Globalization.CultureInfo.InvariantCulture);
                    case Version or bool or char: return value.ToString()!;
                    case ReadOnlyMemory<char> memory: return memory.ToString();
                    case Memory<int> memory: return Of(memory.ToArray());
                    case System.Runtime.CompilerServices.ITuple tuple: return "(" + string.Join(",", Enumerable.Range(0, tuple.Length).Select(i => Of(tuple[i]))) + ")";
                    case System.Collections.IEnumerable items:
                        var texts = items.Cast<object?>().Select(Of);
                        var name = value.GetType().Name;
                        return "[" + string.Join(",", name.Contains("Set") || name.Contains("Dictionary") ? texts.Order(StringComparer.Ordinal) : texts) + "]";
                    default: return value.GetType().Name + "{" + string.Join(",", Fields(value.GetType()).Select(f => f.Name + "=" + Of(f.GetValue(value)))) + "}";
                }
            }

            private static IEnumerable<System.Reflection.FieldInfo> Fields(Type? type)
            {
                for (; type is not null && type != typeof(object) && type != typeof(ValueType); type = type.BaseType)
                {
                    foreach (var field in type.GetFields(System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.DeclaredOnly).OrderBy(f => f.Name, StringComparer.Ordinal))
                    {
                        var property = field.Name.StartsWith('<') ? type.GetProperty(field.Name[1..field.Name.IndexOf('>')], System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.NonPublic) : null;
                        if (property is null || !property.IsDefined(typeof(JsonIgnoreAttribute), false) || ((JsonIgnoreAttribute)property.GetCustomAttributes(typeof(JsonIgnoreAttribute), false)[0]).Condition != JsonIgnoreCondition.Always)
                        {
                            yield return field;
                        }
                    }
                }
            }
        }

        public static class Session
        {
            public static async Task Check<TAgent, TInput, TResult>(string name, Func<TAgent> make, TInput input, TResult expected, List<string> failures)
                where TAgent : class, IDurableAgent<TAgent, TInput, TResult>
            {
                try
                {
                    await using var store = new MemorySessionStore();
                    await using var runtime = new AgentRuntime(store);
                    var session = await runtime.StartAsync(make(), input, new() { Id = "s" });
                    var result = await session.Result.WaitAsync(TimeSpan.FromMinutes(4));
                    if (!Equals(result, expected)) failures.Add($"{name}: {result} is not {expected}");
                    var count = (await store.FindAsync("s", default))!.Sequence;
                    for (var n = 1; n <= count; n++)
                    {
                        await store.ForkAsync("s", n, new() { Id = "s" + n, Agent = "", Shape = "" }, default);
                        var resumed = await (await runtime.ResumeAsync(make(), "s" + n)).Result.WaitAsync(TimeSpan.FromMinutes(4));
                        if (!Equals(resumed, expected)) failures.Add($"{name}, resumed after {n}: {resumed} is not {expected}");
                    }
                }
                catch (Exception e)
                {
                    failures.Add($"{name}: {e}");
                }
            }
        }

        """;

    [Fact]
    public async Task Everything_that_can_be_recorded_comes_back_as_it_was()
    {
        var source = new StringBuilder(Usings + Support);
        var calls = new StringBuilder();
        for (var i = 0; i < Values.Length; i++)
        {
            var (type, value, types) = Values[i];
            source.Append(CultureInfo.InvariantCulture, $$"""
                namespace N{{i}}
                {
                    {{types}}
                    [Agent] public sealed partial class Keeper
                    {
                        public static {{type}} Value() => {{value}};
                        [Action] private static {{type}} Make([Input] {{type}} given) => given;
                        [Action] private static async Task<{{type}}> Pass([From(nameof(Make))] {{type}} made) { await Task.Yield(); return made; }
                        [Action, Result] private static string Show([From(nameof(Pass))] {{type}} passed, [Input] {{type}} given) => Dump.Of(passed) + " of " + Dump.Of(given);
                    }
                }

                """);
            var name = SymbolName(type);
            calls.Append(CultureInfo.InvariantCulture, $"await Session.Check({name}, () => new N{i}.Keeper(), N{i}.Keeper.Value(), Dump.Of(N{i}.Keeper.Value()) + \" of \" + Dump.Of(N{i}.Keeper.Value()), failures);\n");
        }

        for (var i = 0; i < Agents.Length; i++)
        {
            source.Append(CultureInfo.InvariantCulture, $"namespace A{i} {{ {Agents[i].Replace("AGENT", "Keeper", StringComparison.Ordinal)} }}\n");
            calls.Append(CultureInfo.InvariantCulture, $"await Session.Check(\"agent {i}\", () => new A{i}.Keeper(), 7, await new A{i}.Keeper().RunAsync(7), failures);\n");
        }

        source.Append(CultureInfo.InvariantCulture, $"public static class Play {{ public static async Task<object> Run() {{ var failures = new List<string>();\n{calls} return failures; }} }}");
        Assert.Empty((List<string>)await RunAsync(source.ToString()));
    }

    [Fact]
    public async Task A_subclass_that_nobody_listed_fails_its_action()
    {
        var source = Usings + """
            public class Open { public int A { get; set; } }
            public sealed class More : Open { public int B { get; set; } }
            [Agent] public sealed partial class Keeper
            {
                [Action] private static Open Make() => new More();
                [Action] private static int Count(Open made) => 1;
            }
            public static class Play
            {
                public static async Task<object> Run()
                {
                    await using var store = new MemorySessionStore();
                    await using var runtime = new AgentRuntime(store);
                    var session = await runtime.StartAsync(new Keeper(), default, new() { Id = "s" });
                    try { await session.Result; return "no error"; }
                    catch (Exception e) { return e.ToString(); }
                }
            }
            """;
        var error = (string)await RunAsync(source);
        Assert.Contains("More", error, StringComparison.Ordinal);
        Assert.Contains("Make", error, StringComparison.Ordinal);
    }

    private static string SymbolName(string text) => Microsoft.CodeAnalysis.CSharp.SymbolDisplay.FormatLiteral(text, quote: true);

    private static async Task<object> RunAsync(string source)
    {
        var compilation = Compilations.Of(source);
        compilation = compilation.WithOptions(compilation.Options.WithWarningLevel(9999));
        var generated = Compilations.Generated(compilation);
        var noise = generated.GetDiagnostics(TestContext.Current.CancellationToken).Where(d => d.Severity == DiagnosticSeverity.Error || (d.Severity == DiagnosticSeverity.Warning && d.Location.SourceTree != generated.SyntaxTrees[0]));
        Assert.Empty(noise);
        using var image = new MemoryStream();
        Assert.True(generated.Emit(image, cancellationToken: TestContext.Current.CancellationToken).Success);
        var play = Assembly.Load(image.ToArray()).GetTypes().Single(static t => t.Name == "Play");
        return await ((Task<object>)play.GetMethod("Run")!.Invoke(null, null)!).WaitAsync(Patience, TestContext.Current.CancellationToken);
    }
}
