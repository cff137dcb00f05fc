namespace AgentFlow.Generators.Tests;

/// <summary>AF04xx: what sessions ask of an agent.</summary>
public sealed class DurabilityRulesTests
{
    [Theory]
    [InlineData("object", "object")]
    [InlineData("dynamic", "dynamic")]
    [InlineData("Func<int>", "Func<int>")]
    [InlineData("Exception", "Exception")]
    [InlineData("System.IO.Stream", "Stream")]
    [InlineData("IDisposable", "IDisposable")]
    [InlineData("int[,]", "int[,]")]
    [InlineData("Stack<int>", "Stack<int>")]
    [InlineData("System.Collections.ArrayList", "ArrayList")]
    [InlineData("List<object>", "List<object>[]")]
    [InlineData("Dictionary<string, object>", "Dictionary<string, object>{}")]
    [InlineData("(int A, object B)", "(int A, object B).Item2")]
    [InlineData("Dictionary<Article, int>", "Dictionary<Article, int>")]
    [InlineData("(int, int, int, int, int, int, int, int)", "(int, int, int, int, int, int, int, int)")]
    [InlineData("Type", "Type")]
    [InlineData("CancellationToken", "CancellationToken")]
    [InlineData("List<List<Func<int>[]>>", "List<List<Func<int>[]>>[][][]")]
    public async Task AF0401_types(string type, string path)
    {
        var found = await Expect.Source($$"""
            [Agent]
            public sealed partial class Demo
            {
                [Action] {{type}} {|AF0401:Make|}() => throw null!;
                [Action] int Count([From(nameof(Make))] {{type}} made) => 1;
            }
            """);
        AssertPath(path, found);
    }

    [Theory]
    [InlineData("public sealed class T(int size) { public int Length => size; }", "T.size")]
    [InlineData("public sealed class T { private int _count; public int Count() => _count++; }", "T._count")]
    [InlineData("public sealed class T { public int Count { get; } }", "T.Count")]
    [InlineData("public sealed class T { public int Count { get; private set; } }", "T.Count")]
    [InlineData("public sealed class T { private int Count { get; set; } }", "T.Count")]
    [InlineData("public sealed class T { internal int Count { get; set; } }", "T.Count")]
    [InlineData("public sealed class T { private T() { } public static T Make() => new(); }", "T")]
    [InlineData("public sealed class T { public T(int a) => A = a; public T(int a, int b) => A = a + b; public int A { get; } }", "T")]
    [InlineData("public sealed class T(ref int a) { public int A { get; } = a; }", "T")]
    [InlineData("public abstract class T { public int A { get; set; } }", "T")]
    [InlineData("public interface T { int A { get; } }", "T")]
    [InlineData("public sealed record T(U Inner); public sealed record U(List<V> Deep); public sealed record V(object Anything);", "T.Inner.Deep[].Anything")]
    [InlineData("public sealed record T(IReadOnlyDictionary<string, Action> All);", "T.All{}")]
    [InlineData("[System.Text.Json.Serialization.JsonDerivedType(typeof(U), \"u\")] public abstract record T; public sealed record U(object Anything) : T;", "T(U).Anything")]
    [InlineData("[System.Text.Json.Serialization.JsonDerivedType(typeof(U))] public abstract record T; public sealed record U(int A) : T;", "T")]
    [InlineData("[System.Text.Json.Serialization.JsonDerivedType(typeof(U), \"u\"), System.Text.Json.Serialization.JsonDerivedType(typeof(V), \"u\")] public abstract record T; public sealed record U : T; public sealed record V : T;", "T")]
    [InlineData("[System.Text.Json.Serialization.JsonDerivedType(typeof(Uri), \"u\")] public abstract record T;", "T")]
    [InlineData("public sealed record T([property: System.Text.Json.Serialization.JsonPropertyName(\"B\")] int A, int B);", "T.B")]
    [InlineData("public sealed class T { [System.Text.Json.Serialization.JsonIgnore] public required int A { get; set; } }", "T.A")]
    [InlineData("public sealed class T { [System.Text.Json.Serialization.JsonConverter(typeof(U))] public int A { get; set; } } public sealed class U : System.Text.Json.Serialization.JsonConverter<string> { public override string Read(ref System.Text.Json.Utf8JsonReader reader, Type type, System.Text.Json.JsonSerializerOptions options) => \"\"; public override void Write(System.Text.Json.Utf8JsonWriter writer, string value, System.Text.Json.JsonSerializerOptions options) { } }", "T.A")]
    [InlineData("public sealed class T { [System.Text.Json.Serialization.JsonConverter(typeof(U))] public int A { get; set; } } public sealed class U(int secret) : System.Text.Json.Serialization.JsonConverter<int> { public override int Read(ref System.Text.Json.Utf8JsonReader reader, Type type, System.Text.Json.JsonSerializerOptions options) => secret; public override void Write(System.Text.Json.Utf8JsonWriter writer, int value, System.Text.Json.JsonSerializerOptions options) { } }", "T.A")]
    [InlineData("public sealed class T { [Obsolete(\"gone\", true)] public int A { get; set; } }", "T.A")]
    [InlineData("public sealed class T : List<int>;", "T")]
    [InlineData("public sealed class T : IEnumerable<int> { public IEnumerator<int> GetEnumerator() => throw null!; System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => throw null!; }", "T")]
    [InlineData("public sealed class T { [Ours.JsonIgnore] public object? A { get; set; } }", "T.A")]
    public async Task AF0401_members(string types, string path)
    {
        var found = await Expect.Source($$"""
            [Agent]
            public sealed partial class Demo
            {
                [Action] T {|AF0401:Make|}() => throw null!;
                [Action] int Count(T made) => 1;
            }
            {{types}}
            public static class Ours { public sealed class JsonIgnoreAttribute : Attribute; }
            """);
        AssertPath(path, found);
    }

    [Fact]
    public async Task AF0401_inputs_and_items()
    {
        AssertPath("Func<int>", await Expect.Members("[Action] int Count([Input] Func<int> {|AF0401:source|}) => source();"));
        AssertPath("Func<int>[][][][]", await Expect.Source("""
            [Agent]
            public sealed partial class Demo
            {
                [Action] int[] Numbers() => [1];
                [Action, ForEach(nameof(Numbers))] Func<int>[] {|AF0401:Make|}([Item] int number) => [];
                [Action] int Count(Func<int>[][] make) => 1;
            }
            """));
        AssertPath("T", await Expect.Source("""
            public partial class Outer<T>
            {
                [Agent]
                public sealed partial class Demo
                {
                    [Action] T {|AF0401:Make|}() => throw null!;
                    [Action] int Count([From(nameof(Make))] T made) => 1;
                }
            }
            """));
    }

    [Fact]
    public Task An_agent_that_is_not_durable_passes_on_anything() => Expect.Source("""
        [Agent(Durable = false)]
        public sealed partial class Demo
        {
            [Action] Func<int> Make([Input] object value) => () => 1;
            [Action] int Count(Func<int> make) => make();
        }
        """);

    [Fact]
    public Task Structs_from_elsewhere_pass_though_their_fields_are_seen() => Expect.Members("[Action] RunUsage Make(ActionContext context) => context.Usage; [Action] long Count(RunUsage make) => make.Tokens;");

    [Theory]
    [InlineData("[Signal(Timeout = \"1.00:00:00\")] private Task<int> {|AF0404:Answer|}() => Task.FromResult(1);")]
    [InlineData("[Signal(Timeout = \"1.00:00:00\")] private Task<int> {|AF0404:Answer|}() => throw null!; [Action] private Report Write([From(nameof(Answer))] int a) => throw null!;")]
    [InlineData("[Signal(Timeout = \"1.00:00:00\")] private partial int {|AF0404:Answer|}();")]
    [InlineData("[Signal(Timeout = \"1.00:00:00\")] private partial IAsyncEnumerable<int> {|AF0404:Answer|}();")]
    public Task AF0404_methods(string members) => Expect.Members(members);

    [Fact]
    public Task AF0404_only_sessions_wait() => Expect.Source("""
        [Agent(Durable = false)]
        public sealed partial class Demo
        {
            [Signal(Timeout = "1.00:00:00")] private partial Task<int> {|AF0404:Answer|}();
        }
        """);

    [Theory]
    [InlineData("[Signal(Timeout = \"1.00:00:00\")] private partial Task<int> Answer();")]
    [InlineData("[Signal(Timeout = \"1.00:00:00\")] private partial ValueTask Answer([Input] string request);")]
    [InlineData("[Signal] private partial Task<int> {|AF0405:Answer|}();")]
    [InlineData("[Signal] private partial ValueTask {|AF0405:Answer|}([Input] string request);")]
    public Task AF0405_a_signal_has_an_end(string members) => Expect.Members(members);

    private static void AssertPath(string path, IEnumerable<Microsoft.CodeAnalysis.Diagnostic> found)
    {
        var message = Assert.Single(found, static d => d.Id == "AF0401").GetMessage(System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(message.Contains($"cannot be recorded: {path}: ", StringComparison.Ordinal), message);
    }

    /// <summary>Whoever starts, answers and awaits a session gets no error of his own for the mistake in the agent.</summary>
    [Fact]
    public Task A_mistake_in_a_durable_agent_is_one_error() => Expect.Source("""
        [Agent]
        public sealed partial class Approval
        {
            [Action] private Draft Write([Input] string topic) => throw null!;
            [Action, DependsOn({|AF0101:"Wriet"|})] private Task Log() => throw null!;
            [Signal(Timeout = "1.00:00:00")] private partial Task<Score> Approve(Draft draft);
            [Signal(Timeout = "1.00:00:00")] private partial ValueTask Confirm(Score score);
            [Action, DependsOn(nameof(Confirm))] private Report Publish(Score approve) => throw null!;
        }

        [Agent(Durable = false)]
        public sealed partial class Plain
        {
            [Action, DependsOn({|AF0101:"Wriet"|})] private Report Publish([Input] string topic, [Input] int count) => throw null!;
        }

        public static class Caller
        {
            public static async Task<Report> Use(AgentRuntime runtime)
            {
                var session = await runtime.StartAsync(new Approval(), "topic");
                await session.ApproveAsync(new Score(1));
                await session.ConfirmAsync();
                await session.SignalAsync(Approval.Signals.Approve, new Score(1));
                Session<Approval, Report> same = session;
                IAgent<Plain, (string Topic, int Count), Report> plain = new Plain();
                return await plain.RunAsync(("topic", 1), RunOptions.Default, CancellationToken.None);
            }
        }
        """);

    [Fact]
    public Task A_mistake_in_an_agent_of_hidden_types_is_one_error() => Expect.Source("""
        public static partial class Host
        {
            [Agent]
            private sealed partial class Approval
            {
                private sealed record Hidden(int Value);
                [Action] private Draft Write([Input] string topic) => throw null!;
                [Signal(Timeout = "1.00:00:00")] private partial Task<Hidden> Approve(Draft draft);
                [Signal(Timeout = "1.00:00:00")] private partial Task<Score> {|AF0108:Approve|}([Input] string topic);
                [Action, Result] private Hidden {|AF0211:Publish|}([From(nameof(Approve))] Hidden approve) => throw null!;
            }
        }
        """);
}
