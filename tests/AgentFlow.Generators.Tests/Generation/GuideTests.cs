using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AgentFlow.Generators.Tests.Generation;

/// <summary>What the README and the guide show is compiled, and what they point at is there.</summary>
public class GuideTests
{
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private static readonly string Root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "..", ".."));

    public static TheoryData<string> Pages() =>
    [
        .. Directory.GetFiles(Path.Combine(Root, "docs"), "*.md")
            .Append(Path.Combine(Root, "README.md"))
            .Concat(Directory.GetDirectories(Path.Combine(Root, "src")).Select(static folder => Path.Combine(folder, "README.md")).Where(File.Exists))
            .Select(static p => Path.GetRelativePath(Root, p)).Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Every_code_block_compiles_without_a_warning_of_ours(string page)
    {
        foreach (var block in Blocks(await File.ReadAllTextAsync(Path.Combine(Root, page), TestContext.Current.CancellationToken)))
        {
            var compilation = Compilations.Of(block, ImplicitUsings);
            var isProgram = compilation.SyntaxTrees[0].GetCompilationUnitRoot(TestContext.Current.CancellationToken).Members.OfType<Microsoft.CodeAnalysis.CSharp.Syntax.GlobalStatementSyntax>().Any();
            compilation = compilation.WithOptions(compilation.Options.WithOutputKind(isProgram ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary));
            var generated = Compilations.Generated(compilation);
            Assert.Empty(generated.GetDiagnostics(TestContext.Current.CancellationToken).Where(static d => d.Severity == DiagnosticSeverity.Error).Select(d => $"{page}: {d}"));
            Assert.Empty((await Expect.Analyze(compilation)).Where(static d => d.Severity >= DiagnosticSeverity.Warning).Select(d => $"{page}: {d}"));
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_link_within_the_repository_leads_somewhere(string page)
    {
        var text = File.ReadAllText(Path.Combine(Root, page));
        var folder = Path.GetDirectoryName(Path.Combine(Root, page))!;
        for (var at = text.IndexOf("](", StringComparison.Ordinal); at >= 0; at = text.IndexOf("](", at + 1, StringComparison.Ordinal))
        {
            var target = text[(at + 2)..text.IndexOf(')', at)];
            var parts = target.Split('#');
            var file = parts[0].Length == 0 ? Path.Combine(Root, page) : Path.Combine(folder, parts[0]);

            // Packages carry the guide beside their README.
            file = !Path.Exists(file) && page.StartsWith("src", StringComparison.Ordinal) ? Path.Combine(Root, parts[0]) : file;
            Assert.True(target.StartsWith("http", StringComparison.Ordinal) || (Path.Exists(file) && (parts.Length == 1 || Anchors(file).Contains(parts[1]))), $"{page}: {target}");
        }
    }

    /// <summary>What the headings of a page are linked by.</summary>
    private static IEnumerable<string> Anchors(string file) => File.ReadLines(file)
        .Where(static line => line.StartsWith('#'))
        .Select(static line => string.Concat(line.TrimStart('#').Trim().ToLowerInvariant().Where(static c => char.IsLetterOrDigit(c) || c is ' ' or '-')).Replace(' ', '-'));

    [Fact]
    public async Task The_error_that_the_readme_shows_is_the_one_the_compiler_gives()
    {
        var readme = await File.ReadAllTextAsync(Path.Combine(Root, "README.md"), TestContext.Current.CancellationToken);
        var block = Blocks(readme).First();
        var start = block.IndexOf("    [Action]", StringComparison.Ordinal);
        var end = block.IndexOf("    [Action, Retry", StringComparison.Ordinal);
        var found = await Expect.Analyze(Compilations.Of(block.Remove(start, end - start), ImplicitUsings));
        var error = Assert.Single(found, static d => d.Severity == DiagnosticSeverity.Error);
        var shown = readme.Split('\n').Single(static l => l.StartsWith("error AF0102: ", StringComparison.Ordinal))["error AF0102: ".Length..];
        Assert.StartsWith(shown.TrimEnd(), error.GetMessage(null), StringComparison.Ordinal);
    }

    private static IEnumerable<string> Blocks(string markdown) => markdown.Split("```csharp\n").Skip(1).Select(static b => b[..b.IndexOf("```", StringComparison.Ordinal)]);

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
