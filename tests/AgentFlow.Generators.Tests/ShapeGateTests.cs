using System.Globalization;

namespace AgentFlow.Generators.Tests;

/// <summary>AF0410 to AF0417: agents against the shapes that sessions in flight were recorded by.</summary>
public sealed class ShapeGateTests
{
    private const string Shipped = """
        # What is out there.
        agent Desk
        input name string
        action Count int32
        action Fetch {Text:string}

        """;

    private const string Same = "[Agent] public sealed partial class Desk { [Action] Page Fetch([Input] string name) => null!; [Action] int Count(Page page) => 1; } public sealed record Page(string Text);";

    [Theory]
    [InlineData(Same)]
    [InlineData("[Agent] public sealed partial class Desk { [Action] int Count(Page page, int more) => 1; [Action] int More([Input] string name) => 1; [Action] Page Fetch([Input] string name) => null!; } public sealed class Page { public string Text { get; set; } = \"\"; }")]
    [InlineData("[Agent(Name = \"Desk\")] public sealed partial class Bureau { [Action(Name = \"Fetch\")] Page Get([Input(Name = \"name\")] string text) => null!; [Action] int Count(Page page) => 1; } public sealed record Page(string Text);")]
    [InlineData("[Agent] public sealed partial class {|AF0410:Desk|} { [Action] int Count([Input] string name) => 1; }")]
    [InlineData("[Agent] public sealed partial class {|AF0411:Desk|} { [Action] Page Fetch() => null!; [Action] int Count(Page page) => 1; } public sealed record Page(string Text);")]
    [InlineData("[Agent] public sealed partial class Desk { [Action] Page {|AF0412:Fetch|}([Input] string name) => null!; [Action] int Count(Page page) => 1; } public sealed record Page(string? Text);")]
    [InlineData("[Agent] public sealed partial class Desk { [Action] Page Fetch([Input] string name) => null!; [Action] long {|AF0412:Count|}(Page page) => 1; } public sealed record Page(string Text);")]
    [InlineData("[Agent] public sealed partial class Desk { [Action] Page Fetch([Input] string name) => null!; [Action] void {|AF0412:Count|}(Page page) { } } public sealed record Page(string Text);")]
    [InlineData("[Agent] public sealed partial class Desk { [Action] Page Fetch([Input] string? {|AF0413:name|}) => null!; [Action] int Count(Page page) => 1; } public sealed record Page(string Text);")]
    [InlineData("[Agent] public sealed partial class Desk { [Action] Page Fetch([Input] string name, [Input] int {|AF0414:depth|}) => null!; [Action] int Count(Page page) => 1; } public sealed record Page(string Text);")]
    [InlineData(Same + "[Agent] public sealed partial class {|AF0416:Other|} { [Action] int Count() => 1; }")]
    [InlineData(Same + "[Agent(Durable = false)] public sealed partial class Other { [Action] int Count() => 1; }")]
    [InlineData("[Agent] public sealed partial class Desk { [Action] Page Fetch([Input] string name) => null!; [Action] int Count(Page page) => 1; [Upcast(nameof(Fetch))] static Page Read(V1 old) => null!; } public sealed record Page(int Text); public sealed record V1(string Text);")]
    [InlineData("[Agent] public sealed partial class Desk { [Action] Page Fetch([Input] string name) => null!; [Action] int Count(Page page) => 1; [Upcast(nameof(Fetch))] static Page Read2(V2 old) => null!; [Upcast(nameof(Fetch))] static V2 Read1(V1 old) => null!; } public sealed record Page(int Text); public sealed record V2(long Text); public sealed record V1(string Text);")]
    [InlineData("[Agent] public sealed partial class Desk { [Action] Page {|AF0412:Fetch|}([Input] string name) => null!; [Action] int Count(Page page) => 1; [Upcast(nameof(Fetch))] static Page Read(V1 old) => null!; } public sealed record Page(int Text); public sealed record V1(long Text);")]
    public async Task What_would_break_a_session_is_told(string source)
    {
        var markup = Markup.Parse("using System; using AgentFlow; namespace Demo;\n" + source);
        var found = await Expect.Analyze(Compilations.Of(markup.Source), Shipped);
        Assert.Equal(
            markup.Expected.Select(e => $"{e.Id} {markup.Source[e.Span.Start..e.Span.End]} {e.Span.Start}").Order(StringComparer.Ordinal),
            found.Select(d => $"{d.Id} {markup.Source[d.Location.SourceSpan.Start..d.Location.SourceSpan.End]} {d.Location.SourceSpan.Start}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Without_the_file_nothing_is_asked() => Assert.Empty(await Expect.Analyze(Compilations.Of("using AgentFlow;\n" + Same)));

    [Theory]
    [InlineData("public sealed class Nothing;", "{|AF0415:agent Desk|}")]
    [InlineData("[Agent(Durable = false)] public sealed partial class Desk { [Action] int Count() => 1; }", "{|AF0415:agent Desk|}")]
    public async Task An_agent_that_is_gone_is_told_in_the_file(string source, string marked)
    {
        var diagnostic = Assert.Single(await Expect.Analyze(Compilations.Of("using AgentFlow;\n" + source), Shipped));
        var span = diagnostic.Location.SourceSpan;
        Assert.Equal("/src/AgentFlow.Shipped.txt", diagnostic.Location.GetLineSpan().Path);
        Assert.Equal(marked, $"{{|{diagnostic.Id}:{Shipped[span.Start..span.End]}|}}");
    }

    [Fact]
    public async Task An_agent_with_errors_is_not_gone()
    {
        var found = await Expect.Analyze(Compilations.Of("using AgentFlow;\n[Agent] public sealed partial class Desk { [Action] int Count(System.Version missing) => 1; }"), Shipped);
        Assert.Equal("AF0102", Assert.Single(found).Id);
    }

    [Fact]
    public async Task What_is_recorded_by_the_fix_is_what_the_run_time_writes()
    {
        // A name with a space, every kind of member, and an action without a value.
        var source = "using AgentFlow;\n[Agent(Name = \"My desk\")] public sealed partial class Desk { [Action(Name = \"Fetch it\")] Page Fetch([Input] string name, [Input] int? depth) => null!; [Action] void Put(Page fetch) { } } public sealed record Page(string Text, Page? Next);";
        var compilation = Compilations.Generated(Compilations.Of(source));
        using var image = new MemoryStream();
        Assert.True(compilation.Emit(image, cancellationToken: TestContext.Current.CancellationToken).Success);
        var desk = System.Reflection.Assembly.Load(image.ToArray()).GetType("Desk")!;
        var run = desk.GetNestedType("__AgentFlow", System.Reflection.BindingFlags.NonPublic)!.GetNestedType("Run")!;
        var shape = (AgentShape)run.GetField("Shape")!.GetValue(null)!;
        Assert.Equal("agent My desk\ninput depth int32?\ninput name string\naction Fetch%20it {Next:#0?,Text:string}\naction Put\n", shape.ToString());
        var diagnostic = Assert.Single(await Expect.Analyze(Compilations.Of(source), ""));
        Assert.Equal("AF0416", diagnostic.Id);
        Assert.Equal(shape.ToString(), diagnostic.Properties["shape"]);
        Assert.Empty(await Expect.Analyze(Compilations.Of(source), shape.ToString()));
    }

    [Theory]
    [InlineData("[Upcast(nameof(Fetch))] Report {|AF0417:Read|}(int old) => null!;")]
    [InlineData("[Upcast(nameof(Fetch))] static Report {|AF0417:Read|}() => null!;")]
    [InlineData("[Upcast(nameof(Fetch))] static Report {|AF0417:Read|}<T>(int old) => null!;")]
    [InlineData("[Upcast(nameof(Fetch))] static string {|AF0417:Read|}(int old) => null!;")]
    [InlineData("[Upcast(nameof(Fetch))] static Report {|AF0417:Read|}(Report old) => null!;")]
    [InlineData("[Upcast(nameof(Fetch))] static Report Read(int old) => null!; [Upcast(nameof(Fetch))] static Report {|AF0417:Again|}(int old) => null!;")]
    [InlineData("[Upcast(nameof(Fetch))] static string {|AF0417:Read|}(int old) => null!; [Upcast(nameof(Fetch))] static int {|AF0417:Again|}(string old) => 1;")]
    [InlineData("[Upcast(nameof(Fetch))] static Report Read(object {|AF0401:old|}) => null!;")]
    [InlineData("[Upcast({|AF0101:\"Fetsch\"|})] static Report Read(int old) => null!;")]
    [InlineData("[{|AF0310:Upcast(nameof(Put))|}] static Report Read(int old) => null!; [Action] void Put(Report fetch) { }")]
    [InlineData("[Upcast(nameof(Fetch))] static Report Read(int old) => null!;")]
    public Task AF0417_upcasts(string members) => Expect.Members("[Action, Result] Report Fetch() => null!;\n" + members);

    [Theory]
    [InlineData("[Agent(Durable = false)] public sealed partial class Demo { [Action] Report Fetch() => null!; [{|AF0310:Upcast(nameof(Fetch))|}] static Report Read(int old) => null!; }")]
    [InlineData("public static class Demo { [{|AF0214:Upcast(\"Fetch\")|}] static Report Read(int old) => null!; }")]
    public Task An_upcast_is_never_inert(string source) => Expect.Source(source);

    [Fact]
    public async Task Messages_say_what_was_and_what_is()
    {
        var found = await Expect.Analyze(Compilations.Of("using AgentFlow;\n" + Same.Replace("(string Text)", "(string Text, int Length)", StringComparison.Ordinal)), Shipped);
        var message = Assert.Single(found).GetMessage(CultureInfo.InvariantCulture);
        Assert.Contains("as {Text:string}, and it is {Length:int32,Text:string} now", message, StringComparison.Ordinal);
    }
}
