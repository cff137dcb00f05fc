using System.Reflection;
using AgentFlow.Generators.Tests.Harness;
using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators.Tests.Regressions;

/// <summary>Compiles a source with what is generated for it, warnings in that included, and calls <c>Play.Run</c>.</summary>
internal static class Compiled
{
    private const string Usings = "using System; using System.Collections.Generic; using System.Linq; using System.Threading; using System.Threading.Tasks; using AgentFlow;\n";

    public static CSharpResult Of(string source, bool asConsumed = false)
    {
        var compilation = Compilations.Of(Usings + source);
        var generated = asConsumed ? Compilations.AsConsumed(compilation) : Compilations.Generated(compilation);
        return new(compilation, generated);
    }

    public static async Task<object> RunAsync(string source, bool asConsumed = false)
    {
        var result = Of(source, asConsumed);
        Assert.Empty(result.Noise);
        using var image = new MemoryStream();
        var emitted = result.Generated.Emit(image, cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(emitted.Success, string.Join('\n', emitted.Diagnostics.Where(static d => d.Severity == DiagnosticSeverity.Error).Take(5)));
        var play = Assembly.Load(image.ToArray()).GetTypes().Single(static type => type.Name == "Play");
        return await ((Task<object>)play.GetMethod("Run")!.Invoke(null, null)!).WaitAsync(Patience, TestContext.Current.CancellationToken);
    }
}

/// <summary>A compilation before and after generation.</summary>
internal sealed record CSharpResult(Compilation Users, Compilation Generated)
{
    /// <summary>Errors anywhere, and warnings in what is generated.</summary>
    public IReadOnlyList<Diagnostic> Noise =>
    [
        .. Generated.GetDiagnostics(TestContext.Current.CancellationToken)
            .Where(d => d.Severity >= (d.Location.SourceTree is { } tree && Users.ContainsSyntaxTree(tree) ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning)),
    ];
}
