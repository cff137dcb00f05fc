using System.Collections;
using System.Reflection;
using AgentFlow.Generators.Model;
using AgentFlow.Generators.Parsing.Incremental;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AgentFlow.Generators.Tests.Generation;

/// <summary>What is run again after an edit, by the names of the pipeline's steps.</summary>
public class IncrementalTests
{
    private const string Types = "namespace Demo; public sealed record Article(string Text); public static class Elsewhere { public static int Twice(int x) => x * 2; }";

    [Fact]
    public void The_same_compilation_runs_nothing_again() => Assert.Equal(
        [IncrementalStepRunReason.Cached],
        Edit([Agent("A"), Types], static compilation => compilation.Clone()).Reasons);

    [Theory]
    [InlineData("namespace Demo; public sealed record Article(string Text); public static class Elsewhere { public static int Twice(int x) => x + x; }")]
    [InlineData("namespace Demo; /* a comment */ public sealed record Article(string Text); public static class Elsewhere { public static int Thrice(int x) => 3 * x; } public class More { }")]
    public void An_edit_elsewhere_re_emits_nothing(string edited)
    {
        var (reasons, emitted) = Edit([Agent("A"), Types], compilation => Replace(compilation, 1, edited));
        Assert.All(reasons, AssertNotAgain);
        Assert.All(emitted, static reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));
    }

    [Fact]
    public void An_edit_inside_a_body_of_the_agent_re_emits_nothing()
    {
        var (reasons, emitted) = Edit([Agent("A"), Types], compilation => Replace(compilation, 0, Agent("A").Replace("new(topic)", "new(topic + topic)", StringComparison.Ordinal)));
        Assert.All(reasons, AssertNotAgain);
        Assert.All(emitted, static reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));
    }

    [Theory]
    [InlineData("namespace Demo; public sealed record Article(string Text); public static class Elsewhere { public static int Twice(int x) => x + x; }")]
    [InlineData("namespace Demo; public sealed record Article(string Text) /* a comment */; public static class Else { public const int Two = 2; }")]
    public void After_an_edit_elsewhere_no_step_has_a_new_value(string edited)
    {
        var compilation = Compilations.Of([.. Enumerable.Range(0, 5).Select(static i => Agent("A" + i)), Types]);
        var driver = Driver().RunGenerators(compilation, TestContext.Current.CancellationToken);
        var result = driver.RunGenerators(Replace(compilation, 5, edited), TestContext.Current.CancellationToken).GetRunResult().Results[0];
        foreach (var (name, steps) in result.TrackedSteps)
        {
            // The compilation itself is another one, and that is where it ends.
            if (name != "Compilation")
            {
                Assert.All(steps.SelectMany(static step => step.Outputs), static output => AssertNotAgain(output.Reason));
            }
        }
    }

    [Theory]
    [InlineData("=> new(topic)", "=> new(topic + topic)")]
    [InlineData("=> new(topic);", "{ return new Article(topic); }", true)]
    [InlineData("private static int Count", "/* a comment */ private static /// <summary>Another.</summary>\n int Count")]
    [InlineData("[AgentFlow.Action] private static int Count", "private readonly int _x = 1 + 1; [AgentFlow.Action] private static int Count", true)]
    [InlineData("int Count", "long Count", true)]
    [InlineData("[AgentFlow.Input] string", "[AgentFlow.Input(Name = \"x\")] string", true)]
    public void An_agent_is_parsed_again_if_its_declaration_changes(string before, string after, bool again = false)
    {
        var models = new AgentModels();
        var compilation = Compilations.Of(Agent("A"), Agent("B"), Types);
        var was = models.Of(compilation, TestContext.Current.CancellationToken);
        var now = models.Of(Replace(compilation, 0, Agent("A").Replace(before, after, StringComparison.Ordinal)), TestContext.Current.CancellationToken);
        Assert.Equal(again, !ReferenceEquals(was[0], now[0]));
        Assert.Same(was[1], now[1]);
    }

    [Fact]
    public void An_initial_value_is_no_part_of_a_declaration()
    {
        var models = new AgentModels();
        var source = Agent("A").Replace("{\n", "{\nprivate readonly int _x = 1; public int Y { get; } = 1;\n", StringComparison.Ordinal);
        var compilation = Compilations.Of(source, Types);
        var was = models.Of(compilation, TestContext.Current.CancellationToken);
        var now = models.Of(Replace(compilation, 0, source.Replace("= 1;", "= 2;", StringComparison.Ordinal)), TestContext.Current.CancellationToken);
        Assert.Same(was[0], now[0]);
    }

    [Fact]
    public void An_edit_of_what_no_agent_mentions_parses_none()
    {
        var models = new AgentModels();
        var compilation = Compilations.Of(Agent("A"), Types, "namespace Far; public class Article; public class Other;");
        var was = models.Of(compilation, TestContext.Current.CancellationToken);
        foreach (var edited in new[] { "namespace Far; public struct Article; public class More;", "namespace Far.Away; public struct Article;", "" })
        {
            compilation = Replace(compilation, 2, edited);
            Assert.Same(was[0], models.Of(compilation, TestContext.Current.CancellationToken)[0]);
        }
    }

    [Fact]
    public void Agents_that_come_and_go_leave_the_others_alone()
    {
        var compilation = Compilations.Of([.. Enumerable.Range(0, 5).Select(static i => Agent("A" + i)), Types]);
        GeneratorDriver driver = Driver().RunGenerators(compilation, TestContext.Current.CancellationToken);
        var first = compilation.SyntaxTrees[0];
        var edits = new (CSharpCompilation Compilation, int Agents)[]
        {
            (compilation.RemoveSyntaxTrees(first), 4),
            (compilation.RemoveAllSyntaxTrees().AddSyntaxTrees([.. compilation.SyntaxTrees.Skip(1), Tree("B")]), 5),
            (compilation.RemoveAllSyntaxTrees().AddSyntaxTrees([Tree("C"), .. compilation.SyntaxTrees.Skip(1)]), 5),
        };
        foreach (var (edited, agents) in edits)
        {
            driver = driver.RunGenerators(edited, TestContext.Current.CancellationToken);
            var result = driver.GetRunResult().Results[0];
            Assert.Equal(agents, result.GeneratedSources.Length);
            Assert.Equal(4, result.TrackedOutputSteps.SelectMany(static s => s.Value).SelectMany(static s => s.Outputs).Count(static output => output.Reason == IncrementalStepRunReason.Cached));
        }

        SyntaxTree Tree(string name) => CSharpSyntaxTree.ParseText(Agent(name), (CSharpParseOptions)first.Options, $"/src/{name}.cs", cancellationToken: TestContext.Current.CancellationToken);
    }

    [Fact]
    public void No_compilation_is_kept_alive()
    {
        var models = new AgentModels();
        var weak = Ask(models);
        for (var i = 0; i < 10 && weak.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(weak.IsAlive);
        GC.KeepAlive(models);

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static WeakReference Ask(AgentModels models)
        {
            var compilation = Compilations.Of(Agent("A"), Types);
            Assert.Single(models.Of(compilation, TestContext.Current.CancellationToken));
            return new WeakReference(compilation);
        }
    }

    [Fact]
    public void An_edit_in_one_of_many_agents_re_emits_one()
    {
        var sources = Enumerable.Range(0, 50).Select(static i => Agent("A" + i)).Append(Types).ToArray();
        var (reasons, emitted) = Edit(sources, compilation => Replace(compilation, 7, Agent("A7").Replace("[AgentFlow.Action]", "[AgentFlow.Action(Priority = 3)]", StringComparison.Ordinal)));
        Assert.Equal(1, reasons.Count(static r => r == IncrementalStepRunReason.Modified));
        Assert.Equal(49, reasons.Count(static r => r is IncrementalStepRunReason.Unchanged or IncrementalStepRunReason.Cached));
        Assert.Equal(1, emitted.Count(static r => r != IncrementalStepRunReason.Cached));
    }

    [Fact]
    public void A_change_of_a_type_in_another_file_is_not_missed()
    {
        var (reasons, _) = Edit([Agent("A"), Types], compilation => Replace(compilation, 1, Types.Replace("sealed record Article", "readonly record struct Article", StringComparison.Ordinal)));
        Assert.Equal([IncrementalStepRunReason.Modified], reasons);
    }

    [Fact]
    public void The_other_part_of_a_partial_agent_is_not_missed()
    {
        const string Part = "namespace Demo; partial class A { [AgentFlow.Action] private static int Extra() => 1; }";
        var (reasons, _) = Edit([Agent("A"), Types, Part], compilation => Replace(compilation, 2, Part.Replace("int Extra", "long Extra", StringComparison.Ordinal)));
        Assert.Equal([IncrementalStepRunReason.Modified], reasons);
    }

    [Fact]
    public void Models_hold_nothing_of_a_compilation()
    {
        var driver = Driver().RunGenerators(Compilations.Of(Agent("A"), Types), TestContext.Current.CancellationToken);
        var step = Assert.Single(driver.GetRunResult().Results[0].TrackedSteps[TrackingNames.Agents]);
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        foreach (var (value, _) in step.Outputs)
        {
            Assert.IsType<AgentModel>(value);
            Visit(value, seen);
        }

        Assert.True(seen.Count > 10);
    }

    private static void AssertNotAgain(IncrementalStepRunReason reason) => Assert.True(reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged);

    private static void Visit(object? value, HashSet<object> seen)
    {
        if (value is null || value is string || value.GetType().IsPrimitive || value.GetType().IsEnum || !seen.Add(value))
        {
            return;
        }

        Assert.False(value is ISymbol or SyntaxNode or SyntaxTree or Compilation or Location or SemanticModel or AttributeData, value.GetType().Name);
        if (value is IEnumerable elements)
        {
            foreach (var element in elements)
            {
                Visit(element, seen);
            }

            return;
        }

        foreach (var field in value.GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
        {
            Visit(field.GetValue(value), seen);
        }
    }

    private static (IncrementalStepRunReason[] Reasons, IncrementalStepRunReason[] Emitted) Edit(string[] sources, Func<CSharpCompilation, CSharpCompilation> edit)
    {
        var compilation = Compilations.Of(sources);
        var driver = Driver().RunGenerators(compilation, TestContext.Current.CancellationToken);
        var result = driver.RunGenerators(edit(compilation), TestContext.Current.CancellationToken).GetRunResult().Results[0];
        return (
            [.. result.TrackedSteps[TrackingNames.Agents].SelectMany(static s => s.Outputs).Select(static o => o.Reason)],
            [.. result.TrackedOutputSteps.SelectMany(static s => s.Value).SelectMany(static s => s.Outputs).Select(static o => o.Reason)]);
    }

    private static CSharpGeneratorDriver Driver() => CSharpGeneratorDriver.Create(
        [new AgentGenerator().AsSourceGenerator()],
        parseOptions: new CSharpParseOptions(LanguageVersion.Preview),
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    private static CSharpCompilation Replace(CSharpCompilation compilation, int file, string source)
    {
        var old = compilation.SyntaxTrees[file];
        return compilation.ReplaceSyntaxTree(old, CSharpSyntaxTree.ParseText(source, (CSharpParseOptions)old.Options, old.FilePath));
    }

    private static string Agent(string name) => $$"""
        namespace Demo;
        [AgentFlow.Agent]
        public sealed partial class {{name}}
        {
            [AgentFlow.Action] private static Article Fetch([AgentFlow.Input] string topic) => new(topic);
            [AgentFlow.Action] private static int Count(Article article) => article.Text.Length;
        }
        """;
}
