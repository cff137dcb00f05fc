using AgentFlow.Generators.Tests.Harness;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AgentFlow.Generators.Tests.Regressions;

/// <summary>Names that generated code has uses for, and texts that end a line of C# or break XML, turned into errors in generated code.</summary>
public sealed class NamesAndTextsOfUsersTests
{
    /// <summary>What ends a line of C#, a comment, a string or an element.</summary>
    private const string Odd = "a\u0085b\u2028c\u2029d\re\nf\"g\\h*/i-->j</summary>k&l{m}n";

    [Fact]
    public async Task A_class_may_be_called_like_the_signals_of_an_agent() => Assert.Equal(10, await Compiled.RunAsync("""
        namespace Demo;
        public static class DeskSignals { public static int Seven => 7; }
        public sealed class DeskSession { public static int Two => 2; }
        [Agent]
        public sealed partial class Desk
        {
            [Signal(Timeout = "1.00:00:00")] private partial Task<int> Ask();
            [Action] private static int Get(int ask) => ask + DeskSignals.Seven + DeskSession.Two;
        }
        public static class Play
        {
            public static async Task<object> Run()
            {
                await using var runtime = new AgentRuntime(new MemorySessionStore());
                var session = await runtime.StartAsync(new Desk(), default);
                await session.AskAsync(1);
                return await session.Result;
            }
        }
        """));

    [Fact]
    public async Task A_tool_may_be_called_As() => Assert.Equal("7 8 9", await Compiled.RunAsync("""
        namespace Demo;
        public sealed partial class Box { [Tool] public static int As(int of) => of + 1; }
        [Agent, Tool]
        public sealed partial class Desk
        {
            [Action] private static int Get([Input] int of) => of + 2;
            [Tool] public static int As(int of) => of + 3;
        }
        public static class Play
        {
            public static async Task<object> Run()
            {
                var box = await Box.Tools[0].InvokeAsync(new() { ["of"] = 6 });
                var agent = await new Desk().AsTool().InvokeAsync(new() { ["of"] = 6 });
                var tool = await Desk.Tools[0].InvokeAsync(new() { ["of"] = 6 });
                return $"{box} {agent} {tool}";
            }
        }
        """));

    [Theory]
    [InlineData("public partial class Outer<T> { public partial class Inner<T> { [Agent(Durable = false)] public sealed partial class {|AF0203:Demo|} { [Action] private static int Get([Service] T of) => 7; } } }")]
    [InlineData("public partial class Outer<T> { public partial class Mid { public partial class Inner<U, T> { [Agent(Durable = false)] public sealed partial class {|AF0203:Demo|} { [Action] private static int Get() => 7; } } } }")]
    public Task A_type_parameter_that_hides_another_is_one_error(string source) => Expect.Source(source);

    [Fact]
    public async Task Agents_within_a_generic_type_have_sessions() => Assert.Equal("String x2 3", await Compiled.RunAsync("""
        namespace Demo;
        public partial class Outer<T> where T : notnull
        {
            [Agent(Name = "Outer.Desk")]
            public sealed partial class Desk
            {
                [Signal(Timeout = "1.00:00:00")] private partial Task<string> Ask([Input] string of);
                [Action] private static string Get([Input] string of, string ask) => $"{typeof(T).Name} {of}{ask}";
            }
        }
        public static class Play
        {
            public static async Task<object> Run()
            {
                await using var store = new MemorySessionStore();
                string id;
                await using (var first = new AgentRuntime(store))
                {
                    var session = await first.StartAsync(new Outer<string>.Desk(), "x");
                    id = session.Id;
                    await session.WaitAsync();
                }

                await using var second = new AgentRuntime(store);
                var resumed = await second.ResumeAsync(new Outer<string>.Desk(), id);
                await resumed.SignalAsync(Outer<string>.Desk.Signals.Ask, "2");
                var text = await resumed.Result;
                string conflict;
                try
                {
                    await second.StartAsync(new Outer<int>.Desk(), "y");
                    conflict = "none";
                }
                catch (AgentIdConflictException)
                {
                    conflict = "3";
                }

                return $"{text} {conflict}";
            }
        }
        """));

    [Theory]
    [InlineData("a description of a tool", "public static partial class Box { [Tool, System.ComponentModel.Description(ODD)] public static int Look(int at) => at; } public static class Play { public static Task<object> Run() => Task.FromResult<object>(Box.Tools[0].Description); }")]
    [InlineData("a description of a parameter", "public static partial class Box { [Tool] public static int Look([System.ComponentModel.Description(ODD)] int at) => at; } public static class Play { public static Task<object> Run() => Task.FromResult<object>(Box.Tools[0].JsonSchema.GetProperty(\"properties\").GetProperty(\"at\").GetProperty(\"description\").GetString()!); }")]
    [InlineData("a description of a property", "public sealed record Page([property: System.ComponentModel.Description(ODD)] int At); public static partial class Box { [Tool] public static int Look(Page page) => page.At; } public static class Play { public static Task<object> Run() => Task.FromResult<object>(Box.Tools[0].JsonSchema.GetProperty(\"properties\").GetProperty(\"page\").GetProperty(\"properties\").GetProperty(\"at\").GetProperty(\"description\").GetString()!); }")]
    [InlineData("the JSON name of a property", "public sealed record Page([property: System.Text.Json.Serialization.JsonPropertyName(ODD)] int At); public static partial class Box { [Tool] public static int Look(Page page) => page.At; } public static class Play { public static Task<object> Run() => Task.FromResult<object>(Box.Tools[0].JsonSchema.GetProperty(\"properties\").GetProperty(\"page\").GetProperty(\"properties\").EnumerateObject().Single().Name); }")]
    [InlineData("the JSON name of a choice", "public enum Kind { [System.Text.Json.Serialization.JsonStringEnumMemberName(ODD)] Odd } public static partial class Box { [Tool] public static int Look(Kind kind) => 1; } public static class Play { public static Task<object> Run() => Task.FromResult<object>(Box.Tools[0].JsonSchema.GetProperty(\"properties\").GetProperty(\"kind\").GetProperty(\"enum\")[0].GetString()!); }")]
    [InlineData("the JSON name of what is recorded", "public sealed record Page([property: System.Text.Json.Serialization.JsonPropertyName(ODD)] string At); [Agent] public sealed partial class Desk { [Action] private static Page Get() => new(ODD); } public static class Play { public static async Task<object> Run() { await using var runtime = new AgentRuntime(new MemorySessionStore()); return (await (await runtime.StartAsync(new Desk(), default)).Result).At; } }")]
    [InlineData("the name of an action", "[Agent(Durable = false)] public sealed partial class Desk { [Action(Name = ODD)] private static int Get() => 7; } public static class Play { public static Task<object> Run() => Task.FromResult<object>(Desk.Graph.Actions[0].Name); }")]
    [InlineData("the name of an agent", "[Agent(Name = ODD, Durable = false)] public sealed partial class Desk { [Action] private static int Get() => 7; } public static class Play { public static Task<object> Run() => Task.FromResult<object>(Desk.Graph.Name); }")]
    [InlineData("the name of a signal", "[Agent] public sealed partial class Desk { [Signal(Name = ODD, Timeout = \"1.00:00:00\")] private partial Task<int> Ask(); [Action] private static int Get([From(nameof(Ask))] int ask) => ask; } public static class Play { public static Task<object> Run() => Task.FromResult<object>(Desk.Graph.Actions.Single(a => a.IsSignal).Name); }")]
    [InlineData("a default", "public static partial class Box { [Tool] public static string Look(string at = ODD) => at; } public static class Play { public static async Task<object> Run() => (await Box.Tools[0].InvokeAsync(new()))!.ToString()!; }")]
    [InlineData("what a constant says", "/// <summary>a&#x2028;b*/c</summary>\n[Agent(Durable = false), Tool] public sealed partial class Desk { [Action] private static string Get() => ODD; } public static class Play { public static async Task<object> Run() => await new Desk().RunAsync(); }")]
    public async Task Any_text_stands_where_it_is_written(string what, string source)
    {
        Assert.NotEmpty(what);
        Assert.Equal(Odd, await Compiled.RunAsync("namespace Demo;\n" + source.Replace("ODD", SymbolDisplay.FormatLiteral(Odd, quote: true), StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("public class Base { protected static int NAME => 1; } [Agent(Durable = false)] public sealed partial class Demo : Base { [Action] private static int Get() => 7; }")]
    [InlineData("public partial class Host { private static int NAME => 1; [Agent(Durable = false)] public sealed partial class Demo { [Action] private static int Get() => 7 * NAME; } }")]
    public async Task Names_of_generated_members_may_be_those_of_bases_and_hosts(string source)
    {
        foreach (var name in new[] { "Run", "Start", "State", "RunAsync", "Plan", "Contracts", "Options", "Execute", "Statuses", "__AgentFlow", "Invoke" })
        {
            var result = Compiled.Of("namespace Demo_;\n" + source.Replace("NAME", name, StringComparison.Ordinal));
            var errors = (await Expect.Analyze((CSharpCompilation)result.Generated)).Where(static d => d.Severity == DiagnosticSeverity.Error).Select(static d => d.Id).ToArray();
            Assert.True(errors.Any(static id => id.StartsWith("AF", StringComparison.Ordinal)) || result.Noise.Count == 0, $"{name}: {string.Join(", ", result.Noise.Select(static d => d.ToString()).Concat(errors))}");
        }
    }
}
