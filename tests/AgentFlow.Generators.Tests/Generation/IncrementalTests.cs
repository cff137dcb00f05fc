using System.Collections;
using System.Reflection;
using AgentFlow.Generators.Model;
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
        parseOptions: new CSharpParseOptions(LanguageVersion.Latest),
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
