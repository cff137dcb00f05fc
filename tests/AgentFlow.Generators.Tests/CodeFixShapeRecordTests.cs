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
    [InlineData("agent Gone\naction A int32\n", "")]
    [InlineData("# Ours.\nagent Other\naction A\n\nagent Gone\n# Why.\naction A int32\n", "# Ours.\nagent Other\naction A\n\n# Why.\n")]
    [InlineData("agent Gone\r\naction A int32\r\nagent Other\r\naction A", "agent Other\r\naction A")]
    public async Task An_agent_that_is_gone_is_forgotten(string before, string after)
    {
        var (project, offers) = await OffersForGone(before);
        var removed = (await Assert.Single(offers).GetOperationsAsync(TestContext.Current.CancellationToken)).OfType<ApplyChangesOperation>().Single().ChangedSolution.GetProject(project.Id)!;
        var text = (await removed.AdditionalDocuments.Single().GetTextAsync(TestContext.Current.CancellationToken)).ToString();
        Assert.Equal(after, text);
        Assert.DoesNotContain(await Expect.Analyze((CSharpCompilation)(await project.GetCompilationAsync(TestContext.Current.CancellationToken))!, text), static d => d.GetMessage(System.Globalization.CultureInfo.InvariantCulture).Contains("Gone", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("[Agent]", "[Agent(Name = \"Gone\")]")]
    [InlineData("[Agent(MaxParallel = 2)]", "[Agent(Name = \"Gone\", MaxParallel = 2)]")]
    [InlineData("[Agent(MaxParallel = 2, Name = \"Bureau\")]", "[Agent(Name = \"Gone\", MaxParallel = 2)]")]
    public async Task An_agent_that_was_renamed_keeps_its_id(string attribute, string kept)
    {
        var shipped = Shape.Replace("agent Desk", "agent Gone", StringComparison.Ordinal);
        var (project, offers) = await OffersForGone(shipped, Source.Replace("[Agent]", attribute, StringComparison.Ordinal));
        Assert.Equal(["Keep", "Remove"], offers.Select(static offer => offer.EquivalenceKey));
        var renamed = (await offers[0].GetOperationsAsync(TestContext.Current.CancellationToken)).OfType<ApplyChangesOperation>().Single().ChangedSolution.GetProject(project.Id)!;
        Assert.Contains(kept, (await renamed.Documents.Single().GetTextAsync(TestContext.Current.CancellationToken)).ToString(), StringComparison.Ordinal);
        Assert.Empty(await Expect.Analyze((CSharpCompilation)(await renamed.GetCompilationAsync(TestContext.Current.CancellationToken))!, shipped));
    }

    [Theory]
    [InlineData("agent Gone\ninput name string\naction Count int32\n")]
    [InlineData("agent Gone\ninput name string\naction Count int32\naction Fetch {Text:int32}\n")]
    public async Task Another_agent_is_not_taken_for_the_one_that_is_gone(string shipped) =>
        Assert.Equal("Remove", Assert.Single((await OffersForGone(shipped)).Offers).EquivalenceKey);

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

    private static async Task<(Project Project, IReadOnlyList<CodeAction> Offers)> OffersForGone(string shipped, string source = Source)
    {
        var project = Project(shipped, source);
        var found = await Expect.Analyze((CSharpCompilation)(await project.GetCompilationAsync(TestContext.Current.CancellationToken))!, shipped);
        var diagnostic = found.First(static d => d.Id == "AF0415" && d.GetMessage(System.Globalization.CultureInfo.InvariantCulture).Contains("Gone", StringComparison.Ordinal));
        var offers = new List<CodeAction>();
        await new GoneAgentFix().RegisterCodeFixesAsync(new CodeFixContext(project.AdditionalDocuments.Single(), diagnostic, (offer, _) => offers.Add(offer), TestContext.Current.CancellationToken));
        return (project, offers);
    }

    private static Project Project(string shipped, string source = Source)
    {
        var project = new AdhocWorkspace().AddProject("Demo", LanguageNames.CSharp)
            .WithMetadataReferences(Compilations.References)
            .WithParseOptions(new CSharpParseOptions(LanguageVersion.Latest))
            .WithCompilationOptions(new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        project = project.AddDocument("File0.cs", source, filePath: Compilations.PathOf(0)).Project;
        return project.AddAdditionalDocument(ShippedShapes.FileName, shipped, filePath: "/src/" + ShippedShapes.FileName).Project;
    }
}
