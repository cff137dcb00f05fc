using System.Reflection;
using AgentFlow.Generators;
using AgentFlow.Generators.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentFlow.Fuzz;

/// <summary>Compiles many random agents at once, as a user's build does.</summary>
public static class Compiler
{
    private const string Stub = "This agent does not compile";

    private static readonly MetadataReference[] s_references =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(static path => Path.GetFileName(path) is var name && (name.StartsWith("System.", StringComparison.Ordinal) || name is "netstandard.dll" or "mscorlib.dll"))
            .Select(static path => MetadataReference.CreateFromFile(path)),
        MetadataReference.CreateFromFile(typeof(AgentAttribute).Assembly.Location),
        MetadataReference.CreateFromFile(typeof(World).Assembly.Location),
    ];

    /// <summary>Compiles agents into the bytes of an assembly; those that the language refuses are left out.</summary>
    /// <param name="models">The agents.</param>
    /// <param name="refused">Called with each that is left out, and why.</param>
    /// <returns>The assembly, and the agents that are in it.</returns>
    public static (byte[] Image, List<Model> Models) Compile(IReadOnlyList<Model> models, Action<Model, string>? refused = null)
    {
        var left = models.ToList();
        while (true)
        {
            var parse = new CSharpParseOptions(LanguageVersion.Latest);
            const string Usings = "using System; using System.Collections.Generic; using System.Threading; using System.Threading.Tasks; using AgentFlow; using AgentFlow.Fuzz;\n#nullable enable\nnamespace Fuzzed;\n";
            var trees = left.Select(m => CSharpSyntaxTree.ParseText(Usings + Printer.Print(m), parse, path: m.Name + ".cs")).ToArray();
            var compilation = CSharpCompilation.Create(
                $"Fuzzed{Guid.NewGuid():n}", trees, s_references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, optimizationLevel: OptimizationLevel.Release));
            CSharpGeneratorDriver.Create([new AgentGenerator().AsSourceGenerator()], parseOptions: parse).RunGeneratorsAndUpdateCompilation(compilation, out var generated, out _);
            if (Refused((CSharpCompilation)generated, left) is { Count: > 0 } ill)
            {
                foreach (var (model, why) in ill)
                {
                    refused?.Invoke(model, why);
                    left.Remove(model);
                }

                continue;
            }

            using var image = new MemoryStream();
            var emitted = generated.Emit(image);
            if (emitted.Success)
            {
                return (image.ToArray(), left);
            }

            var errors = emitted.Diagnostics.Where(static d => d.Severity == DiagnosticSeverity.Error).ToLookup(static d => d.Location.SourceTree is { } tree ? Owner(tree.FilePath) : "");
            var bad = left.Where(m => errors.Contains(m.Name)).ToList();
            if (bad.Count == 0)
            {
                throw new InvalidOperationException(string.Join('\n', emitted.Diagnostics.Where(static d => d.Severity == DiagnosticSeverity.Error).Take(20)));
            }

            foreach (var model in bad)
            {
                refused?.Invoke(model, string.Join('\n', errors[model.Name].Take(3)));
                left.Remove(model);
            }
        }
    }

    public static IFuzzAgent Make(Assembly assembly, Model model, World world, string path) =>
        (IFuzzAgent)Activator.CreateInstance(assembly.GetType("Fuzzed." + model.Name)!, world, path)!;

    /// <summary>Agents with errors of the language: the generator writes a stub, and the analyzer says why.</summary>
    private static List<(Model Model, string Why)> Refused(CSharpCompilation generated, List<Model> models)
    {
        var stubs = generated.SyntaxTrees.Where(static t => t.ToString().Contains(Stub, StringComparison.Ordinal)).Select(static t => Owner(t.FilePath)).ToHashSet();
        if (stubs.Count == 0)
        {
            return [];
        }

        var found = generated.WithAnalyzers([new AgentAnalyzer()]).GetAnalyzerDiagnosticsAsync().GetAwaiter().GetResult();
        return [.. models.Where(m => stubs.Contains(m.Name)).Select(m => (m, string.Join("; ", found.Where(d => d.Severity == DiagnosticSeverity.Error && Owner(d.Location.SourceTree!.FilePath) == m.Name).Take(3).Select(static d => $"{d.Id} {d.GetMessage(System.Globalization.CultureInfo.InvariantCulture)}"))))];
    }

    /// <summary>The agent whose file, or generated file, it is: <c>Fuzzed.G12_0.g.cs</c> is of G12.</summary>
    private static string Owner(string file)
    {
        var name = Path.GetFileName(file);
        name = name.StartsWith("Fuzzed.", StringComparison.Ordinal) ? name[7..] : name;
        return name.Split('.', '_')[0];
    }
}
