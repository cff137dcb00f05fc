using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using AgentFlow.Generators.Diagnostics;
using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators.Tests;

/// <summary>Every id has a page that is true: its wrong example is wrong in just that way, its right one is right.</summary>
public sealed partial class DocsPagesTests
{
    private const string Usings = "using System;\nusing System.Collections.Generic;\nusing System.Threading;\nusing System.Threading.Tasks;\nusing AgentFlow;\n";

    public static TheoryData<string> Ids { get; } =
    [
        .. typeof(DiagnosticIds).GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic).Select(static field => (string)field.GetRawConstantValue()!),
    ];

    private static string Root { get; } = FindRoot();

    [Theory, MemberData(nameof(Ids))]
    public void Each_id_has_a_page_a_row_and_a_test(string id)
    {
        var page = File.ReadAllText(PageOf(id));
        Assert.StartsWith($"# {id}: ", page, StringComparison.Ordinal);
        Assert.InRange(page.Split('\n').Length, 15, 45);

        var rows = Directory.GetFiles(Path.Combine(Root, "src/AgentFlow.Generators/Diagnostics"), "AnalyzerReleases.*.md").SelectMany(File.ReadAllLines);
        Assert.Single(rows, row => row.StartsWith(id + " |", StringComparison.Ordinal));

        var tests = new[] { "", "Regressions" }
            .SelectMany(static folder => Directory.GetFiles(Path.Combine(Root, "tests/AgentFlow.Generators.Tests", folder), "*.cs"))
            .Where(static file => !file.EndsWith("DocsPagesTests.cs", StringComparison.Ordinal));
        Assert.Contains(tests, file => File.ReadAllText(file).Contains("{|" + id + ":", StringComparison.Ordinal));
    }

    [Fact]
    public void Each_page_has_an_id() =>
        Assert.Equal(Ids.Select(static row => row.Data).Order(), Directory.GetFiles(Path.Combine(Root, "docs/diagnostics"), "AF*.md").Select(static file => Path.GetFileNameWithoutExtension(file)).Order());

    [Theory, MemberData(nameof(Ids))]
    public async Task Wrong_examples_are_wrong_in_that_way_alone(string id)
    {
        var wrong = Blocks(id, "wrong");
        Assert.NotEmpty(wrong);
        Assert.Equal([id], (await Found(wrong[0], Shipped(id))).Select(static diagnostic => diagnostic.Id).Distinct());
    }

    [Theory, MemberData(nameof(Ids))]
    public async Task Right_examples_are_right(string id)
    {
        var right = Blocks(id, "right");
        Assert.NotEmpty(right);
        foreach (var block in right)
        {
            Assert.DoesNotContain(await Found(block, Shipped(id)), diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning || diagnostic.Id == id);
        }
    }

    [Theory, MemberData(nameof(Ids))]
    public void Titles_are_those_of_the_rules(string id)
    {
        var descriptor = typeof(Descriptors).GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
            .Where(static field => field.FieldType == typeof(DiagnosticDescriptor))
            .Select(static field => (DiagnosticDescriptor)field.GetValue(null)!)
            .Single(descriptor => descriptor.Id == id);
        Assert.StartsWith($"# {id}: {descriptor.Title}\n", File.ReadAllText(PageOf(id)), StringComparison.Ordinal);
        Assert.EndsWith($"docs/diagnostics/{id}.md", descriptor.HelpLinkUri, StringComparison.Ordinal);
        Assert.True(Uri.IsWellFormedUriString(descriptor.HelpLinkUri, UriKind.Absolute));
    }

    /// <summary>What the compiler and the analyzers say, in the project of a user.</summary>
    private static async Task<List<Diagnostic>> Found(string block, string? shipped)
    {
        // What is behind an extern alias is declared before all else.
        var externs = string.Concat(Externs().Matches(block).Select(static line => line.Value));
        var compilation = Compilations.Generated(Compilations.Of(externs + Usings + block[externs.Length..]).AddReferences(VendorLibrary.Reference));
        return
        [
            .. await Expect.Analyze(compilation, shipped),
            .. compilation.GetDiagnostics(TestContext.Current.CancellationToken).Where(static diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning),
        ];
    }

    /// <summary>What AgentFlow.Shipped.txt says, if the page shows it.</summary>
    private static string? Shipped(string id) => ShippedBlock().Match(File.ReadAllText(PageOf(id))) is { Success: true } match ? match.Groups[1].Value : null;

    [GeneratedRegex("^extern alias .*\n", RegexOptions.Multiline)]
    private static partial Regex Externs();

    [GeneratedRegex("^```text shipped\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex ShippedBlock();

    private static List<string> Blocks(string id, string kind) =>
        [.. Block().Matches(File.ReadAllText(PageOf(id))).Where(match => match.Groups[1].Value == kind).Select(static match => match.Groups[2].Value)];

    private static string PageOf(string id) => Path.Combine(Root, "docs/diagnostics", id + ".md");

    private static string FindRoot([CallerFilePath] string path = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "../.."));

    [GeneratedRegex("^```csharp (wrong|right)\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
