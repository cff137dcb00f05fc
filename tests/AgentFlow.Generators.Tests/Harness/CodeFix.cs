using System.Collections.Immutable;
using AgentFlow.CodeFixes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;

namespace AgentFlow.Generators.Tests.Harness;

/// <summary>Offers what an editor would, takes one of the offers, and compares the sources.</summary>
internal static class CodeFix
{
    public const string Usings = """
        using System;
        using System.Threading;
        using System.Threading.Tasks;
        using AgentFlow;
        namespace Demo;
        public record Article;
        public record Paper;
        public record Report;

        """;

    /// <summary>Mends the first diagnostic.</summary>
    /// <param name="before">The source, usings left out.</param>
    /// <param name="after">What it becomes.</param>
    /// <param name="key">Which of several offers.</param>
    public static async Task Check<T>(string before, string after, string? key = null) where T : MendProvider, new()
    {
        var (project, diagnostics) = await Load(new T(), [Usings + before]);
        var offers = await Offers(new T(), project, diagnostics[0]);
        await AssertBecomes(offers.First(offer => key is null || offer.EquivalenceKey == key), project, [Usings + after]);
    }

    /// <summary>Mends everything alike, in all files.</summary>
    public static async Task CheckAll<T>(string[] before, string[] after, string? key = null) where T : MendProvider, new()
    {
        var provider = new T();
        var (project, diagnostics) = await Load(provider, [.. before.Select(static source => Usings + source)]);
        Assert.True(diagnostics.Length > 1);
        var offers = await Offers(provider, project, diagnostics[0]);
        var context = new FixAllContext(
            project.Documents.First(),
            provider,
            FixAllScope.Project,
            key ?? offers[0].EquivalenceKey!,
            diagnostics.Select(static diagnostic => diagnostic.Id).Distinct(),
            new Found(diagnostics),
            TestContext.Current.CancellationToken);
        var action = await provider.GetFixAllProvider()!.GetFixAsync(context);
        await AssertBecomes(action!, project, [.. after.Select(static source => Usings + source)]);
    }

    /// <summary>The titles of what is offered for the first diagnostic.</summary>
    public static async Task<IReadOnlyList<string>> Titles<T>(string source) where T : MendProvider, new()
    {
        var (project, diagnostics) = await Load(new T(), [Usings + source]);
        return [.. (await Offers(new T(), project, diagnostics[0])).Select(static offer => offer.Title)];
    }

    private static async Task<(Project Project, ImmutableArray<Diagnostic> Diagnostics)> Load(MendProvider provider, string[] sources)
    {
        var project = new AdhocWorkspace().AddProject("Demo", LanguageNames.CSharp)
            .WithMetadataReferences(Compilations.References)
            .WithParseOptions(new CSharpParseOptions(LanguageVersion.Latest))
            .WithCompilationOptions(new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        for (var i = 0; i < sources.Length; i++)
        {
            // Each file has a domain of its own.
            var source = i == 0 ? sources[i] : sources[i].Replace("namespace Demo;", "namespace Demo.Other;", StringComparison.Ordinal);
            project = project.AddDocument($"File{i}.cs", source, filePath: Compilations.PathOf(i)).Project;
        }

        var found = await Expect.Analyze((CSharpCompilation)(await project.GetCompilationAsync(TestContext.Current.CancellationToken))!);
        return (project, [.. found.Where(diagnostic => provider.FixableDiagnosticIds.Contains(diagnostic.Id)).OrderBy(static diagnostic => diagnostic.Location.SourceTree!.FilePath).ThenBy(static diagnostic => diagnostic.Location.SourceSpan.Start)]);
    }

    private static async Task<IReadOnlyList<CodeAction>> Offers(MendProvider provider, Project project, Diagnostic diagnostic)
    {
        var offers = new List<CodeAction>();
        var document = project.GetDocument(diagnostic.Location.SourceTree)!;
        await provider.RegisterCodeFixesAsync(new CodeFixContext(document, diagnostic, (offer, _) => offers.Add(offer), TestContext.Current.CancellationToken));
        Assert.Equal(offers.Count, offers.Select(static offer => offer.EquivalenceKey).Distinct().Count());
        return offers;
    }

    private static async Task AssertBecomes(CodeAction offer, Project project, string[] expected)
    {
        var operations = await offer.GetOperationsAsync(TestContext.Current.CancellationToken);
        var changed = operations.OfType<ApplyChangesOperation>().Single().ChangedSolution.GetProject(project.Id)!;
        var actual = new List<string>();
        foreach (var document in changed.Documents)
        {
            actual.Add((await document.GetTextAsync(TestContext.Current.CancellationToken)).ToString().Replace("namespace Demo.Other;", "namespace Demo;", StringComparison.Ordinal));
        }

        Assert.Equal(expected, actual);
    }

    private sealed class Found(ImmutableArray<Diagnostic> diagnostics) : FixAllContext.DiagnosticProvider
    {
        public override Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken) => Task.FromResult<IEnumerable<Diagnostic>>(diagnostics);

        public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken) => Task.FromResult<IEnumerable<Diagnostic>>([]);

        public override async Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken)
        {
            var tree = await document.GetSyntaxTreeAsync(cancellationToken);
            return diagnostics.Where(diagnostic => diagnostic.Location.SourceTree == tree);
        }
    }
}
