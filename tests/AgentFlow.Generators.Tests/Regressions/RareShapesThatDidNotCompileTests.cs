using AgentFlow.Generators.Tests.Harness;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AgentFlow.Generators.Tests.Regressions;

/// <summary>Shapes that turned into errors in generated code, or changed in silence what a name means.</summary>
public sealed class RareShapesThatDidNotCompileTests
{
    [Theory]
    [InlineData("elements that are arrays of two dimensions", "[Agent(Durable = false)] public sealed partial class Desk { [Action] private static async IAsyncEnumerable<int[,]> Make() { await Task.Yield(); yield return new int[1, 2]; } [Action, ForEach(nameof(Make))] private static int[,][] Each([Item] int[,] one) => new int[one.Length, 1][]; [Action] private static int Get(int[][,][] each) => each[0].Length + 5; }")]
    [InlineData("a default of what may be any type", "public partial class Outer<T, U> where U : struct { [Agent(Durable = false)] public sealed partial class Desk { [Action] private static int Get([Input] T? any = default, [Input] U of = default, [Input] U? some = null, [Input] List<T>? all = null) => any is null && all is null ? 7 : 0; } }", "Outer<string, int>.Desk")]
    [InlineData("a default of a class", "public partial class Outer<T> where T : class { [Agent(Durable = false)] public sealed partial class Desk { [Action] private static int Get([Input] T? any = null) => any is null ? 7 : 0; } }", "Outer<string>.Desk")]
    public async Task It_compiles_without_a_warning_and_runs(string shape, string source, string agent = "Desk")
    {
        Assert.NotEmpty(shape);
        Assert.Equal(7, await Compiled.RunAsync($"namespace Demo;\n{source}\npublic static class Play {{ public static async Task<object> Run() => await new {agent}().RunAsync(); }}"));
    }

    [Theory]
    [InlineData("int", "int[]")]
    [InlineData("int[]", "int[][]")]
    [InlineData("int[,]", "int[][,]")]
    [InlineData("int[,][]", "int[][,][]")]
    [InlineData("int[]?", "int[]?[]")]
    [InlineData("int[]?[,]", "int[]?[][,]")]
    [InlineData("global::System.Collections.Generic.List<int[,]>", "global::System.Collections.Generic.List<int[,]>[]")]
    [InlineData("(int[] A, int B)", "(int[] A, int B)[]")]
    public void The_outermost_rank_is_written_first(string element, string array) => Assert.Equal(array, Emission.Identifier.ArrayOf(element));

    [Fact]
    public async Task An_agent_that_derives_from_another_is_a_tool_of_its_own() => Assert.Equal("12", await Compiled.RunAsync("""
        namespace Demo;
        [Agent, Tool] public partial class Base { [Action] protected int First([Input] int of, [Input] int more = 2) => of + more; }
        [Agent, Tool] public sealed partial class Desk : Base { [Action] private int Last(int first) => first * 2; }
        public static class Play { public static async Task<object> Run() => (await new Desk().AsTool().InvokeAsync(new() { ["of"] = 4 }))!.ToString()!; }
        """));

    [Fact]
    public async Task A_tool_that_is_an_error_to_use_is_no_error_to_generate() => Assert.Equal(1, await Compiled.RunAsync("""
        namespace Demo;
        public sealed partial class Desk { [Tool, Obsolete("x", error: true)] public static int Old(int of) => of; }
        public static class Play { public static Task<object> Run() => Task.FromResult<object>(new Desk() is null ? 0 : 1); }
        """));

    [Theory]
    [InlineData("file sealed partial class Host { [Agent] public sealed partial class {|AF0203:Demo|} { [Action] private static int Get() => 7; } }")]
    [InlineData("public partial class Host<T> where T : allows ref struct { [Agent(Durable = false)] public sealed partial class Demo { [Action] private static int Get([Service] T {|AF0210:of|}) => 7; } }")]
    [InlineData("public partial class Host<T> where T : allows ref struct { [Agent(Durable = false)] public sealed partial class Demo { [Action] private static int Get([Service] Func<T> of) => 7; } }")]
    [InlineData("[Agent(Durable = false)] public sealed unsafe partial class Demo { [Action] private static int Get([Input] int*[] {|AF0210:of|}) => 7; }")]
    [InlineData("[Agent(Durable = false)] public sealed unsafe partial class Demo { [Action] private static List<delegate*<int, void>[]> {|AF0210:Get|}() => []; }")]
    [InlineData("[Agent] public sealed partial class Demo { [Action] private static int {|AF0224:Get|}([Input] int of, __arglist) => 7; }")]
    [InlineData("[Agent] public sealed partial class Demo { [Action, System.Runtime.InteropServices.UnmanagedCallersOnly] private static int {|AF0224:Get|}([Input] int of) => 7; }")]
    [InlineData("public class Base { public int Graph => 1; } [Agent] public sealed partial class {|AF0212:Demo|} : Base { [Action] private int Get([Input] int of) => Graph + of; }")]
    [InlineData("[Agent] public sealed partial class Demo { [Action] private static Task<int>? {|AF0224:Get|}() => null; }")]
    [InlineData("[Agent] public sealed partial class Demo { [Action] private static Task? {|AF0224:Get|}() => null; [Action, DependsOn(nameof(Get))] private static int Last() => 1; }")]
    [InlineData("[Agent(Durable = false)] public sealed partial class Demo { [Action] private static ValueTask<int>? {|AF0224:Get|}() => null; }")]
    [InlineData("[Agent] public sealed partial class Demo { [Action] private static IAsyncEnumerable<int>? {|AF0224:Get|}() => null; }")]
    [InlineData("[Agent] public sealed partial class Demo { private static Task<int>? {|AF0224:Stand|}() => null; [Action, Fallback(nameof(Stand))] private static int Get() => 7; }")]
    [InlineData("[Agent] public sealed partial class Demo { private static Task? {|AF0224:Undo|}(int get) => null; [Action, Compensate(nameof(Undo))] private static int Get() => 7; }")]
    [InlineData("[Agent, Budget(Cost = {|AF0311:double.NaN|})] public sealed partial class Demo { [Action] private static int Get() => 7; }")]
    [InlineData("[Agent, Budget(Cost = {|AF0311:double.PositiveInfinity|})] public sealed partial class Demo { [Action] private static int Get() => 7; }")]
    [InlineData("[Agent(JsonContext = {|AF0311:typeof(string)|})] public sealed partial class Demo { [Action] private static int Get() => 7; }")]
    [InlineData("[Agent(Name = {|AF0311:\"\"|})] public sealed partial class Demo { [Action] private static int Get() => 7; }")]
    [InlineData("[Agent] public sealed partial class Demo { [Action(Name = {|AF0311:\" \"|})] private static int Get() => 7; }")]
    [InlineData("[Agent] public sealed partial class Demo { [Signal(Name = {|AF0311:\"\"|}, Timeout = \"1.00:00:00\")] private partial Task<int> Ask(); [Action] private static int Get(int ask) => ask; }")]
    public Task It_is_one_error(string source) => Expect.Source(source);

    [Theory]
    [InlineData("public class Base { public int Tools => 1; } public sealed partial class Desk : Base { [Tool] public int Look(int at) => Tools + at; }", "AF0212")]
    [InlineData("public class Base { protected int LookTool() => 1; } public sealed partial class Desk : Base { [Tool] public int Look(int at) => LookTool() + at; }", "AF0212")]
    [InlineData("file sealed partial class Host { public sealed partial class Desk { [Tool] public int Look(int at) => at; } }", "AF0605")]
    [InlineData("public sealed unsafe partial class Desk { [Tool] public static int* Look(int at) => null; }", "AF0605")]
    [InlineData("public sealed partial class Desk { [Tool] public static int Look(int at, __arglist) => at; }", "AF0605")]
    [InlineData("public sealed partial class Desk { [Tool] public static Task<int>? Look(int at) => null; }", "AF0605")]
    public async Task A_tool_is_one_error(string source, string id)
    {
        var result = Compiled.Of("namespace Demo;\n" + source);
        Assert.Empty(result.Noise);
        Assert.Equal([id], (await Expect.Analyze((CSharpCompilation)result.Generated)).Where(static d => d.Severity == DiagnosticSeverity.Error).Select(static d => d.Id));
    }

    [Theory]
    [InlineData("[Agent] public sealed partial class Desk { [Signal(Timeout = \"1.00:00:00\")] private partial Task<int> NAME(); [Action] private static int Get([From(nameof(NAME))] int of) => of; }", 1015, "AF0224")]
    [InlineData("[Agent] public sealed partial class Desk { [Action] private static Task<int> NAME() => Task.FromResult(7); }", 1023, "AF0224")]
    [InlineData("[Agent] public sealed partial class NAME { [Action] private static int Get() => 7; }", 1010, "AF0203")]
    [InlineData("[Agent] public sealed partial class Desk { [Action] private static int Get([Input(Name = \"NAME\")] int of) => of; }", 2000, "AF0311")]
    [InlineData("public sealed partial class NAME { [Tool] public int Look(int at) => at; }", 1016, "AF0605")]
    [InlineData("public sealed partial class Host { public sealed class NAME { } [Tool] public int Look(NAME at) => 7; }", 1020, null)]
    [InlineData("public sealed partial class Desk { [Tool(Name = \"short\")] public int NAME(int at) => at; }", 1020, "AF0605")]
    [InlineData("[Agent] public sealed partial class Desk { [Signal(Timeout = \"1.00:00:00\")] private partial Task<int> NAME(); [Action] private static int Get([From(nameof(NAME))] int of) => of; }", 900, null)]
    public async Task A_name_that_metadata_has_no_room_for_is_an_error(string source, int length, string? id)
    {
        var result = Compiled.Of("namespace Demo;\n" + source.Replace("NAME", new string('N', length), StringComparison.Ordinal));
        Assert.Empty(result.Noise);
        var found = (await Expect.Analyze((CSharpCompilation)result.Generated)).Where(static d => d.Severity == DiagnosticSeverity.Error).Select(static d => d.Id);
        Assert.Equal(id is null ? [] : [id], found);
        using var image = new MemoryStream();
        Assert.True(result.Generated.Emit(image, cancellationToken: TestContext.Current.CancellationToken).Success);
    }
}
