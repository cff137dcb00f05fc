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
