using System.Reflection;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AgentFlow.Generators.Tests.Generation;

/// <summary>Agents of every shape: generated, compiled without a warning under the strictest settings, and run.</summary>
public class GenerationTests
{
    private const string Usings = "using System; using System.Collections.Generic; using System.Threading; using System.Threading.Tasks; using AgentFlow;\n";

    [Theory]
    [InlineData("nested", "namespace Demo; public partial class Outer { internal partial record struct Middle { [Agent] internal sealed partial class Inner { [Action] private static int Get() => 7; } } public static class Play { public static async Task<object> Run() => await new Middle.Inner().RunAsync(); } }")]
    [InlineData("generic host", "namespace Demo; public partial class Outer<T> where T : new() { [Agent(Durable = false)] public sealed partial class Inner { [Action] private static T Make() => new(); [Action] private static int Get([From(nameof(Make))] T made) => made is null ? 0 : 7; } } public static class Play { public static async Task<object> Run() => await new Outer<object>.Inner().RunAsync(); }")]
    [InlineData("record", "namespace Demo; [Agent] public sealed partial record Keeper(int Value) { [Action] private int Get() => Value; } public static class Play { public static async Task<object> Run() => await new Keeper(7).RunAsync(); }")]
    [InlineData("keywords", "namespace @namespace; [Agent] public sealed partial class @class { [Action] private static int @int([Input] int @params) => @params; [Action] private static int @return(int @int, [Input] string @string = \"\\\"\\n\") => @int; } public static class Play { public static async Task<object> Run() => await new @class().RunAsync(7); }")]
    [InlineData("names of ours", "namespace Demo; public sealed record RunPlan(int V); public sealed record AgentRun(int V); public sealed record Task2(int V); [Agent] public sealed partial class Agent { [Action] private static RunPlan Plan() => new(3); [Action] private static AgentRun Pool(RunPlan plan) => new(plan.V + 4); [Action] private static int OutputValues([Input] int options, [Input] int cancellationToken, [Input] int state, AgentRun pool) => pool.V + options + cancellationToken + state; } public static class Play { public static async Task<object> Run() => await new Agent().RunAsync(0, 0, 0); }")]
    [InlineData("base class", "namespace Demo; public abstract class Base { protected bool Wanted() => true; [Action] protected virtual int First() => 1; [Action, When(nameof(Wanted))] protected int? Second(int first) => first + 1; } [Agent] public sealed partial class Derived : Base { [Action] protected override int First() => 5; [Action] private int Third([From(nameof(Second))] int? second) => second + 1 ?? 0; } public static class Play { public static async Task<object> Run() => await new Derived().RunAsync(); }")]
    [InlineData("agent below agent", "namespace Demo; [Agent] public partial class Base { [Action] protected int First() => 1; } [Agent] public sealed partial class Derived : Base { [Action] private int Last(int first) => first + 6; } public static class Play { public static async Task<object> Run() => await new Derived().RunAsync(); }")]
    [InlineData("global namespace", "[Agent] public sealed partial class Lonely { [Action] private static int Get() => 7; } public static class Play { public static async Task<object> Run() => await new Lonely().RunAsync(); }")]
    [InlineData("names that differ in case", "namespace Demo; [Agent] public sealed partial class Twin { [Action] private static int Get() => 3; } [Agent] public sealed partial class TWIN { [Action] private static int Get() => 4; } public static class Play { public static async Task<object> Run() => await new Twin().RunAsync() + await new TWIN().RunAsync(); }")]
    [InlineData("internal types", "namespace Demo; internal sealed record Secret(int V); [Agent] public sealed partial class Vault { private sealed record Hidden(int V); [Action] private static Secret Make() => new(6); [Action] private static Hidden Wrap(Secret secret) => new(secret.V + 1); [Action] private static int Open(Hidden hidden) => hidden.V; } public static class Play { public static async Task<object> Run() => await new Vault().RunAsync(); }")]
    [InlineData("value types and tuples", "namespace Demo; public readonly record struct Point(int X, int Y); [Agent] public sealed partial class Shapes { [Action] private static (int A, Point? P) Pair() => (3, new Point(4, 0)); [Action] private static ValueTask<Point> Unpack((int A, Point? P) pair) => new(new Point(pair.A, pair.P!.Value.X)); [Action] private static int Sum(Point? unpack) => unpack!.Value.X + unpack.Value.Y; } public static class Play { public static async Task<object> Run() => await new Shapes().RunAsync(); }")]
    [InlineData("obsolete action", "namespace Demo; [Agent] public sealed partial class Old { [Obsolete(\"x\")] [Action] private static int Get() => 7; } public static class Play { public static async Task<object> Run() => await new Old().RunAsync(); }")]
    [InlineData("policies", "namespace Demo; [Agent, Timeout(\"00:01:00\")] public sealed partial class Careful { private static bool Ok([Input] int value) => value > 0; private static int Other(Exception error, [Input] int value) => value; [Action, Requires(nameof(Ok)), Retry(2, Delay = \"00:00:00\"), Timeout(\"00:00:10\", Idle = \"00:00:05\"), Fallback(nameof(Other)), Cache(\"00:01:00\"), Delay(\"00:00:00.001\")] private static async Task<int> Get([Input] int value, ActionContext context, CancellationToken ct) { await Task.Yield(); return context.Attempt > 1 ? value : throw new InvalidOperationException(); } } public static class Play { public static async Task<object> Run() => await new Careful().RunAsync(7); }")]
    [InlineData("for each over a stream", "namespace Demo; [Agent] public sealed partial class Each { [Action] private static async IAsyncEnumerable<int> Numbers() { await Task.Yield(); yield return 3; yield return 4; } [Action, ForEach(nameof(Numbers))] private static async ValueTask<int> Same([Item] int number) { await Task.Yield(); return number; } [Action(Mode = ActionMode.FireAndForget), ForEach(nameof(Numbers))] private static void Tell([Item] int number) { } [Action] private static int Sum(int[] same) => same[0] + same[1]; } public static class Play { public static async Task<object> Run() => await new Each().RunAsync(); }")]
    [InlineData("compensated for each over streams", "namespace Demo; [Agent] public sealed partial class Undoing { private int _undone; [Action] private static int[] Numbers() => [3, 4]; [Action, ForEach(nameof(Numbers), MaxParallel = 1), Compensate(nameof(Undo))] private static async IAsyncEnumerable<(int A, string? B)> Parts([Item] int number) { await Task.Yield(); yield return number == 3 ? (7, null) : throw new InvalidOperationException(); } private void Undo((int A, string? B)[][] parts) => _undone = parts[0][0].A; [Action] private static void Use((int A, string? B)[][] parts) { } public static async Task<int> Fail() { var undoing = new Undoing(); try { await undoing.RunAsync(); } catch (ActionFailedException) { } return undoing._undone; } } public static class Play { public static async Task<object> Run() => await Undoing.Fail(); }")]
    [InlineData("void agent", "namespace Demo; [Agent] public sealed partial class Quiet { public int Seen; [Action] private static int Get() => 7; [Action] private async Task Put(int get) { await Task.Yield(); See(get); } private void See(int get) => Seen = get; } public static class Play { public static async Task<object> Run() { var quiet = new Quiet(); await quiet.RunAsync(); return quiet.Seen; } }")]
    public async Task Every_shape_compiles_cleanly_and_runs(string shape, string source)
    {
        Assert.NotEmpty(shape);
        Assert.Equal(7, await RunAsync(Usings + source));
    }

    [Theory]
    [InlineData(47)]
    [InlineData(49)]
    [InlineData(600)]
    public async Task Hundreds_of_actions_work(int count)
    {
        var source = new StringBuilder(Usings + "namespace Demo; [Agent] public sealed partial class Long { [Action] private static ValueTask<int> A0([Input] int start) => new(start);");
        for (var i = 1; i < count; i++)
        {
            source.Append(System.Globalization.CultureInfo.InvariantCulture, $" [Action] private static {(i % 3 == 0 ? "async Task<int>" : "int")} A{i}([From(nameof(A{i - 1}))] int a, [From(nameof(A{i / 2}))] int b) {{ {(i % 3 == 0 ? "await Task.Yield();" : "")} return a + (b - b) + 1; }}");
        }

        source.Append(" } public static class Play { public static async Task<object> Run() => await new Long().RunAsync(7); }");
        Assert.Equal(7 + count - 1, await RunAsync(source.ToString()));
    }

    [Fact]
    public async Task A_hundred_actions_may_become_ready_at_once()
    {
        const int Count = 100;
        var source = new StringBuilder(Usings + "namespace Demo; [Agent] public sealed partial class Wide { [Action] private static async Task<int> Root([Input] int start) { await Task.Delay(20); return start; }");
        for (var i = 0; i < Count; i++)
        {
            source.Append(System.Globalization.CultureInfo.InvariantCulture, $" [Action] private static async Task<int> B{i}(int root) {{ await Task.Yield(); return root; }}");
        }

        var parameters = string.Join(", ", Enumerable.Range(0, Count).Select(static i => $"int b{i}"));
        var sum = string.Join(" + ", Enumerable.Range(0, Count).Select(static i => $"b{i}"));
        source.Append(System.Globalization.CultureInfo.InvariantCulture, $" [Action] private static int Sum({parameters}) => {sum}; }} public static class Play {{ public static async Task<object> Run() => await new Wide().RunAsync(7); }}");
        Assert.Equal(7 * Count, await RunAsync(source.ToString()));
    }

    [Fact]
    public async Task A_chain_of_two_thousand_synchronous_actions_does_not_deepen_the_stack()
    {
        const int Count = 2_000;

        // Less than 64 bytes for each action, which is less than a frame takes.
        const int StackSize = 128 * 1024;
        var source = new StringBuilder(Usings + "namespace Demo; [Agent(Scheduling = SchedulingMode.Waves)] public sealed partial class Long { [Action] private static int A0([Input] int start) => start;");
        for (var i = 1; i < Count; i++)
        {
            source.Append(System.Globalization.CultureInfo.InvariantCulture, $" [Action] private static int A{i}([From(nameof(A{i - 1}))] int a) => a + 1;");
        }

        // The first run is for the compiler of the run time, which needs a stack of its own size.
        source.Append(System.Globalization.CultureInfo.InvariantCulture, $$"""
             }
            public static class Play
            {
                public static async Task<object> Run()
                {
                    await new Long().RunAsync(7);
                    var result = 0;
                    var thread = new System.Threading.Thread(() => result = new Long().RunAsync(7).AsTask().GetAwaiter().GetResult(), {{StackSize}});
                    thread.Start();
                    thread.Join();
                    return result;
                }
            }
            """);
        Assert.Equal(7 + Count - 1, await RunAsync(source.ToString(), strict: false));
    }

    [Fact]
    public void Generated_code_is_the_same_on_every_machine()
    {
        var compilation = Compilations.Of(Usings + "namespace Demo; [Agent] public sealed partial class One { [Action] private static int Get() => 7; }");
        var first = Texts(Compilations.Generated(compilation));
        Assert.Equal(first, Texts(Compilations.Generated(compilation)));
        Assert.All(first, static text => Assert.DoesNotContain('\r', text));
        Assert.All(first.SelectMany(static t => t.Split('\n')), static line => Assert.Equal(line.TrimEnd(), line));

        static List<string> Texts(CSharpCompilation generated) => [.. generated.SyntaxTrees.Skip(1).Select(static t => t.ToString())];
    }

    private static async Task<object> RunAsync(string source, bool strict = true)
    {
        var compilation = Compilations.Of(source);
        compilation = compilation.WithOptions(compilation.Options.WithWarningLevel(9999).WithOptimizationLevel(OptimizationLevel.Release));
        var generated = Compilations.Generated(strict ? WithDocumentation(compilation) : compilation);
        if (strict)
        {
            var noise = generated.GetDiagnostics(TestContext.Current.CancellationToken)
                .Where(d => d.Severity >= DiagnosticSeverity.Warning && d.Location.SourceTree is { } tree && !compilation.SyntaxTrees.Select(static t => t.FilePath).Contains(tree.FilePath));
            Assert.Empty(noise);
        }

        using var image = new MemoryStream();
        var emitted = generated.Emit(image, cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(emitted.Success, string.Join('\n', emitted.Diagnostics.Where(static d => d.Severity == DiagnosticSeverity.Error).Take(5)));
        var play = Assembly.Load(image.ToArray()).GetTypes().Single(static t => t.Name == "Play");
        return await ((Task<object>)play.GetMethod("Run")!.Invoke(null, null)!).WaitAsync(Patience, TestContext.Current.CancellationToken);
    }

    /// <summary>The compilation of a library with an XML file, in which every public member without a comment is a warning.</summary>
    private static CSharpCompilation WithDocumentation(CSharpCompilation compilation) => compilation.RemoveAllSyntaxTrees().AddSyntaxTrees(
        compilation.SyntaxTrees.Select(static t => t.WithRootAndOptions(t.GetRoot(), ((CSharpParseOptions)t.Options).WithDocumentationMode(DocumentationMode.Diagnose))));
}
