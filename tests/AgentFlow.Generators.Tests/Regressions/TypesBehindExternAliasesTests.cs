using AgentFlow.Generators.Tests.Harness;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AgentFlow.Generators.Tests.Regressions;

/// <summary>Generated code named types of a reference with an extern alias from <c>global::</c> on, where they are not.</summary>
public sealed class TypesBehindExternAliasesTests
{
    [Theory]
    [InlineData("[Agent] public sealed partial class Desk { [Action] private static int Get([Input] vendor::Vendor.Note note) => 7; }", "AF0221")]
    [InlineData("[Agent(Durable = false)] public sealed partial class Desk { [Action] private static int Get([Input] List<vendor::Vendor.Note.Of<int>[]> note) => 7; }", "AF0221")]
    [InlineData("[Agent] public sealed partial class Desk { [Action] private static vendor::Vendor.Note Get() => null!; }", "AF0221")]
    [InlineData("[Agent] public sealed partial class Desk { [Action] private static int Get([Service] vendor::Vendor.Note note) => 7; }", "AF0221")]
    [InlineData("[Agent] public sealed partial class Desk { [Action, Retry(2, On = [typeof(vendor::Vendor.VendorException)])] private static int Get() => 7; }", "AF0221")]
    [InlineData("[Agent] public sealed partial class Desk { [Signal(Timeout = \"1.00:00:00\")] private partial Task<vendor::Vendor.Note> Get(); }", "AF0221")]
    [InlineData("public sealed record Held(vendor::Vendor.Note Note); [Agent] public sealed partial class Desk { [Action] private static Held Get() => null!; }", "AF0401")]
    [InlineData("public sealed partial class Desk { [Tool] public static int Get(vendor::Vendor.Note note) => 7; }", "AF0221")]
    [InlineData("public sealed partial class Desk { [Tool] public static vendor::Vendor.Note Get() => null!; }", "AF0221")]
    [InlineData("public sealed record Held(vendor::Vendor.Note Note); public sealed partial class Desk { [Tool] public static int Get(Held held) => 7; }", "AF0601")]
    public async Task They_are_one_error(string source, string id)
    {
        var (errors, noise) = await ErrorsOf(source, VendorLibrary.Reference);
        Assert.Equal([id], errors);
        Assert.Empty(noise);
    }

    [Theory]
    [InlineData("[Agent] public sealed partial class Desk { [Action] private static int Get() => new vendor::Vendor.Note().Text.Length; }")]
    [InlineData("[Agent] public sealed partial class Desk : vendor::Vendor.Host { [vendor::Vendor.Mark, Action] private int Get([vendor::Vendor.Mark] [Input] int of) => Given; }")]
    [InlineData("public sealed record Held(vendor::Vendor.Note Note); [Agent(Durable = false)] public sealed partial class Desk { [Action] private static Held Make() => null!; [Action] private static int Get(Held held) => 7; }")]
    public async Task Where_generated_code_does_not_name_them_they_are_clean(string source)
    {
        var (errors, noise) = await ErrorsOf(source, VendorLibrary.Reference);
        Assert.Empty(errors);
        Assert.Empty(noise);
    }

    [Fact]
    public async Task It_is_said_at_the_parameter()
    {
        var markup = Markup.Parse("extern alias vendor; using AgentFlow; [Agent] public sealed partial class Desk { [Action] private static int Get([Input] vendor::Vendor.Note {|AF0221:note|}) => 7; }");
        var error = Assert.Single(await Expect.Analyze(Compilations.Generated(Compilations.Of(markup.Source).AddReferences(VendorLibrary.Reference))));
        Assert.Equal(markup.Expected.Select(static expected => (expected.Id, expected.Span)), [(error.Id, error.Location.SourceSpan)]);
    }

    [Fact]
    public async Task An_alias_beside_global_is_clean()
    {
        var reference = VendorLibrary.Reference.WithAliases(["global", "vendor"]);
        var (errors, noise) = await ErrorsOf("[Agent] public sealed partial class Desk { [Action] private static vendor::Vendor.Note Make([Input] vendor::Vendor.Note note) => note; [Tool] public static int Get(vendor::Vendor.Note note) => 7; }", reference);
        Assert.Empty(errors);
        Assert.Empty(noise);
    }

    private static async Task<(string[] Errors, Diagnostic[] Noise)> ErrorsOf(string source, MetadataReference reference)
    {
        var compilation = Compilations.Of("extern alias vendor; using System; using System.Collections.Generic; using System.Threading.Tasks; using AgentFlow; namespace Demo;\n" + source).AddReferences(reference);
        var generated = Compilations.Generated(compilation);
        var errors = (await Expect.Analyze(generated)).Where(static d => d.Severity == DiagnosticSeverity.Error).Select(static d => d.Id).ToArray();
        return (errors, [.. new CSharpResult(compilation, generated).Noise]);
    }
}
