using System.Collections.Immutable;
using AgentFlow.Generators.Analyzers;
using AgentFlow.Generators.Model;
using AgentFlow.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace AgentFlow.Generators.Tests.Harness;

/// <summary>Analyses sources and compares what is reported, ids and spans, with what is marked in them.</summary>
internal static class Expect
{
    /// <summary>What the members of most tests speak of.</summary>
    private const string Domain = """

        public sealed record Article(string Text);
        public sealed record Paper(string Text);
        public sealed record Report(string Text);
        public sealed record Draft(string Text);
        public sealed record Score(int Value);
        """;

    /// <summary>Everything that the package brings.</summary>
    public static ImmutableArray<DiagnosticAnalyzer> Analyzers { get; } =
    [
        new AgentAnalyzer(), new PlacementAnalyzer(), new SharedStateAnalyzer(), new BlockingCallAnalyzer(), new TokenAnalyzer(), new RecursionAnalyzer(),
        new TransactionAnalyzer(), new PurityAnalyzer(), new ShapeGateAnalyzer(), new ToolAnalyzer(), new GeneratedNamesAnalyzer(), new AgentIdAnalyzer(), new AwaitAnalyzer(),
    ];

    private const string Usings = """
        using System;
        using System.Collections.Generic;
        using System.Threading;
        using System.Threading.Tasks;
        using AgentFlow;
        namespace Demo;

        """;

    /// <summary>The members of one agent, marked.</summary>
    public static Task<ImmutableArray<Diagnostic>> Members(string members) => Source(Wrap(members));

    /// <summary>Whole types, marked; usings, namespace and domain types are added.</summary>
    public static async Task<ImmutableArray<Diagnostic>> Source(string source)
    {
        var markup = Markup.Parse(Usings + source + Domain);
        var compilation = Compilations.Generated(Compilations.Of(markup.Source));
        var found = await Analyze(compilation);

        // One mistake is one error: what is generated for an agent with errors compiles all the same, and without a warning.
        var compiler = compilation.GetDiagnostics(TestContext.Current.CancellationToken).Where(diagnostic =>
            diagnostic.Severity == DiagnosticSeverity.Error
            || (diagnostic.Severity == DiagnosticSeverity.Warning && diagnostic.Location.SourceTree != compilation.SyntaxTrees[0]));

        var actual = found.Concat(compiler).Select(static diagnostic => Describe(diagnostic.Id, diagnostic.Location.SourceSpan, diagnostic.Location.SourceTree!.ToString()));
        var expected = markup.Expected.Select(expected => Describe(expected.Id, expected.Span, markup.Source));
        Assert.Equal(expected.Order(StringComparer.Ordinal), actual.Order(StringComparer.Ordinal));
        AssertSilentParseAgrees(Compilations.Of(markup.Source), found);
        return found;
    }

    /// <summary>The model of the only agent among the given types, which must be free of errors.</summary>
    public static AgentModel Model(string source, params string[] libraries)
    {
        var compilation = Compilations.Of([Usings + source + Domain, .. libraries]);
        var model = Assert.Single(Models(compilation))!;
        Assert.False(model.HasErrors);
        return model;
    }

    public static AgentModel ModelOf(string members) => Model(Wrap(members));

    public static IEnumerable<AgentModel?> Models(CSharpCompilation compilation) => Agents(compilation)
        .Select(agent => AgentParser.Parse(agent, compilation, sink: null, TestContext.Current.CancellationToken));

    public static async Task<ImmutableArray<Diagnostic>> Analyze(CSharpCompilation compilation, string? shipped = null)
    {
        var failures = new List<string>();
        var options = new CompilationWithAnalyzersOptions(
            new AnalyzerOptions(shipped is null ? [] : [new Shipped(shipped)]),
            onAnalyzerException: (exception, _, _) => failures.Add(exception.ToString()),
            concurrentAnalysis: true,
            logAnalyzerExecutionTime: false);
        var found = await compilation.WithAnalyzers(Analyzers, options).GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
        Assert.Empty(failures);
        return found;
    }

    /// <summary>The generator has no sink; it must come to the same verdict.</summary>
    private static void AssertSilentParseAgrees(CSharpCompilation compilation, ImmutableArray<Diagnostic> found)
    {
        if (compilation.GetDiagnostics(TestContext.Current.CancellationToken).Any(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error))
        {
            return;
        }

        var ids = new AgentAnalyzer().SupportedDiagnostics.Select(static descriptor => descriptor.Id).Where(static id => id != "AF0214").ToHashSet();
        var hasError = found.Any(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error && ids.Contains(diagnostic.Id));
        if (found.All(static diagnostic => diagnostic.Id != "AF0214"))
        {
            Assert.Equal(hasError, Models(compilation).Any(static model => model is null or { HasErrors: true }));
        }
    }

    private static IEnumerable<INamedTypeSymbol> Agents(CSharpCompilation compilation) =>
        from tree in compilation.SyntaxTrees
        let semantics = compilation.GetSemanticModel(tree)
        from declaration in tree.GetRoot().DescendantNodes().OfType<ClassDeclarationSyntax>().Cast<TypeDeclarationSyntax>()
            .Concat(tree.GetRoot().DescendantNodes().OfType<RecordDeclarationSyntax>())
        let symbol = semantics.GetDeclaredSymbol(declaration)
        where KnownSymbols.IsAgent(symbol) && symbol.DeclaringSyntaxReferences[0].GetSyntax() == declaration
        select symbol;

    /// <summary>The file with the shapes that sessions in flight were recorded by.</summary>
    private sealed class Shipped(string text) : AdditionalText
    {
        public override string Path => "/src/AgentFlow.Shipped.txt";

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text);
    }

    private static string Wrap(string members) => "[Agent]\npublic sealed partial class Demo\n{\n" + members + "\n}\n";

    private static string Describe(string id, TextSpan span, string source) => $"{id} at {span.Start}: {source[span.Start..span.End]}";
}
