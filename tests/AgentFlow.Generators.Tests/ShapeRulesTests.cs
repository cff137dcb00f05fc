namespace AgentFlow.Generators.Tests;

/// <summary>AF02xx: agents and actions that code cannot be generated for, and attributes out of place.</summary>
public sealed class ShapeRulesTests
{
    [Fact]
    public Task AF0201_not_partial() => Expect.Source("""
        [Agent]
        public class {|AF0201:Lone|}
        {
            [Action] Report Write() => throw null!;
        }
        """);

    [Fact]
    public Task AF0202_a_host_that_is_not_partial() => Expect.Source("""
        public partial class Outer
        {
            public class {|AF0202:Inner|}
            {
                [Agent]
                public partial class Nested
                {
                    [Action] Report Write() => throw null!;
                }
            }
        }
        """);

    [Theory]
    [InlineData("public static partial class {|AF0203:A|} { [Action] static Report Write() => throw null!; }")]
    [InlineData("public abstract partial class {|AF0203:A|} { [Action] Report Write() => throw null!; }")]
    [InlineData("public partial class {|AF0203:A|}<T> { [Action] Report Write() => throw null!; }")]
    [InlineData("file partial class {|AF0203:A|} { [Action] Report Write() => throw null!; }")]
    public Task AF0203_the_wrong_kind(string type) => Expect.Source("[Agent] " + type);

    [Theory]
    [InlineData("internal partial class A { [Action] Report Write() => throw null!; }")]
    [InlineData("public partial record A(int Count) { [Action] Report Write() => throw null!; }")]
    [InlineData("public partial class A : List<int> { [Action] static Report Write() => throw null!; }")]
    public Task The_right_kind(string type) => Expect.Source("[Agent] " + type);

    [Fact]
    public Task AF0207_async_void() => Expect.Members("""
        [Action] async void {|AF0207:Save|}() => await Task.Yield();
        [Action] async Task Other() => await Task.Yield();
        [Action] void Plain() { }
        """);

    [Fact]
    public Task AF0208_by_reference() => Expect.Members("""
        [Action] Article A([Input] ref int {|AF0208:count|}) => throw null!;
        [Action] Report B(in Article {|AF0208:article|}) => throw null!;
        """);

    [Fact]
    public Task AF0209_generic() => Expect.Members("""
        [Action, When(nameof(Open))] Task {|AF0209:Fetch|}<T>() => throw null!;
        bool {|AF0209:Open|}<T>() => true;
        """);

    [Theory]
    [InlineData("[Action] T {|AF0209:Fetch|}<T>([Input] T value) => throw null!;")]
    [InlineData("[Action] Task<List<T>> {|AF0209:Fetch|}<T>() => throw null!;")]
    [InlineData("[Action] Span<int> {|AF0210:Fetch|}() => throw null!;")]
    public Task A_result_that_cannot_be_is_one_mistake(string action) => Expect.Members(action);

    [Fact]
    public Task AF0210_what_cannot_be_kept() => Expect.Members("""
        [Action] Span<int> {|AF0210:Fetch|}() => throw null!;
        [Action] Report Write([Input] ReadOnlySpan<char> {|AF0210:text|}, ReadOnlyMemory<char> {|AF0102:memory|}) => throw null!;
        [Action] unsafe Task Point([Input] int* {|AF0210:pointer|}) => throw null!;
        """);

    [Fact]
    public Task AF0211_less_accessible() => Expect.Source("""
        internal sealed class Hidden;

        [Agent]
        public partial class Open
        {
            [Action] Hidden[] {|AF0211:Make|}([Input] Hidden {|AF0211:hidden|}) => throw null!;
        }

        [Agent]
        internal partial class Closed
        {
            [Action] Hidden Make([Input] Hidden hidden) => throw null!;
        }

        [Agent]
        public partial class Inner
        {
            private sealed record Step;
            [Action] Step First() => throw null!;
            [Action] Report Last(Step step) => throw null!;
        }
        """);

    [Fact]
    public Task AF0212_names_that_are_generated() => Expect.Source("""
        [Agent]
        public partial class Clash
        {
            public int {|AF0212:Graph|} => 1;
            [Action] Report {|AF0212:RunAsync|}() => throw null!;
        }

        [Agent]
        public partial class Fine
        {
            public int MyState => 1;
            [Action] Report Write() => throw null!;
        }
        """);

    [Theory]
    [InlineData("public int Graph => 1;")]
    [InlineData("public void Graph() { }")]
    [InlineData("protected sealed class StreamAsync;")]
    [InlineData("public const int RunAsync = 1;")]
    [InlineData("public virtual Task RunAsync(string topic, CancellationToken ct) => Task.CompletedTask;")]
    [InlineData("public void StreamAsync(string topic, RunOptions options, CancellationToken ct) { }")]
    public async Task AF0212_names_that_are_inherited(string member)
    {
        var found = await Expect.Analyze(Compilations.Of($$"""
            using System.Threading;
            using System.Threading.Tasks;
            using AgentFlow;

            public class Lender
            {
                {{member}}
            }

            [Agent]
            public partial class Borrower : Lender
            {
                [Action] string Write([Input] string topic) => topic;
            }
            """));
        var clash = Assert.Single(found);
        Assert.Equal("AF0212", clash.Id);
        Assert.Contains("rename the one that it inherits from 'Lender'", clash.GetMessage(), StringComparison.Ordinal);
        Assert.Single(clash.AdditionalLocations);
    }

    [Theory]
    [InlineData("private int Graph => 1;")]
    [InlineData("public int State => 1;")]
    [InlineData("protected sealed class Run;")]
    [InlineData("public struct Graph<T>;")]
    [InlineData("public Task RunAsync(int topic, CancellationToken ct) => Task.CompletedTask;")]
    [InlineData("public Task RunAsync() => Task.CompletedTask;")]
    [InlineData("public Task RunAsync<T>(string topic, CancellationToken ct) => Task.CompletedTask;")]
    public Task AF0212_is_silent_about_what_is_not_hidden(string member) => Expect.Source($$"""
        public class Lender
        {
            {{member}}
        }

        [Agent]
        public partial class Borrower : Lender
        {
            [Action] Report Write([Input] string topic) => throw null!;
        }
        """);

    [Fact]
    public Task AF0217_a_keyed_service_without_its_package() => Expect.Members("""
        [Action] Report Write([Service(Key = {|AF0217:"fast"|})] IFormatProvider format, [Service] IServiceProvider other) => throw null!;
        """);

    [Fact]
    public async Task A_keyed_service_with_its_package()
    {
        var compilation = Compilations.Generated(Compilations.Of("""
            using System;

            namespace Demo
            {
                [AgentFlow.Agent]
                public partial class Keyed
                {
                    [AgentFlow.Action] string Write([AgentFlow.Service(Key = "fast")] IFormatProvider format, [AgentFlow.Service(Key = "slow")] IFormatProvider? other) => "";
                }
            }

            namespace Microsoft.Extensions.DependencyInjection
            {
                public static class ServiceProviderKeyedServiceExtensions
                {
                    public static T? GetKeyedService<T>(this IServiceProvider services, object? key) => default;
                    public static T GetRequiredKeyedService<T>(this IServiceProvider services, object? key) where T : notnull => throw null!;
                }
            }
            """));
        Assert.Empty(await Expect.Analyze(compilation));
        Assert.Empty(compilation.GetDiagnostics(TestContext.Current.CancellationToken).Where(static diagnostic => diagnostic.Severity >= Microsoft.CodeAnalysis.DiagnosticSeverity.Warning));
    }

    [Fact]
    public async Task AF0213_an_explicit_implementation()
    {
        var found = await Expect.Source("""
            public interface IReader { Article Read(); }

            [Agent]
            public partial class {|AF0213:Borrower|} : IReader
            {
                [Action] Article IReader.Read() => throw null!;
                [Action] Report Write() => throw null!;
            }
            """);
        Assert.Contains("mark a method that calls it", found[0].GetMessage(), StringComparison.Ordinal);
    }

    [Fact]
    public Task AF0213_an_action_the_agent_cannot_call() => Expect.Source("""
        public class Lender
        {
            [Action] private Article Fetch() => throw null!;
            [Action] protected Paper Read() => throw null!;
        }

        [Agent]
        public partial class {|AF0213:Borrower|} : Lender
        {
            [Action] Report Write(Paper paper) => throw null!;
        }
        """);

    [Fact]
    public Task AF0214_policies_on_what_is_no_action() => Expect.Members("""
        [Action] Report Write() => throw null!;
        [{|AF0214:Retry(3)|}, {|AF0214:DependsOn(nameof(Write))|}] Task Other() => throw null!;
        """);

    [Fact]
    public Task AF0214_functions_within_methods() => Expect.Members("""
        [Action] Article Fetch()
        {
            [{|AF0214:Action|}, {|AF0214:Retry(3)|}] static int Count([{|AF0214:Input|}] int n) => n;
            Func<int, int> twice = [{|AF0214:Optional|}] [return: {|AF0214:Sensitive|}] (n) => 2 * n;
            Func<int, int> plain = [System.Diagnostics.CodeAnalysis.SuppressMessage("a", "b")] static (n) => n;
            return new(twice(plain(Count(1))).ToString());
        }
        """);

    [Fact]
    public Task AF0214_bindings_that_nobody_reads() => Expect.Members("""
        [Action, When(nameof(Open))] Report? Write() => throw null!;
        bool Open([Input] bool open) => open;
        void Other([{|AF0214:Input|}] int count) { }
        """);

    [Fact]
    public Task AF0214_two_bindings() => Expect.Members("""
        [Action] Article Fetch() => throw null!;
        [Action] Report Write([Input, {|AF0214:From(nameof(Fetch))|}] Article article) => throw null!;
        """);

    [Fact]
    public Task AF0214_policies_of_an_agent() => Expect.Source("""
        [{|AF0214:Budget(Actions = 3)|}, {|AF0214:Timeout("00:00:01")|}]
        public class Plain;
        """);

    [Fact]
    public Task AF0214_a_step_that_ends_the_loop() => Expect.Source("""
        [Agent(MaxIterations = 2)]
        public sealed partial class Loop
        {
            [Action] Score Judge() => throw null!;
            [Action, {|AF0214:Until|}] bool Done(Score score) => true;
        }
        """);

    [Fact]
    public Task AF0215_steps_outside_agents() => Expect.Source("""
        public sealed class Plain
        {
            [{|AF0215:Action|}] Report Write() => throw null!;
            [{|AF0215:Until|}] bool Done() => true;
        }

        public abstract class MayBecomeOne
        {
            [Action] protected Report Write() => throw null!;
            protected bool Open([Input] bool open) => open;
        }
        """);

    [Fact]
    public Task AF0216_no_actions() => Expect.Source("""
        [Agent]
        public partial class {|AF0216:Idle|};
        """);

    [Fact]
    public Task Actions_of_base_classes_are_actions() => Expect.Source("""
        public abstract class Lender
        {
            [Action] protected abstract Article Fetch([Input] string topic);
            protected bool Open(Article article) => true;
        }

        [Agent]
        public partial class Borrower : Lender
        {
            protected override Article Fetch(string topic) => throw null!;
            [Action, When(nameof(Open))] Report? Write(Article article) => throw null!;
        }
        """);

    [Theory]
    [InlineData("public static class Graph { public static int Of => 7; } [Agent] public sealed partial class Demo { [Action] private static string Get() => {|AF0218:Graph|}.ToMermaid(); }")]
    [InlineData("public static class Graph { public static int Of => 7; } [Agent] public sealed partial class Demo { [Action] private static int Get() => Demo.Graph.ToMermaid().Length + global::Demo.Graph.Of; }")]
    [InlineData("public static class Other { public static int Of => 7; } [Agent] public sealed partial class Demo { [Action] private static string Get() => Graph.ToMermaid(); }")]
    public Task AF0218_names_that_are_taken_over(string source) => Expect.Source(source);

    [Theory]
    [InlineData("public sealed class {|AF0219:__AgentFlowCache|};")]
    [InlineData("public sealed class Cache { private readonly int {|AF0219:__AgentFlow_|} = 7; public int Of() => __AgentFlow_; }")]
    [InlineData("public sealed class __Cache;")]
    public Task AF0219_names_that_are_reserved(string source) => Expect.Source(source);

    [Theory]
    [InlineData("public static partial class One { [Agent] public sealed partial class Import { [Action] private static int Get() => 7; } } public static partial class Two { [Agent] public sealed partial class {|AF0220:Import|} { [Action] private static int Get() => 7; } }")]
    [InlineData("public static partial class One { [Agent(Name = \"Import\")] public sealed partial class Import { [Action] private static int Get() => 7; } } public static partial class Two { [Agent(Name = \"Import\")] public sealed partial class Import { [Action] private static int Get() => 7; } }")]
    public Task AF0220_two_agents_with_one_id(string source) => Expect.Source(source);
}
