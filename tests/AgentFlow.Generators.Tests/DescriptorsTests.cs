using System.Reflection;
using System.Runtime.CompilerServices;
using AgentFlow.Generators.Diagnostics;
using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators.Tests;

/// <summary>The ids are public: each is declared once and listed for release.</summary>
public sealed class DescriptorsTests
{
    private static readonly DiagnosticDescriptor[] All =
    [
        .. typeof(Descriptors).GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
            .Where(static field => field.FieldType == typeof(DiagnosticDescriptor))
            .Select(static field => (DiagnosticDescriptor)field.GetValue(null)!),
    ];

    private static readonly string[] Ids =
    [
        .. typeof(DiagnosticIds).GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic).Select(static field => (string)field.GetRawConstantValue()!),
    ];

    [Fact]
    public void Every_id_has_one_descriptor() => Assert.Equal(Ids.Order(), All.Select(static descriptor => descriptor.Id).Order());

    [Fact]
    public void Every_id_has_a_help_page() =>
        Assert.All(All, static descriptor => Assert.EndsWith("docs/diagnostics/" + descriptor.Id + ".md", descriptor.HelpLinkUri, StringComparison.Ordinal));

    [Fact]
    public void Every_id_is_listed_for_release()
    {
        var listed = File.ReadAllLines(Path.Combine(Root(), "src/AgentFlow.Generators/Diagnostics/AnalyzerReleases.Unshipped.md"))
            .Concat(File.ReadAllLines(Path.Combine(Root(), "src/AgentFlow.Generators/Diagnostics/AnalyzerReleases.Shipped.md")))
            .Where(static line => line.StartsWith("AF", StringComparison.Ordinal))
            .Select(static line => line[..6]);
        Assert.Equal(Ids.Order(), listed.Order());
    }

    private static string Root([CallerFilePath] string path = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "../.."));
}
