using System.Collections.Immutable;
using AgentFlow.Generators.Analyzers;
using AgentFlow.Generators.Tests.Harness;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentFlow.Generators.Tests;

public sealed class SignalSuppressorTests
{
    [Fact]
    public async Task That_a_private_signal_is_never_called_is_no_finding()
    {
        var compilation = Compilations.Of("using System.Threading.Tasks; using AgentFlow; [Agent] public sealed partial class Desk { [Signal(Timeout = \"1.00:00:00\")] private partial Task<int> Answer(); [Action] private static int Get(int answer) => answer; private static void Idle() { } }");
        Assert.Equal(["Answer", "Get", "Idle"], await Found(compilation, new Unused()));
        Assert.Equal(["Get", "Idle"], await Found(compilation, new Unused(), new SignalSuppressor()));
    }

    private static async Task<IEnumerable<string>> Found(Compilation compilation, params DiagnosticAnalyzer[] analyzers) =>
        (await compilation.WithAnalyzers([.. analyzers]).GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken))
            .Select(static d => d.GetMessage(System.Globalization.CultureInfo.InvariantCulture)).Distinct().Order(StringComparer.Ordinal);

    /// <summary>Says of every private method that it is unused, as the editor's own analyzer does of those that nobody calls.</summary>
#pragma warning disable RS1001, RS1036, RS1038, RS2008 // It is in no package.
    private sealed class Unused : DiagnosticAnalyzer
    {
        private static readonly DiagnosticDescriptor Rule = new("IDE0051", "Unused", "{0}", "Style", DiagnosticSeverity.Warning, isEnabledByDefault: true);

        public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rule];

        public override void Initialize(AnalysisContext context)
        {
            context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
            context.EnableConcurrentExecution();
            context.RegisterSymbolAction(
                static symbol =>
                {
                    if (symbol.Symbol is IMethodSymbol { DeclaredAccessibility: Accessibility.Private, MethodKind: MethodKind.Ordinary })
                    {
                        symbol.ReportDiagnostic(Diagnostic.Create(Rule, symbol.Symbol.Locations[0], symbol.Symbol.Name));
                    }
                },
                SymbolKind.Method);
        }
    }
}
