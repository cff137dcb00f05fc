using System.Globalization;
using AgentFlow.Generators.Tests.Harness;
using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators.Tests.Generation;

/// <summary>
/// Random agents compile without an error or a warning in what is generated, or have an error of AgentFlow's. A few hundred of fixed seeds always;
/// <c>AGENTFLOW_RANDOM_PROGRAMS=10000</c> makes it so many.
/// </summary>
public sealed class RandomProgramTests
{
    /// <summary>So many in one compilation.</summary>
    private const int Batch = 100;

    [Fact]
    public async Task Random_agents_compile_or_are_refused()
    {
        var count = int.Parse(Environment.GetEnvironmentVariable("AGENTFLOW_RANDOM_PROGRAMS") ?? "300", CultureInfo.InvariantCulture);
        var first = int.Parse(Environment.GetEnvironmentVariable("AGENTFLOW_RANDOM_SEED") ?? "1", CultureInfo.InvariantCulture);
        var broken = new List<string>();
        var sound = 0;
        for (var seed = first; seed < first + count && broken.Count < 12; seed += Batch)
        {
            sound += await CheckAsync([.. Enumerable.Range(seed, Math.Min(Batch, first + count - seed))], broken);
        }

        Assert.True(broken.Count == 0, string.Join("\n\n", broken.Take(12)));

        // Of programs that are all refused nothing would be learnt.
        Assert.True(sound > count / 3, $"{sound} of {count} compile");
    }

    private static async Task<int> CheckAsync(int[] seeds, List<string> broken)
    {
        var ct = TestContext.Current.CancellationToken;
        var sources = seeds.Select(RandomProgram.Make).ToArray();
        var compilation = Compilations.Of(sources);

        // Without the generator only its parts may be missing: all else is a slip of the program's, which is left out.
        var slips = compilation.GetDiagnostics(ct)
            .Where(static d => d.Severity == DiagnosticSeverity.Error && d.Id != "CS8795")
            .ToLookup(static d => d.Location.SourceTree!.FilePath);
        Assert.True(slips.Count < seeds.Length / 4, string.Join('\n', slips.Select(static file => file.First().ToString())));
        compilation = compilation.RemoveSyntaxTrees(compilation.SyntaxTrees.Where(tree => slips.Contains(tree.FilePath)));
        var generated = Compilations.Generated(compilation);
        var refused = (await Expect.Analyze(generated)).Where(static d => d.Severity == DiagnosticSeverity.Error).ToLookup(static d => d.Location.SourceTree!.FilePath);
        using var image = new MemoryStream();
        foreach (var group in generated.GetDiagnostics(ct).Concat(Emitted()).Where(d => Counts(d, compilation)).GroupBy(static d => d.Location.SourceTree?.FilePath ?? ""))
        {
            var diagnostic = group.First();
            var line = diagnostic.Location.SourceTree?.GetText(ct).Lines.GetLineFromPosition(diagnostic.Location.SourceSpan.Start).ToString().Trim();
            broken.Add($"{diagnostic}\n    {line}");
        }

        return compilation.SyntaxTrees.Length - refused.Count;

        IEnumerable<Diagnostic> Emitted() => generated.WithOptions(generated.Options.WithOptimizationLevel(OptimizationLevel.Release)).Emit(image, cancellationToken: ct).Diagnostics;
    }

    private static bool Counts(Diagnostic diagnostic, Compilation users)
    {
        var isTheirs = diagnostic.Location.SourceTree is { } tree && users.ContainsSyntaxTree(tree);
        return diagnostic.Id != "OLD001" && diagnostic.Severity >= (isTheirs ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning);
    }
}
