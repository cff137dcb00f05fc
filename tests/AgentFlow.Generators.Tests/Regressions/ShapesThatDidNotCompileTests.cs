using AgentFlow.Generators.Tests.Harness;
using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators.Tests.Regressions;

/// <summary>Sources for which the generated code did not compile, or compiled with warnings.</summary>
public sealed class ShapesThatDidNotCompileTests
{
    private const string Long = "Dictionary<string, Dictionary<string, List<Dictionary<string, List<Dictionary<string, List<Dictionary<string, List<string>>>>>>>>>";

    [Theory]
    [InlineData("a name that ends a line", "[Agent] public sealed partial class Desk { [Action(Name = \"fetch\\nnow <b>\", Title = \"a\\r\\u0085\\u2028\\u2029\\ud800*/\")] private static int Get() => 7; }")]
    [InlineData("predicates that take what surrounds them", "[Agent] public sealed partial class Desk { private static bool Ok(ActionContext context, CancellationToken ct) => true; private static bool Last(int get, ActionContext context, CancellationToken ct) => false; [Action] private static int[] Numbers() => [7]; [Action, Requires(nameof(Ok)), Ensures(nameof(Ok)), ForEach(nameof(Numbers), Until = nameof(Last))] private static int Get([Item] int number) => number; [Action, Result] private static int Sum(int[] get) => get[0]; }")]
    [InlineData("names that differ in case", "[Agent] public sealed partial class Desk { [Action] private static async Task<int> A() { await Task.Yield(); return 3; } [Action(Name = \"b\")] private static async Task<int> a() { await Task.Yield(); return 4; } [Action] private static int Get([From(nameof(A))] int x, [From(nameof(a))] int y) => x + y; }")]
    [InlineData("names of the run's own", "[Agent] public sealed partial class Desk { [Action] private static async Task<int> Start() { await Task.Yield(); return 1; } [Action, Retry(2)] private static int Call(int start) => 1; [Action, Retry(2)] private static int Policy(int call) => 1; [Action, Cache(\"00:01:00\")] private static int Execute(int policy) => 1; [Action] private static string ToString(int execute) => \"3\"; [Action] private static int GetHashCode([From(\"ToString\")] string text) => text.Length + 6; }")]
    [InlineData("inputs whose names tuples keep for themselves", "[Agent] public sealed partial class Desk { [Action] private static int Get([Input] int Item2, [Input] int Rest, [Input] int Equals, [Input] int Item4) => Item2 + Rest + Equals + Item4; }", "1, 2, 3, 1")]
    [InlineData("fifteen inputs", "[Agent] public sealed partial class Desk { [Action] private static int Get([Input] DateTimeOffset a, [Input] DateTimeOffset b, [Input] DateTimeOffset c, [Input] DateTimeOffset d, [Input] DateTimeOffset e, [Input] DateTimeOffset f, [Input] DateTimeOffset g, [Input] DateTimeOffset h, [Input] DateTimeOffset i, [Input] DateTimeOffset j, [Input] DateTimeOffset k, [Input] DateTimeOffset l, [Input] DateTimeOffset m, [Input] DateTimeOffset n, [Input] DateTimeOffset o) => 7; }", "default, default, default, default, default, default, default, default, default, default, default, default, default, default, default")]
    [InlineData("six long inputs", "[Agent] public sealed partial class Desk { [Action] private static int Get([Input] " + Long + " a, [Input] " + Long + " b, [Input] " + Long + " c, [Input] " + Long + " d, [Input] " + Long + " e, [Input] " + Long + " f) => 7; }", "[], [], [], [], [], []")]
    [InlineData("one long input", "[Agent] public sealed partial class Desk { [Action] private static int Get([Input] (" + Long + ", " + Long + ", " + Long + ", " + Long + ", " + Long + ", " + Long + ") a) => 7; }", "default")]
    [InlineData("dynamic", "[Agent(Durable = false)] public sealed partial class Desk { [Action] private static dynamic Make([Input] List<dynamic> of) => of; [Action] private static int Get([From(nameof(Make))] dynamic it) => it is List<object> ? 7 : 0; }", "[]")]
    [InlineData("a result that may be null", "[Agent] public sealed partial class Desk { [Action] [return: System.Diagnostics.CodeAnalysis.MaybeNull] private static string Make() => null; [Action] private static int Get(string? make) => make is null ? 7 : 0; }")]
    [InlineData("no nullable context", "#nullable disable\npublic sealed record Note(string Text = null); [Agent] public sealed partial class Desk { [Action] private static Note Make([Input] string text = null) => new(text); [Action] private static int Get(Note make, [Input] string text = null) => make.Text == null ? 7 : 0; }\n")]
    [InlineData("times longer than timers take", "[Agent, Timeout(\"10675199.02:48:05.4775807\")] public sealed partial class Desk { [Action(Estimate = \"10675199.00:00:00\"), Timeout(\"10675199.02:48:05\", Idle = \"60.00:00:00\"), Retry(3, Delay = \"50.00:00:00\", MaxDelay = \"9999999.00:00:00\")] private static int Make(ActionContext context, CancellationToken ct) => 7; [Action(Estimate = \"10675199.00:00:00\"), Cache(\"10675199.00:00:00\")] private static int Get(int make) => Desk.Graph.SequentialEstimate == TimeSpan.MaxValue ? make : 0; }")]
    [InlineData("a type called var", "[Agent] public sealed partial class Desk { public enum var { A } public sealed record Note(int Of) { public int More { get; init; } } [Action] private static async Task<Note> Make() { await Task.Yield(); return new(7); } [Action, Retry(2)] private static async ValueTask<int[]> Many(Note make, CancellationToken ct) { await Task.Yield(); return [make.Of]; } [Action, ForEach(nameof(Many))] private static int Each([Item] int one) => one; [Action, Result] private static int Get(int[] each) => each[0]; [Tool] public static Note Change(Note note, int by = 1) => note; }")]
    [InlineData("inside a generic host", "public sealed partial class Outer<T> { [Agent] public sealed partial class Desk { [Action] private static async Task<int> Make() { await Task.Yield(); return 7; } [Action] private static int Get(int make) => make; } }", "", "Outer<string>.Desk")]
    [InlineData("overloads", "[Agent] public sealed partial class Desk { [Action] private static string Make() => \"x\"; [Action] private static int Get([From(nameof(Make))] object it) => 7; private static int Get(string it) => 0; }")]
    [InlineData("a precondition of each element", "[Agent] public sealed partial class Desk { private static bool Ok([Item] int number) => number > 0; [Action] private static int[] Numbers() => [7]; [Action, ForEach(nameof(Numbers)), Requires(nameof(Ok))] private static int Each([Item] int number) => number; [Action, Result] private static int Sum(int[] each) => each[0]; }")]
    [InlineData("pairs", "[Agent] public sealed partial class Desk { [Action] private static KeyValuePair<string, int> Make() => new(\"x\", 7); [Action] private static int Get(KeyValuePair<string, int> make) => make.Value; }")]
    public async Task It_compiles_without_a_warning_and_runs(string shape, string source, string arguments = "", string agent = "Desk")
    {
        Assert.NotEmpty(shape);
        Assert.Equal(7, await Compiled.RunAsync($"namespace Demo;\n{source}\n#nullable enable\npublic static class Play {{ public static async Task<object> Run() => await new {agent}().RunAsync({arguments}); }}"));
        Assert.DoesNotContain(await Expect.Analyze((Microsoft.CodeAnalysis.CSharp.CSharpCompilation)Compiled.Of($"namespace Demo;\n{source}").Generated), static d => d.Severity == DiagnosticSeverity.Error);
    }

    [Theory]
    [InlineData("obsolete under an id of its own", "[Agent] public sealed partial class Desk { [Action] [Obsolete(\"x\", DiagnosticId = \"OLD001\")] private static int Get() => 7; }")]
    [InlineData("experimental", "[System.Diagnostics.CodeAnalysis.Experimental(\"EXP001\")] public sealed record Note(int Of); [System.Diagnostics.CodeAnalysis.Experimental(\"EXP002\")] [Agent] public sealed partial class Desk { [Action] [System.Diagnostics.CodeAnalysis.Experimental(\"EXP003\")] private static Note Make() => new(7); [Action] private static int Get(Note make) => make.Of; }")]
    [InlineData("an error to use", "[Obsolete(\"x\", error: true)] [Agent] public sealed partial class Old { [Signal(Timeout = \"1.00:00:00\")] private partial Task<int> Answer(); [Action] private static int Get(int answer) => answer; } [Agent] public sealed partial class Desk { [Action] [Obsolete(\"x\", error: true)] private static int Get() => 7; }")]
    [InlineData("not compliant", "[Agent] public sealed partial class Desk { [Action] private static int Get([Input] uint of = 7) => (int)of; }", "[assembly: CLSCompliant(true)]")]
    public async Task A_consumer_sees_no_warning(string shape, string source, string before = "")
    {
        Assert.NotEmpty(shape);
        Assert.Equal(7, await Compiled.RunAsync($"{before}\nnamespace Demo {{\n{source}\n#pragma warning disable\npublic static class Play {{ public static async Task<object> Run() => await new Desk().RunAsync(); }} }}", asConsumed: true));
    }

    [Theory]
    [InlineData("file sealed record Hidden(int Of); [Agent] public sealed partial class Demo { [Action] private static Hidden {|CS9051:Make|}() => new(7); [Action] private static int {|CS9051:Get|}(Hidden make) => make.Of; }")]
    [InlineData("public sealed partial class Outer<T> { public sealed partial class Mid { public sealed class T; [Agent] public sealed partial class {|AF0203:Demo|} { [Action] private static int Get() => 7; } } }")]
    [InlineData("public sealed partial class Outer<State> { [Agent] public sealed partial class {|AF0203:Demo|} { [Action] private static int Get() => 7; } }")]
    [InlineData("[Agent] public sealed partial class Demo { [Action] private static Task<Task<int>> {|AF0210:Get|}() => null!; }")]
    [InlineData("[Agent] public sealed partial class Demo { [Action] private static Task<IAsyncEnumerable<int>> {|AF0210:Get|}() => null!; }")]
    [InlineData("[Agent] public sealed partial class {|AF0212:Graph|} { [Action] private static int Get() => 7; }")]
    [InlineData("[Agent] public sealed partial class Demo { private int {|AF0212:Graph|} => 1; [Action] private static int Get() => 7; }")]
    [InlineData("public static class Graph { public static int Of => 7; public static string ToMermaid() => \"\"; } [Agent] public sealed partial class Demo { [Action] private static string Get() => {|AF0218:Graph|}.ToMermaid(); }")]
    [InlineData("public static class Graph { public static int Of => 7; } [Agent] public sealed partial class Demo { [Action] private static int Get() => Demo.Graph.ToMermaid().Length + global::Demo.Graph.Of; }")]
    [InlineData("[Agent(MaxIterations = {|AF0311:int.MaxValue|})] public sealed partial class Demo { [Action] private static int Get() => 7; [Until] private static bool Done(int get) => true; }")]
    [InlineData("[Agent] public sealed partial class {|AF0203:Demo|}<T> { [Signal(Timeout = \"1.00:00:00\")] private partial Task<int> Ask([Input] List<T> of); [Action] private static int Get(int ask) => ask; }")]
    [InlineData("public static partial class One { [Agent] public sealed partial class Import { [Action] private static int Get() => 7; } } public static partial class Two { [Agent] public sealed partial class {|AF0220:Import|} { [Action] private static int Get() => 7; } }")]
    [InlineData("public static partial class One { [Agent] public sealed partial class {|AF0220:Import|} { [Action] private static int Get() => 7; } } public static partial class Two { [Agent(Name = \"Import\")] public sealed partial class Other { [Action] private static int Get() => 7; } }")]
    [InlineData("public static partial class One { [Agent(Name = \"Import\")] public sealed partial class Import { [Action] private static int Get() => 7; } } public static partial class Two { [Agent(Name = \"Import\")] public sealed partial class Import { [Action] private static int Get() => 7; } }")]
    [InlineData("public static partial class One { [Agent(Durable = false)] public sealed partial class Import { [Action] private static int Get() => 7; } } public static partial class Two { [Agent] public sealed partial class Import { [Action] private static int Get() => 7; } }")]
    public Task It_is_one_error(string source) => Expect.Source(source);

    [Fact]
    public async Task A_class_with_tools_is_not_called_like_one_of_them()
    {
        var result = Compiled.Of("public sealed partial class GetTool { [Tool] public static int Get() => 7; }");
        Assert.Empty(result.Noise);
        Assert.Equal(["AF0212"], (await Expect.Analyze((Microsoft.CodeAnalysis.CSharp.CSharpCompilation)result.Generated)).Where(static d => d.Severity == DiagnosticSeverity.Error).Select(static d => d.Id));
    }

    [Fact]
    public async Task An_overridden_tool_replaces_that_of_the_base_where_it_stands()
    {
        var result = await Compiled.RunAsync("""
            namespace Demo;
            public partial class Base { [Tool] public virtual string First() => "base"; [Tool] public string Second() => "second"; [Tool] public string Third() => "third"; }
            public sealed partial class Derived : Base { [Tool] public string Fourth() => "fourth"; [Tool(Name = "Uno")] public override string First() => "derived"; }
            public static class Play { public static async Task<object> Run() => string.Join(",", new Derived().Tools.Select(static tool => tool.Name)) + await new Derived().Tools[1].InvokeAsync(); }
            """);
        Assert.Equal("Fourth,Uno,Second,Thirdderived", result);
    }

    [Fact]
    public async Task An_overload_of_an_inherited_tool_needs_a_name()
    {
        var source = "namespace Demo; public partial class Base { [Tool] public string First() => \"\"; } public sealed partial class Derived : Base { [Tool] public string First(int of) => \"\"; }";
        Assert.Equal(["AF0603"], (await Expect.Analyze((Microsoft.CodeAnalysis.CSharp.CSharpCompilation)Compiled.Of(source).Generated)).Where(static d => d.Severity == DiagnosticSeverity.Error).Select(static d => d.Id));
    }

    [Theory]
    [InlineData("private readonly List<int> _seen = []; [Action] int Get() { {|AF0204:_seen|}.Add(1); return 7; }")]
    [InlineData("private readonly Dictionary<string, int> _counts = []; [Action] int Get() { {|AF0204:_counts|}[\"k\"] = 1; {|AF0204:_counts|}[\"k\"]++; return _counts[\"k\"]; }")]
    [InlineData("private readonly int[] _counts = [1]; [Action] int Get() { {|AF0204:_counts|}[0] += 1; return 7; }")]
    [InlineData("private Queue<int> Seen { get; } = new(); [Action] int Get() { {|AF0204:Seen|}.Enqueue(1); return 7; }")]
    [InlineData("private readonly List<int> _seen = []; [Action] int Get() { lock (_seen) { _seen.Add(1); } return _seen.Count; }")]
    [InlineData("private readonly System.Collections.Concurrent.ConcurrentQueue<int> _seen = []; [Action] int Get() { _seen.Enqueue(1); return 7; }")]
    [InlineData("[Action] int Get() { var seen = new List<int>(); seen.Add(1); return seen[0]; }")]
    public Task A_collection_that_runs_share_is_state(string members) => Expect.Members(members);

    [Fact]
    public Task A_collection_that_was_handed_in_is_not() => Expect.Source("[Agent] public sealed partial class Demo(List<int> log) { private readonly List<int> _log = log; [Action] void Get() { _log.Add(1); log.Add(2); } }");

    [Fact]
    public void An_action_and_its_condition_are_one_edge()
    {
        var model = Expect.ModelOf("[Action] static Article Fetch() => null!; static bool Ok(Article fetch) => true; [Action, When(nameof(Ok))] static Paper? Read(Article fetch) => null; [Action] static void Put(Paper? read) { }");
        Assert.Single(new Graph.Topology(model).Edges, static edge => edge is { From: 0, To: 1 });
    }
}
