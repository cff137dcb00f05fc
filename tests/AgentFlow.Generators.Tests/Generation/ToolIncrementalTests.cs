using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AgentFlow.Generators.Tests.Generation;

/// <summary>An edit writes the tools again that it changes, and no others; a stale tool would be worse.</summary>
public sealed class ToolIncrementalTests
{
    private const string Types = "namespace Demo; public sealed record Article(string Text);";

    [Fact]
    public void An_edit_elsewhere_writes_nothing_again()
    {
        var (models, emitted) = Edit(2, "class Unrelated { int x = 1; }");
        Assert.All(models, static reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));
        Assert.All(emitted, static reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));
    }

    [Fact]
    public void An_edit_of_one_class_writes_that_one_again()
    {
        var (models, emitted) = Edit(0, Tools("A").Replace("Counts.", "Counts all.", StringComparison.Ordinal));
        Assert.Single(models, static reason => reason == IncrementalStepRunReason.Modified);
        Assert.Single(models, static reason => reason == IncrementalStepRunReason.Cached);
        Assert.Equal(1, emitted.Count(static reason => reason != IncrementalStepRunReason.Cached));
    }

    [Fact]
    public void A_change_of_a_type_in_another_file_is_not_missed()
    {
        var (models, _) = Edit(3, Types.Replace("string Text", "string Text, int Words", StringComparison.Ordinal));
        Assert.Equal([IncrementalStepRunReason.Modified, IncrementalStepRunReason.Modified], models);
    }

    private static (IncrementalStepRunReason[] Models, IncrementalStepRunReason[] Emitted) Edit(int file, string text)
    {
        var compilation = Compilations.Of(Tools("A"), Tools("B"), "class Unrelated;", Types);
        GeneratorDriver driver = CSharpGeneratorDriver.Create(
            [new ToolGenerator().AsSourceGenerator()],
            parseOptions: new CSharpParseOptions(LanguageVersion.Latest),
            driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));
        driver = driver.RunGenerators(compilation, TestContext.Current.CancellationToken);
        var old = compilation.SyntaxTrees[file];
        compilation = compilation.ReplaceSyntaxTree(old, CSharpSyntaxTree.ParseText(text, (CSharpParseOptions)old.Options, old.FilePath, cancellationToken: TestContext.Current.CancellationToken));
        var result = driver.RunGenerators(compilation, TestContext.Current.CancellationToken).GetRunResult().Results[0];
        Assert.Equal(2, result.GeneratedSources.Length);
        return (
            [.. result.TrackedSteps[TrackingNames.Tools].SelectMany(static step => step.Outputs).Select(static output => output.Reason)],
            [.. result.TrackedOutputSteps.SelectMany(static step => step.Value).SelectMany(static step => step.Outputs).Select(static output => output.Reason)]);
    }

    private static string Tools(string name) => $$"""
        namespace Demo;
        public sealed partial class {{name}}
        {
            /// <summary>Counts.</summary>
            /// <param name="article">What.</param>
            [AgentFlow.Tool] public int Count(Article article) => 1;
        }
        """;
}
