using System.Globalization;
using System.Text.RegularExpressions;
using AgentFlow.Generators.Tests.Harness;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AgentFlow.Generators.Tests.Generation;

/// <summary>
/// Random agents compile without an error or a warning in what is generated, or have an error of AgentFlow's. A few hundred of fixed seeds always;
/// <c>AGENTFLOW_RANDOM_PROGRAMS=10000</c> makes it so many.
/// </summary>
public sealed partial class RandomProgramTests
{
    /// <summary>So many in one compilation.</summary>
    private const int Batch = 100;

    /// <summary>What was found, one example a kind.</summary>
    private readonly Dictionary<string, (int Count, string Example)> _broken = [];

    private readonly SortedDictionary<string, int> _refusals = new(StringComparer.Ordinal);
    private int _sound;
    private int _refused;
    private int _slips;

    [Fact, Trait("Takes", "as long as there are programs")]
    public async Task Random_agents_compile_or_are_refused()
    {
        var count = Number("AGENTFLOW_RANDOM_PROGRAMS", 300);
        var first = Number("AGENTFLOW_RANDOM_SEED", 1);
        var emitted = Emitted();
        for (var seed = first; seed < first + count && _broken.Count < 40; seed += Batch)
        {
            await CheckAsync([.. Enumerable.Range(seed, Math.Min(Batch, first + count - seed))], emitted);
        }

        var counts = $"{count} programs: {_sound} compile, {_refused} have errors of AgentFlow's, {_slips} are not C# by themselves and were left out, {_broken.Values.Sum(static kind => kind.Count)} are broken.";
        var report = $"{counts}\n{string.Join(", ", _refusals.Select(static refusal => $"{refusal.Key}: {refusal.Value}"))}";
        TestContext.Current.TestOutputHelper?.WriteLine(report);
        if (Environment.GetEnvironmentVariable("AGENTFLOW_RANDOM_REPORT") is { Length: > 0 } file)
        {
            await File.WriteAllTextAsync(file, $"{report}\n\n{Kinds()}", TestContext.Current.CancellationToken);
        }

        Assert.True(_broken.Count == 0, $"{report}\n\n{Kinds()}");

        // Of programs that are all refused nothing would be learnt.
        Assert.True(_sound > count / 4, report);
    }

    private static int Number(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private string Kinds() => string.Join("\n\n", _broken.Values.OrderByDescending(static kind => kind.Count).Select(static kind => $"{kind.Count} × {kind.Example}"));

    /// <summary>Every identifier that code generated for some programs is made of.</summary>
    private static string[] Emitted()
    {
        var compilation = Compilations.Of([.. Enumerable.Range(1, 60).Select(static seed => RandomProgram.Make(seed, ["Emitted"]))]);
        var generated = Compilations.AsConsumed(compilation);
        return
        [
            .. generated.SyntaxTrees.Except(compilation.SyntaxTrees)
                .SelectMany(static tree => tree.GetRoot().DescendantTokens())
                .Where(static token => token.IsKind(SyntaxKind.IdentifierToken) && token.ValueText is not ("" or "nameof") && !token.ValueText.Any(char.IsAsciiDigit) && !token.ValueText.StartsWith("__AgentFlow", StringComparison.Ordinal))
                .Select(static token => SyntaxFacts.GetKeywordKind(token.ValueText) == SyntaxKind.None ? token.ValueText : "@" + token.ValueText)
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
    }

    private async Task CheckAsync(int[] seeds, string[] emitted)
    {
        var ct = TestContext.Current.CancellationToken;
        var compilation = Compilations.Of([.. seeds.Select(seed => RandomProgram.Make(seed, emitted))]).AddReferences(VendorLibrary.Reference);

        // Without the generator only its parts may be missing: all else is a slip of the program's, which is left out.
        var slips = compilation.GetDiagnostics(ct)
            .Where(static d => d.Severity == DiagnosticSeverity.Error && d.Id != "CS8795")
            .ToLookup(static d => d.Location.SourceTree!.FilePath);
        Assert.True(slips.Count < seeds.Length / 2, string.Join('\n', slips.Select(static file => file.First().ToString())));
        _slips += slips.Count;
        compilation = compilation.RemoveSyntaxTrees(compilation.SyntaxTrees.Where(tree => slips.Contains(tree.FilePath)));
        var generated = Compilations.Generated(compilation);
        var refused = (await Expect.Analyze(generated)).Where(static d => d.Severity == DiagnosticSeverity.Error).ToLookup(static d => d.Location.SourceTree!.FilePath);
        foreach (var id in refused.SelectMany(static file => file.Select(static d => d.Id).Distinct()))
        {
            _refusals[id] = _refusals.GetValueOrDefault(id) + 1;
        }

        using var image = new MemoryStream();
        var emission = generated.WithOptions(generated.Options.WithOptimizationLevel(OptimizationLevel.Release)).Emit(image, cancellationToken: ct);
        foreach (var group in generated.GetDiagnostics(ct).Concat(emission.Diagnostics).Where(d => Counts(d, compilation)).GroupBy(static d => d.Location.SourceTree?.FilePath ?? ""))
        {
            var diagnostic = group.First();
            var line = diagnostic.Location.SourceTree?.GetText(ct).Lines.GetLineFromPosition(diagnostic.Location.SourceSpan.Start).ToString().Trim();
            var kind = $"{diagnostic.Id} {Numbers().Replace(line is { Length: > 40 } ? line[..40] : line ?? "", "0")}";
            _broken[kind] = (_broken.GetValueOrDefault(kind).Count + 1, $"seeds {seeds[0]}…{seeds[^1]}: {diagnostic}\n    {line}");
        }

        _refused += refused.Count;
        _sound += compilation.SyntaxTrees.Length - refused.Count;
    }

    private static bool Counts(Diagnostic diagnostic, Compilation users)
    {
        var isTheirs = diagnostic.Location.SourceTree is { } tree && users.ContainsSyntaxTree(tree);
        return diagnostic.Id != "OLD001" && diagnostic.Severity >= (isTheirs ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning);
    }

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Numbers();
}
