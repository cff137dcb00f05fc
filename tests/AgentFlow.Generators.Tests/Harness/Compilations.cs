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
            .Where(static path => Path.GetFileName(path) is var name && (name.StartsWith("System.", StringComparison.Ordinal) || name is "netstandard.dll" or "mscorlib.dll"))
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

    /// <summary>The compilation with what the generator adds to it, as the analyzers of a build and the compiler see it.</summary>
    public static CSharpCompilation Generated(CSharpCompilation compilation)
    {
        CSharpGeneratorDriver.Create([new AgentGenerator().AsSourceGenerator(), new ToolGenerator().AsSourceGenerator()], parseOptions: new CSharpParseOptions(LanguageVersion.Latest))
            .RunGeneratorsAndUpdateCompilation(compilation, out var generated, out var diagnostics);
        Assert.Empty(diagnostics);
        return (CSharpCompilation)generated;
    }

    public static string PathOf(int file) => $"/src/File{file}.cs";
}
