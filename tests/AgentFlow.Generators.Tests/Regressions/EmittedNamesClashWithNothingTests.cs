using System.Text;
using AgentFlow.Generators.Tests.Harness;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentFlow.Generators.Tests.Regressions;

/// <summary>
/// Every identifier that the generators emit is also the name of a user's type, member, parameter, namespace. They are read from the emitted text, so that a new
/// one is covered when it is first written. What a contract name cannot help is an error of AgentFlow's own, and never the compiler's.
/// </summary>
public sealed class EmittedNamesClashWithNothingTests
{
    private const string Usings = "using System; using System.Collections.Generic; using System.Threading; using System.Threading.Tasks; using AgentFlow;\n";

    /// <summary>Agents and tools that make the generators write all they can.</summary>
    private const string Everything = """
        namespace Demo
        {
            public sealed record Page(string Text, byte Level = 1, Page? Next = null);
            public sealed record Note { public string Text { get; set; } = ""; public required int Rank { get; init; } public Kind Kind { get; set; } }
            public enum Kind { Short, Long }
            [Agent(MaxIterations = 3), Timeout("00:01:00"), Budget(Actions = 100)]
            public sealed partial class Loops(IDisposable? start)
            {
                private readonly IDisposable? _start = start;
                private bool Ok(Page fetch, ActionContext context, CancellationToken ct) => fetch is not null && _start is null;
                private static bool Fits([Input] string topic) => topic.Length > 0;
                private static Page Other(Exception error, [Input] string topic) => new(topic + error.Message);
                private static void Undo(Page fetch) { }
                [Action, Requires(nameof(Fits)), Retry(2, On = [typeof(TimeoutException)]), Timeout("00:00:10", Idle = "00:00:05"), Fallback(nameof(Other)), Cache("00:01:00"), Delay("00:00:00.001"), Compensate(nameof(Undo))]
                private async Task<Page> Fetch([Input] string topic, [Previous(nameof(Fetch))] Page? last, ActionContext context, CancellationToken ct) { await Task.Yield(); return new(topic); }
                [Action, When(nameof(Ok))] private static ValueTask<int> Count(Page fetch) => new(1);
                [Action] private static async IAsyncEnumerable<int> Numbers() { await Task.Yield(); yield return 3; }
                private static bool Enough(int each, CancellationToken ct) => each > 5;
                [Action, ForEach(nameof(Numbers), Until = nameof(Enough), AllowPartialFailure = true)] private static int Each([Item] int number, [Service] IServiceProvider services) => number;
                [Action(Mode = ActionMode.FireAndForget)] private static void Tell(Page fetch, [Input] int more = 7) { }
                [Action, Result] private static Note Finish([From(nameof(Fetch), nameof(Late), Take = Take.First, CancelOthers = true)] Page page, int[] each, int? count) => new() { Rank = 1 };
                [Action] private static Page Late([Input] string topic) => new(topic);
                [Until] private static bool Done(Note finish) => true;
            }
            [Agent, AgentFlow.Tool]
            public sealed partial class Plain
            {
                [Action] private static Page Fetch([Input] string topic, [Input] (int A, string B) pair, [Input] Dictionary<string, Note>? notes = null) => new(topic);
                [Action(Effect = Effect.AtMostOnce), Optional] private static Task Send(Page fetch) => Task.CompletedTask;
                [Signal(Timeout = "1.00:00:00")] private partial Task<bool> Approve(Page fetch);
                [Action, Result] private static Note Finish(Page fetch, bool approve) => new() { Rank = approve ? 1 : 2 };
                [Upcast(nameof(Finish))] private static Note Read(int old) => new() { Rank = old };
            }
            public sealed partial class Toolbox
            {
                [AgentFlow.Tool(Approval = ApprovalPolicy.Required)] public Task<Note> Look(Page page, Note[] notes, Kind kind = Kind.Long, byte level = 2, CancellationToken ct = default) => Task.FromResult(new Note { Rank = 1 });
                [AgentFlow.Tool] public static (int, string) Pair(Dictionary<string, int> of, DateTime? at, ActionContext context, IServiceProvider services) => (1, "");
                [AgentFlow.Tool] public async IAsyncEnumerable<Kind> Kinds() { await Task.Yield(); yield return Kind.Short; }
                [AgentFlow.Tool] public void Nothing([Service] IDisposable service, [Service(Key = "k")] IDisposable? keyed) { }
            }
        }
        """;

    /// <summary>Names that a user cannot give to anything without breaking the sources here, whatever is generated.</summary>
    private static readonly HashSet<string> Unusable = ["global", "System", "AgentFlow", "Microsoft", "Demo", "var", "value", "_"];

    private static readonly string[] Identifiers = FindIdentifiers();

    /// <summary>Those that are tried: every one with <c>AGENTFLOW_LONG_TESTS=1</c>, which takes minutes; otherwise a part of them.</summary>
    private static readonly string[] Tried =
        Environment.GetEnvironmentVariable("AGENTFLOW_LONG_TESTS") == "1" ? Identifiers : [.. Identifiers.Where(static (_, i) => i % 10 == 0)];

    [Fact]
    public void The_corpus_makes_the_generators_write_what_they_can()
    {
        Assert.True(Identifiers.Length > 250, $"{Identifiers.Length} identifiers");
        Assert.Contains("InputValues", Identifiers);
        Assert.Contains("JsonContracts", Identifiers);
        Assert.Contains("__AgentFlow", Identifiers);
    }

    [Fact]
    public Task Types_beside_the_agent() => Check(Tried, static name => $$"""
        namespace Demo.N_{{name}}
        {
            public sealed class @{{name}} { public static int Of { get; } = 1; public static @{{name}} New() => new(); public @{{name}} Self => this; }
            [Agent(Name = "D_{{name}}")]
            public sealed partial class Desk_
            {
                [Action] private static @{{name}} First_([Input] int start_) => @{{name}}.New();
                [Signal(Timeout = "1.00:00:00")] private partial Task<bool> Answer_(@{{name}} first_);
                [Action] private int Last_(@{{name}} first_, bool answer_) { @{{name}} other = first_.Self; return @{{name}}.Of + typeof(@{{name}}).Name.Length + (answer_ ? 1 : 0); }
                [Tool] public @{{name}} Look_(@{{name}} what_, int count_ = 1) => new @{{name}}();
            }
        }
        """);

    [Fact]
    public Task Namespaces_within_the_agents() => Check(Tried, static name => $$"""
        namespace Demo.N_{{name}}
        {
            namespace @{{name}} { public sealed record Thing_(int Of); }
            [Agent(Name = "D_{{name}}")]
            public sealed partial class Desk_
            {
                [Action] private static @{{name}}.Thing_ First_([Input] int start_) => new(start_);
                [Action] private static int Last_(@{{name}}.Thing_ first_) => new @{{name}}.Thing_(first_.Of).Of;
                [Tool] public @{{name}}.Thing_ Look_(@{{name}}.Thing_ what_) => what_;
            }
        }
        """);

    [Fact]
    public Task Types_within_the_agent() => Check(Tried, static name => $$"""
        namespace Demo
        {
            [Agent]
            public sealed partial class Desk_{{name}}
            {
                public sealed record @{{name}}(int Of_);
                [Action] private static @{{name}} First_([Input] int start_) => new(start_);
                [Action] private static int Last_(@{{name}} first_) => first_.Of_;
                [Tool] public @{{name}} Look_(@{{name}} what_) => what_;
            }
        }
        """);

    [Fact]
    public Task Actions_and_their_inputs() => Check(Tried, static name => $$"""
        namespace Demo
        {
            [Agent]
            public sealed partial class Desk_{{name}}
            {
                [Action] private async Task<int> @{{name}}([Input] string @{{name}}, [Input] int other_ = 1) { await Task.Yield(); return @{{name}}.Length; }
                [Action, Retry(2)] private int Last_([From(nameof(Desk_{{name}}.@{{name}}))] int @{{name}}) => @{{name}};
            }
        }
        """);

    [Fact]
    public Task Policied_actions_and_predicates() => Check(Tried, static name => $$"""
        namespace Demo
        {
            [Agent]
            public sealed partial class Desk_{{name}}
            {
                private static bool @{{name}}([Input] string @{{name}}) => @{{name}}.Length > 0;
                private static string Other_([Input] string @{{name}}, Exception error_) => @{{name}};
                [Action, When(nameof(Desk_{{name}}.@{{name}})), Requires(nameof(Desk_{{name}}.@{{name}})), Fallback(nameof(Other_)), Cache("00:01:00")] private static string? First_([Input] string @{{name}}) => @{{name}};
                [Action(Mode = ActionMode.FireAndForget)] private static void Last_([From(nameof(First_))] string? @{{name}}) { }
            }
        }
        """);

    [Fact]
    public Task Fields_and_properties_of_the_agent() => Check(Tried, static name => $$"""
        namespace Demo
        {
            [Agent]
            public sealed partial class Desk_{{name}}
            {
                private int @{{name}} => 5;
                [Action] private async ValueTask<int> First_([Input] int start_) { await Task.Yield(); return @{{name}} + start_; }
                [Tool] public int Look_(int what_) => @{{name}} + what_;
            }
        }
        """);

    [Fact]
    public Task Signals() => Check(Tried, static name => $$"""
        namespace Demo
        {
            [Agent]
            public sealed partial class Desk_{{name}}
            {
                [Signal(Timeout = "1.00:00:00")] private partial Task<bool> @{{name}}([Input] int @{{name}});
                [Action] private static int Last_([From(nameof(Desk_{{name}}.@{{name}}))] bool answer_) => answer_ ? 1 : 0;
            }
        }
        """);

    [Fact]
    public Task Tools_their_parameters_and_members() => Check(Tried, static name => $$"""
        namespace Demo
        {
            public sealed record Thing_{{name}}(int @{{name}}) { public string? @{{name}}2 { get; set; } }
            public sealed partial class Desk_{{name}}
            {
                [Tool] public Task<Thing_{{name}}> @{{name}}(Thing_{{name}} @{{name}}, int other_ = 1, ActionContext context_ = default, CancellationToken ct_ = default) => Task.FromResult(@{{name}});
                [Tool] public static Thing_{{name}} Static_(Thing_{{name}} @{{name}}) => @{{name}};
            }
        }
        """);

    [Fact]
    public Task Agents_and_classes_with_tools() => Check(Tried, static name => $$"""
        namespace Demo.N_{{name}}
        {
            [Agent(Name = "A_{{name}}"), Tool] public sealed partial class @{{name}} { [Action] private static int First_([Input] int start_) => start_; [Signal(Timeout = "1.00:00:00")] private partial Task<bool> Second_(int first_); [Action] private static int Third_(bool second_) => 1; }
        }
        namespace Demo.M_{{name}}
        {
            public sealed partial class @{{name}} { [Tool] public int First_(int start_) => start_; }
        }
        """);

    [Fact]
    public Task Type_parameters_of_hosts() => Check(Tried, static name => $$"""
        namespace Demo
        {
            public partial class Host_{{name}}<@{{name}}>
            {
                [Agent(Name = "B_{{name}}")] public sealed partial class Desk_ { [Action] private static async Task<int> First_([Input] int start_) { await Task.Yield(); return start_; } }
                [Agent(Name = "C_{{name}}", Durable = false)] public sealed partial class Table_ { [Action] private static @{{name}} First_([Input] @{{name}} start_) => start_; [Tool] public int Look_(int what_) => what_; }
            }
        }
        """);

    [Fact]
    public async Task Reserved_names_are_refused_where_they_are_declared()
    {
        var names = Identifiers.Where(static name => name.StartsWith("__AgentFlow", StringComparison.Ordinal)).ToList();
        Assert.Contains("__AgentFlowSignals", names);
        Assert.Contains("__AgentFlowTools", names);
        foreach (var name in names)
        {
            foreach (var declaration in new[] { $"namespace Demo {{ public class {name}; }}", $"namespace Demo.{name} {{ public class Thing; }}", $"namespace Demo {{ public class Thing {{ private readonly int {name} = 1; public int Of() => {name}; }} }}" })
            {
                var found = await Expect.Analyze(Compilations.Generated(Compilations.Of(Usings + declaration)));
                Assert.Contains("AF0219", found.Select(static d => d.Id));
            }
        }
    }

    private static string[] FindIdentifiers()
    {
        var compilation = Compilations.Of(Usings + Everything);
        var generated = Compilations.AsConsumed(compilation);
        Assert.Empty(generated.GetDiagnostics().Where(static d => d.Severity == DiagnosticSeverity.Error));
        Assert.Equal(4, generated.SyntaxTrees.Length - compilation.SyntaxTrees.Length);
        return
        [
            .. generated.SyntaxTrees.Skip(1)
                .SelectMany(static tree => tree.GetRoot().DescendantTokens())
                .Where(static token => token.IsKind(SyntaxKind.IdentifierToken))
                .Select(static token => token.ValueText)
                .Where(static name => !Unusable.Contains(name))
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>One file a name, in one compilation: no error and no warning in what is generated, or an error of AgentFlow's in the file, and none of the compiler's beside it.</summary>
    private static async Task Check(IEnumerable<string> names, Func<string, string> source)
    {
        var ct = TestContext.Current.CancellationToken;
        var all = names.Where(static name => !name.StartsWith("__AgentFlow", StringComparison.Ordinal)).ToArray();
        var files = all.Select(name => Usings + source(name)).ToArray();

        // A name that a source cannot have in that place says so without any generator.
        var bare = Compilations.Of(files);
        var invalid = bare.GetDiagnostics(ct)
            .Where(static d => d.Severity == DiagnosticSeverity.Error && d.Id is not ("CS8795" or "CS9248"))
            .Select(static d => d.Location.SourceTree!.FilePath)
            .ToHashSet();
        var usable = bare.RemoveSyntaxTrees(bare.SyntaxTrees.Where(tree => invalid.Contains(tree.FilePath)));
        Assert.True(invalid.Count < 12, string.Join('\n', bare.GetDiagnostics(ct).Where(static d => d.Severity == DiagnosticSeverity.Error).Take(5)));

        var generated = Compilations.Generated(usable);
        var found = await Expect.Analyze(generated);
        var refused = found.Where(static d => d.Severity == DiagnosticSeverity.Error).ToLookup(static d => d.Location.SourceTree!.FilePath);
        var broken = new StringBuilder();
        foreach (var diagnostic in generated.GetDiagnostics(ct))
        {
            var isTheirs = usable.ContainsSyntaxTree(diagnostic.Location.SourceTree!);
            if (diagnostic.Severity < (isTheirs ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning))
            {
                continue;
            }

            // What AF0218 says is that the code means something else now: what follows from that is not said in its place.
            if (isTheirs && refused[diagnostic.Location.SourceTree!.FilePath].Any(static d => d.Id == "AF0218"))
            {
                continue;
            }

            broken.AppendLine(System.Globalization.CultureInfo.InvariantCulture, $"{diagnostic} :: {diagnostic.Location.SourceTree!.GetText(ct).Lines.GetLineFromPosition(diagnostic.Location.SourceSpan.Start)}");
        }

        Assert.True(broken.Length == 0, broken.ToString(0, Math.Min(broken.Length, 12_000)));

        // Names of the contract may be refused. All others are anybody's.
        var wrongly = found.Where(static d => d.Severity == DiagnosticSeverity.Error && d.Id is not ("AF0212" or "AF0218" or "AF0203" or "AF0605")).ToList();
        Assert.True(wrongly.Count == 0, string.Join('\n', wrongly.Take(10)));
        Assert.True(refused.Count < 24, string.Join('\n', refused.Select(static file => file.First().ToString())));
    }
}
