using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentFlow.Generators.Tests;

/// <summary>Users decide about severities as with any analyzer.</summary>
public sealed class SeverityTests
{
    private const string Source = """
        using AgentFlow;
        [Agent(Durable = false)]
        public partial class Demo
        {
            [Action] System.Version Unused() => throw null!;
            [Action, Result] System.Random Write() => throw null!;
        }
        """;

    [Fact]
    public async Task As_written_it_is_a_warning() =>
        Assert.Equal(("AF0110", DiagnosticSeverity.Warning), Assert.Single(await Found(Source, config: null)));

    [Fact]
    public async Task A_pragma_silences_it() =>
        Assert.Empty(await Found(Source.Replace("    [Action] System.Version", "#pragma warning disable AF0110\n    [Action] System.Version", StringComparison.Ordinal), config: null));

    [Fact]
    public async Task An_editorconfig_raises_it() =>
        Assert.Equal(("AF0110", DiagnosticSeverity.Error), Assert.Single(await Found(Source, "dotnet_diagnostic.AF0110.severity = error")));

    [Fact]
    public async Task An_editorconfig_silences_it() => Assert.Empty(await Found(Source, "dotnet_diagnostic.AF0110.severity = none"));

    [Theory]
    [InlineData(true, null)]
    [InlineData(false, "dotnet_diagnostic.AF0102.severity = none")]
    [InlineData(false, "dotnet_diagnostic.AF0102.severity = suggestion")]
    [InlineData(false, "generated_code = true")]
    public async Task Without_which_nothing_is_generated_cannot_be_silenced(bool hasPragma, string? config)
    {
        var source = """
            using AgentFlow;
            [Agent(Durable = false)]
            public partial class Demo
            {
                [Action] System.Version Make(System.Random missing) => throw null!;
            }
            """;
        source = hasPragma ? "#pragma warning disable AF0102\n" + source : source;
        Assert.Equal(("AF0102", DiagnosticSeverity.Error), Assert.Single(await Found(source, config)));
    }

    private static async Task<List<(string, DiagnosticSeverity)>> Found(string source, string? config)
    {
        var set = AnalyzerConfigSet.Create(ImmutableArray.Create(AnalyzerConfig.Parse("root = true\n[*.cs]\n" + config, "/src/.editorconfig")));
        var compilation = Compilations.Of([source], new Options(set));
        return [.. (await Expect.Analyze(compilation)).Select(static diagnostic => (diagnostic.Id, diagnostic.Severity))];
    }

    private sealed class Options(AnalyzerConfigSet set) : SyntaxTreeOptionsProvider
    {
        public override GeneratedKind IsGenerated(SyntaxTree tree, CancellationToken cancellationToken) =>
            set.GetOptionsForSourcePath(tree.FilePath).AnalyzerOptions.TryGetValue("generated_code", out var isGenerated) && isGenerated == "true" ? GeneratedKind.MarkedGenerated : GeneratedKind.Unknown;

        public override bool TryGetDiagnosticValue(SyntaxTree tree, string diagnosticId, CancellationToken cancellationToken, out ReportDiagnostic severity) =>
            set.GetOptionsForSourcePath(tree.FilePath).TreeOptions.TryGetValue(diagnosticId, out severity);

        public override bool TryGetGlobalDiagnosticValue(string diagnosticId, CancellationToken cancellationToken, out ReportDiagnostic severity)
        {
            severity = ReportDiagnostic.Default;
            return false;
        }
    }
}
