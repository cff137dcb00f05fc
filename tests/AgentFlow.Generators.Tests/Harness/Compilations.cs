using AgentFlow.Generators.Emission;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AgentFlow.Generators.Tests.Harness;

/// <summary>Compiles a user's sources against the framework that runs the tests and the real AgentFlow assembly.</summary>
internal static class Compilations
{
    public static MetadataReference[] References { get; } =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(static path => Path.GetFileName(path) is var name && (name.StartsWith("System.", StringComparison.Ordinal) || name is "netstandard.dll" or "mscorlib.dll" or "Microsoft.CSharp.dll"))
            .Select(static path => MetadataReference.CreateFromFile(path)),
        MetadataReference.CreateFromFile(typeof(AgentAttribute).Assembly.Location),
        MetadataReference.CreateFromFile(typeof(AgentFlow.Testing.Simulate).Assembly.Location),
        MetadataReference.CreateFromFile(typeof(ToolAttribute).Assembly.Location),
        MetadataReference.CreateFromFile(typeof(Microsoft.Extensions.AI.AIFunction).Assembly.Location),
    ];

    public static CSharpCompilation Of(params string[] sources) => Of(sources, options: null);

    public static CSharpCompilation Of(string[] sources, SyntaxTreeOptionsProvider? options) => CSharpCompilation.Create(
        "Demo",
        sources.Select(static (source, i) => CSharpSyntaxTree.ParseText(source, new CSharpParseOptions(LanguageVersion.Latest), path: PathOf(i))),
        References,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, allowUnsafe: true)
            .WithSyntaxTreeOptionsProvider(options));

    /// <summary>
    /// The compilation with what the generator adds to it, as the analyzers of a build and the compiler see it. What a consumer is spared, a test sees: only for
    /// what users have marked as obsolete no warning counts, and for names that hide others, which may be the very error that stubs stand in for.
    /// </summary>
    public static CSharpCompilation Generated(CSharpCompilation compilation)
    {
        var generated = AsConsumed(compilation);
        foreach (var tree in generated.SyntaxTrees.Except(compilation.SyntaxTrees).ToList())
        {
            var text = tree.ToString();
            Assert.Contains(AgentEmitter.NoWarnings, text, StringComparison.Ordinal);
            generated = generated.ReplaceSyntaxTree(tree, CSharpSyntaxTree.ParseText(
                text.Replace(AgentEmitter.NoWarnings, "#pragma warning disable CS0612, CS0618, CS0108, CS0109, CS0114", StringComparison.Ordinal),
                (CSharpParseOptions)tree.Options,
                tree.FilePath));
        }

        return generated;
    }

    /// <summary>The compilation with exactly what the generator adds to it.</summary>
    public static CSharpCompilation AsConsumed(CSharpCompilation compilation)
    {
        CSharpGeneratorDriver.Create([new AgentGenerator().AsSourceGenerator(), new ToolGenerator().AsSourceGenerator()], parseOptions: new CSharpParseOptions(LanguageVersion.Latest))
            .RunGeneratorsAndUpdateCompilation(compilation, out var generated, out var diagnostics);
        Assert.Empty(diagnostics);
        return (CSharpCompilation)generated;
    }

    public static string PathOf(int file) => $"/src/File{file}.cs";
}
