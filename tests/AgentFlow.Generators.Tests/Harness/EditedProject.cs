using AgentFlow.Generators.Emission;
using AgentFlow.Generators.Model;
using AgentFlow.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AgentFlow.Generators.Tests.Harness;

/// <summary>A project under one driver, as an editor keeps it: what was not edited stays the same tree.</summary>
internal sealed class EditedProject
{
    /// <summary>So many files that all those with declarations are few among them.</summary>
    public const int Many = 300;

    private static readonly CSharpParseOptions Options = new(LanguageVersion.Preview);

    private readonly SyntaxTree[] _others;

    public EditedProject(params (string Path, string Text)[] files)
        : this(others: 0, files)
    {
    }

    /// <param name="others">How many files without a declaration there are besides: among many files agents are parsed without what they cannot see.</param>
    /// <param name="files">The files.</param>
    public EditedProject(int others, params (string Path, string Text)[] files)
    {
        _others = [.. Enumerable.Range(0, others).Select(static other => Parse($"/other/{other}.cs", ""))];
        Compilation = Compilations.Of().AddSyntaxTrees(files.Select(static file => Parse(file.Path, file.Text))).AddSyntaxTrees(_others);
        Driver = CSharpGeneratorDriver.Create(
            [new AgentGenerator().AsSourceGenerator()],
            parseOptions: Options,
            driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));
        Run();
    }

    public CSharpCompilation Compilation { get; private set; }

    public GeneratorDriver Driver { get; private set; }

    /// <summary>The generated files by hint name, and the models, which know more, by metadata name.</summary>
    public SortedDictionary<string, object> Output
    {
        get
        {
            var result = Driver.GetRunResult().Results[0];
            Assert.Null(result.Exception);
            var output = new SortedDictionary<string, object>(StringComparer.Ordinal);
            foreach (var source in result.GeneratedSources)
            {
                output.Add(source.HintName, source.SourceText.ToString());
            }

            foreach (var (value, reason) in result.TrackedSteps.GetValueOrDefault(TrackingNames.Agents, []).SelectMany(static step => step.Outputs))
            {
                if (reason != IncrementalStepRunReason.Removed)
                {
                    output.Add(((AgentModel)value).MetadataName, value);
                }
            }

            return output;
        }
    }

    /// <summary>What that ought to be: every class of a compilation that was never seen before is handed to the parser.</summary>
    public SortedDictionary<string, object> Expected
    {
        get
        {
            var fresh = Compilation.RemoveAllSyntaxTrees().AddSyntaxTrees(Compilation.SyntaxTrees.Select(static tree => Parse(tree.FilePath, tree.ToString())));
            var expected = new SortedDictionary<string, object>(StringComparer.Ordinal);
            foreach (var type in Types(fresh.Assembly.GlobalNamespace))
            {
                if (AgentParser.Parse(type, fresh, sink: null, CancellationToken.None) is { } agent)
                {
                    expected.Add(agent.MetadataName, agent);
                    expected.Add(HintName.For(agent.MetadataName), AgentEmitter.Emit(agent).ToString());
                }
            }

            return expected;
        }
    }

    /// <summary>Makes these the files of the project; a file whose path and text are as before is not touched.</summary>
    public void Become(params (string Path, string Text)[] files)
    {
        var left = Compilation.SyntaxTrees.ToLookup(static tree => (tree.FilePath, tree.ToString()));
        Become(Compilation.RemoveAllSyntaxTrees().AddSyntaxTrees(files.Select(file => left[file].FirstOrDefault() ?? Parse(file.Path, file.Text))).AddSyntaxTrees(_others));
    }

    public void Become(CSharpCompilation compilation)
    {
        Compilation = compilation;
        Run();
    }

    public void AssertFresh() => Assert.Equal(Expected, Output);

    private static SyntaxTree Parse(string path, string text) => CSharpSyntaxTree.ParseText(text, Options, path);

    private static IEnumerable<INamedTypeSymbol> Types(INamespaceOrTypeSymbol container)
    {
        foreach (var member in container.GetMembers().OfType<INamespaceOrTypeSymbol>())
        {
            if (member is INamedTypeSymbol type)
            {
                yield return type;
            }

            foreach (var nested in Types(member))
            {
                yield return nested;
            }
        }
    }

    private void Run() => Driver = Driver.RunGenerators(Compilation, TestContext.Current.CancellationToken);
}
