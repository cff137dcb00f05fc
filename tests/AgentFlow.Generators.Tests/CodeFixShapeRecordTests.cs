using AgentFlow.CodeFixes;
using AgentFlow.Generators.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;

namespace AgentFlow.Generators.Tests;

/// <summary>What the fixes write into the file with the shapes.</summary>
public sealed class CodeFixShapeRecordTests
{
    private const string Source = "using AgentFlow; [Agent] public sealed partial class Desk { [Action] Page Fetch([Input] string name) => null!; [Action] int Count(Page page) => 1; } public sealed record Page(string Text);";
    private const string Shape = "agent Desk\ninput name string\naction Count int32\naction Fetch {Text:string}\n";

    [Theory]
    [InlineData("", Shape)]
    [InlineData("# Ours.\nagent Other\naction A\n", "# Ours.\nagent Other\naction A\n" + Shape)]
    [InlineData("agent Desk\ninput name string\naction Fetch {Text:int32}\naction Count int32\n# Theirs.\nagent Other\naction A\n", Shape + "# Theirs.\nagent Other\naction A\n")]
    [InlineData("agent Other\naction A\n\nagent Desk\ninput name string\naction Gone", "agent Other\naction A\n\n" + Shape)]
    public async Task The_shape_is_recorded(string before, string after)
    {
        var project = Project(before);
        var diagnostic = (await Expect.Analyze((CSharpCompilation)(await project.GetCompilationAsync(TestContext.Current.CancellationToken))!, before)).First(static d => d.Id is not "AF0415");
        var offers = new List<CodeAction>();
        await new RecordShapeFix().RegisterCodeFixesAsync(new CodeFixContext(project.Documents.Single(), diagnostic, (offer, _) => offers.Add(offer), TestContext.Current.CancellationToken));
        var operations = await Assert.Single(offers).GetOperationsAsync(TestContext.Current.CancellationToken);
        var changed = operations.OfType<ApplyChangesOperation>().Single().ChangedSolution.GetProject(project.Id)!;
        var text = (await changed.AdditionalDocuments.Single().GetTextAsync(TestContext.Current.CancellationToken)).ToString();
        Assert.Equal(after, text);
        Assert.DoesNotContain(await Expect.Analyze((CSharpCompilation)(await project.GetCompilationAsync(TestContext.Current.CancellationToken))!, text), static d => d.Id is not "AF0415");
    }

    [Theory]
    [InlineData("{Text:int32}", "private static Page ReadFetchV1(FetchV1 old)", "private sealed record FetchV1(int Text);")]
    [InlineData("string?", "private static Page ReadFetchV1(string? old)", null)]
    [InlineData("[{[guid]:(int32,{A:bytes,class:any?})}]", "private static Page ReadFetchV1(System.Collections.Generic.Dictionary<System.Guid, (int, FetchV1Item2)>[] old)", "private sealed record FetchV1Item2(byte[] A, System.Text.Json.JsonElement? @class);")]
    [InlineData("{Next:#0?,Sub:{Up:#0}}", "private static Page ReadFetchV1(FetchV1 old)", "private sealed record FetchV1(FetchV1? Next, FetchV1Sub Sub);")]
    public async Task A_way_from_what_was_recorded_is_begun(string recorded, string method, string? record)
    {
        var shipped = Shape.Replace("{Text:string}", recorded, StringComparison.Ordinal);
        var project = Project(shipped);
        var diagnostic = Assert.Single(await Expect.Analyze((CSharpCompilation)(await project.GetCompilationAsync(TestContext.Current.CancellationToken))!, shipped));
        Assert.Equal("AF0412", diagnostic.Id);
        var offers = new List<CodeAction>();
        await new UpcastFix().RegisterCodeFixesAsync(new CodeFixContext(project.Documents.Single(), diagnostic, (offer, _) => offers.Add(offer), TestContext.Current.CancellationToken));
        var operations = await Assert.Single(offers).GetOperationsAsync(TestContext.Current.CancellationToken);
        var changed = operations.OfType<ApplyChangesOperation>().Single().ChangedSolution.GetProject(project.Id)!;
        var text = (await changed.Documents.Single().GetTextAsync(TestContext.Current.CancellationToken)).ToString();
        Assert.Contains("[Upcast(nameof(Fetch))]", text, StringComparison.Ordinal);
        Assert.Contains(method, text, StringComparison.Ordinal);
        Assert.Contains(record ?? "", text, StringComparison.Ordinal);

        // It compiles, and takes just what was recorded.
        var compilation = Compilations.Generated(Compilations.Of(text));
        Assert.DoesNotContain(compilation.GetDiagnostics(TestContext.Current.CancellationToken), static d => d.Severity == DiagnosticSeverity.Error);
        Assert.Empty(await Expect.Analyze(compilation, shipped));
    }

    [Theory]
    [InlineData("enum")]
    [InlineData("json:Odd")]
    [InlineData("{Kind:enum}")]
    [InlineData("{}<\"a\"={A:int32}>")]
    [InlineData("{\"a\\u0020b\":int32}")]
    [InlineData("{A:int32")]
    [InlineData("(int32")]
    [InlineData("[int32")]
    [InlineData("#7")]
    public void What_a_contract_does_not_tell_is_not_made_up(string contract) => Assert.Null(ContractTypes.Of(contract, "V1"));

    private static Project Project(string shipped)
    {
        var project = new AdhocWorkspace().AddProject("Demo", LanguageNames.CSharp)
            .WithMetadataReferences(Compilations.References)
            .WithParseOptions(new CSharpParseOptions(LanguageVersion.Latest))
            .WithCompilationOptions(new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        project = project.AddDocument("File0.cs", Source, filePath: Compilations.PathOf(0)).Project;
        return project.AddAdditionalDocument(ShippedShapes.FileName, shipped, filePath: "/src/" + ShippedShapes.FileName).Project;
    }
}
