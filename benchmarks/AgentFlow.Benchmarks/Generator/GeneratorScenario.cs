using AgentFlow.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace AgentFlow.Benchmarks.Generator;

/// <summary>
/// A project of agents in an editor. An edit puts a new syntax tree into the compilation, which makes a new compilation with nothing
/// bound, and runs the driver that has run before; the same two versions of a file take turns.
/// </summary>
internal sealed class GeneratorScenario
{
    private static readonly CSharpParseOptions s_options = new(LanguageVersion.Latest);
    private static readonly MetadataReference[] s_references =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(static path => Path.GetFileName(path) is var name && name.StartsWith("System.", StringComparison.Ordinal))
            .Select(static path => MetadataReference.CreateFromFile(path)),
        MetadataReference.CreateFromFile(typeof(AgentAttribute).Assembly.Location),
    ];

    private readonly int _agents;
    private readonly SyntaxTree[] _elsewhere;

    // By whether an action has its other name, then by whether one has its other body.
    private readonly SyntaxTree[,] _agent;
    private int _name;
    private int _body;
    private int _other;
    private CSharpCompilation _compilation;
    private GeneratorDriver _driver;

    private GeneratorScenario(int agents, Func<int, int, string> source)
    {
        _agents = agents;
        _elsewhere = [Parse(AgentSources.Elsewhere(0), "Elsewhere.cs"), Parse(AgentSources.Elsewhere(1), "Elsewhere.cs")];
        _agent = new SyntaxTree[2, 2];
        for (var name = 0; name < 2; name++)
        {
            _agent[name, 0] = Parse(source(0, name), "Agent0.cs");
            _agent[name, 1] = Parse(AgentSources.OtherBody(source(0, name)), "Agent0.cs");
        }

        _compilation = CSharpCompilation.Create(
            "Demo",
            [_elsewhere[0], _agent[0, 0], .. Enumerable.Range(1, agents - 1).Select(i => Parse(source(i, 0), $"Agent{i}.cs"))],
            s_references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        _driver = NewDriver().RunGenerators(_compilation);
        Verify();
    }

    public static GeneratorScenario Ten(int agents) => new(agents, AgentSources.Ten);

    public static GeneratorScenario Thousand() => new(1, static (_, edit) => AgentSources.Thousand(edit));

    /// <summary>As a build does it: nothing is known from before.</summary>
    public void Cold() => NewDriver().RunGenerators(_compilation.Clone());

    /// <summary>What is measured, besides a run from nothing.</summary>
    public IReadOnlyList<(string Name, Action Run)> Edits =>
        [(nameof(EditElsewhere), EditElsewhere), (nameof(EditBody), EditBody), (nameof(EditAgent), EditAgent)];

    /// <summary>An edit in a file without agents.</summary>
    public void EditElsewhere() => Edit(_elsewhere[_other = 1 - _other]);

    /// <summary>An edit in the body of an action.</summary>
    public void EditBody() => Edit(_agent[_name, _body = 1 - _body]);

    /// <summary>An edit in one agent: its file is written again.</summary>
    public void EditAgent() => Edit(_agent[_name = 1 - _name, _body]);

    /// <summary>Checks that every agent has its file, that all compile, and that an edit rewrites no more than it has to.</summary>
    public void Verify()
    {
        var result = _driver.GetRunResult();
        var errors = _compilation.AddSyntaxTrees(result.GeneratedTrees).GetDiagnostics().Where(static d => d.Severity == DiagnosticSeverity.Error).Take(3).ToList();
        if (result.Diagnostics.Length > 0 || errors.Count > 0 || result.GeneratedTrees.Length != _agents)
        {
            throw new InvalidOperationException($"{result.GeneratedTrees.Length} files of {_agents} agents. {string.Join("; ", result.Diagnostics.Concat(errors))}");
        }
    }

    /// <summary>Checks how many files an edit in one agent and one elsewhere write anew.</summary>
    public void VerifyIncrementality()
    {
        foreach (var (edit, rewritten) in new (Action, int)[] { (EditElsewhere, 0), (EditBody, 0), (EditAgent, 1) })
        {
            var before = Texts().ToHashSet();
            edit();
            var fresh = Texts().Count(text => !before.Contains(text));
            if (fresh > rewritten)
            {
                throw new InvalidOperationException($"An edit wrote {fresh} files again, and {rewritten} were due.");
            }
        }

        Verify();

        // The driver makes trees of the texts anew each time, and lazily.
        IEnumerable<SourceText> Texts() => _driver.GetRunResult().Results.SelectMany(static r => r.GeneratedSources).Select(static s => s.SourceText);
    }

    private static CSharpGeneratorDriver NewDriver() => CSharpGeneratorDriver.Create([new AgentGenerator().AsSourceGenerator()], parseOptions: s_options);

    private static SyntaxTree Parse(string source, string path) => CSharpSyntaxTree.ParseText(source, s_options, path);

    private void Edit(SyntaxTree version)
    {
        // A tree that was never seen, as after a keystroke: nothing may be known of it from its last turn.
        var fresh = CSharpSyntaxTree.Create((CSharpSyntaxNode)version.GetRoot(), s_options, version.FilePath);
        _compilation = _compilation.ReplaceSyntaxTree(_compilation.SyntaxTrees.First(tree => tree.FilePath == version.FilePath), fresh);
        _driver = _driver.RunGenerators(_compilation);
    }
}
