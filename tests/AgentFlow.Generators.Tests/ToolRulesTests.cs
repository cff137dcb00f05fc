using AgentFlow.CodeFixes;

namespace AgentFlow.Generators.Tests;

/// <summary>AF06xx: what cannot be a tool, or should not be one as it stands.</summary>
public sealed class ToolRulesTests
{
    [Theory]
    [InlineData("void File(object {|AF0601:note|})")]
    [InlineData("void File(Action {|AF0601:note|})")]
    [InlineData("void File(Dictionary<Article, int> {|AF0601:note|})")]
    [InlineData("void File(List<Node> {|AF0601:note|})")]
    [InlineData("void File(System.IO.Stream {|AF0601:note|})")]
    [InlineData("object {|AF0601:File|}()")]
    [InlineData("Task<Func<int>> {|AF0601:File|}()")]
    public Task AF0601_no_schema(string signature) => Expect.Source(Described($"[Tool] public {signature} => throw new Exception();") + "public sealed record Node(List<object> Children);");

    [Theory]
    [InlineData("void File(Article note)")]
    [InlineData("void File(Dictionary<string, List<Tree?>> note)")]
    [InlineData("void File(System.Text.Json.JsonElement note, IServiceProvider services, [Service] System.IO.Stream stream, CancellationToken ct, ActionContext context)")]
    [InlineData("IAsyncEnumerable<Tree> File()")]
    [InlineData("ValueTask File(int? a, Uri? b, byte[] c, (int X, string Y) d, DayOfWeek e, TimeSpan f = default)")]
    public Task Schemas_there_are(string signature) => Expect.Source(Described($"[Tool] public {signature} => throw new Exception();") + "public sealed record Tree(string Name, Tree[] Children);");

    [Fact]
    public async Task The_path_to_what_has_no_schema_is_named()
    {
        var found = await Expect.Source(Described("[Tool] public void File(List<Node> {|AF0601:note|}) { }") + "public sealed record Node(string Name, Leaf Leaf); public sealed record Leaf(object Any);");
        Assert.Equal("A model cannot be told what 'note' looks like: List<Node>[].Leaf.Any: 'object' may hold anything; name the type", found.Single().GetMessage(null));
    }

    [Fact]
    public Task AF0602_not_described() => Expect.Source("""
        public sealed partial class Desk
        {
            [Tool] public void {|AF0602:A|}() { }
            /// <summary>Does.</summary>
            [Tool] public void B(int {|AF0602:count|}, [System.ComponentModel.Description("What.")] int other) { }
            /** <summary>Does.</summary>
             *  <param name="count">How often.</param> */
            [Tool] public void C(int count) { }
            [Tool, System.ComponentModel.Description("Does.")] public void D() { }
        }
        """);

    [Fact]
    public Task AF0603_two_of_one_name() => Expect.Source(Described("""
        [Tool] public void Find(int x) { }
        /// <summary>Does.</summary>
        [Tool(Name = {|AF0603:"find"|})] public void Search() { }
        /// <summary>Does.</summary>
        [Tool] public Task {|AF0603:FindAsync|}() => Task.CompletedTask;
        /// <summary>Does.</summary>
        [Tool(Name = "other")] public void Find() { }
        """));

    [Fact]
    public Task AF0604_effects_without_a_policy() => Expect.Source("""
        public sealed partial class Desk
        {
            /// <summary>Pays.</summary>
            [{|AF0604:Tool(Effect = Effect.AtMostOnce)|}] public void A() { }
            /// <summary>Pays.</summary>
            [Tool(Effect = Effect.AtMostOnce, Approval = ApprovalPolicy.NotRequired)] public void B() { }
            /// <summary>Reads.</summary>
            [Tool(Effect = Effect.None)] public void C() { }
        }
        /// <summary>Pays all.</summary>
        [Agent, {|AF0604:Tool|}] public sealed partial class Payer
        {
            /// <summary>Pays one.</summary>
            /// <param name="invoice">Which.</param>
            [Action(Effect = Effect.AtMostOnce), {|AF0604:Tool|}] public int Pay([Input] string invoice) => 1;
        }
        """);

    [Theory]
    [InlineData("[Tool] public void {|AF0605:A|}<T>() { }")]
    [InlineData("[Tool] public void A(ref int {|AF0605:x|}) { }")]
    [InlineData("[Tool] public void A(out int {|AF0605:x|}) => x = 1;")]
    [InlineData("[Tool] public async void {|AF0605:A|}() => await Task.Yield();")]
    [InlineData("[Tool] public Span<int> {|AF0605:A|}() => default;")]
    [InlineData("public int P { [Tool] {|AF0605:get|}; }")]
    public Task AF0605_no_tool(string member) => Expect.Source(Described(member));

    [Theory]
    [InlineData("public sealed partial class Desk<T> { /// <summary>Does.</summary>\n [Tool] public void {|AF0605:A|}() { } }")]
    [InlineData("public partial struct Desk { /// <summary>Does.</summary>\n [Tool] public void {|AF0605:A|}() { } }")]
    [InlineData("public partial interface IDesk { /// <summary>Does.</summary>\n [Tool] void {|AF0605:A|}(); }")]
    public Task AF0605_no_class_of_tools(string source) => Expect.Source(source);

    [Fact]
    public Task AF0606_not_partial() => Expect.Source("""
        public sealed class {|AF0606:Desk|}
        {
            /// <summary>Does.</summary>
            [Tool] public void A() { }
        }
        public class {|AF0606:Outer|}
        {
            public static partial class Inner
            {
                /// <summary>Does.</summary>
                [Tool] public static void A() { }
            }
        }
        """);

    [Theory]
    [InlineData("[Tool(Name = {|AF0607:\"a b\"|})] public void A() { }")]
    [InlineData("[Tool(Name = {|AF0607:\"\"|})] public void A() { }")]
    [InlineData("[Tool] public void {|AF0607:Größe|}() { }")]
    [InlineData("[Tool(Name = \"a-b_C9\")] public void A() { }")]
    public Task AF0607_names(string member) => Expect.Source(Described(member));

    [Theory]
    [InlineData("ActionContext?")]
    [InlineData("CancellationToken?")]
    public async Task AF0601_says_what_to_do_where_a_context_may_be_null(string type)
    {
        var found = await Expect.Source($$"""
            public sealed partial class Desk
            {
                /// <summary>Does.</summary>
                /// <param name="given">What.</param>
                [Tool] public void A({{type}} {|AF0601:given|}) { }
            }
            """);
        Assert.Contains("remove the '?'", found[0].GetMessage(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[{|AF0608:System.ComponentModel.DataAnnotations.Range(1, 2)|}] string")]
    [InlineData("[{|AF0608:System.ComponentModel.DataAnnotations.StringLength(3)|}] int")]
    [InlineData("[{|AF0608:System.ComponentModel.DataAnnotations.MaxLength(3)|}] int")]
    [InlineData("[{|AF0608:System.ComponentModel.DataAnnotations.RegularExpression(\"(\")|}] string")]
    [InlineData("[{|AF0608:System.ComponentModel.DataAnnotations.Phone|}] string")]
    [InlineData("[{|AF0608:System.ComponentModel.DataAnnotations.Range(typeof(DateTime), \"a\", \"b\")|}] DateTime")]
    [InlineData("[{|AF0608:System.ComponentModel.DataAnnotations.Range(5, 1)|}] int")]
    [InlineData("[{|AF0608:System.ComponentModel.DataAnnotations.Range(5.5, -1.5)|}] double")]
    [InlineData("[{|AF0608:System.ComponentModel.DataAnnotations.Range(5, 5, MinimumIsExclusive = true)|}] int")]
    [InlineData("[{|AF0608:System.ComponentModel.DataAnnotations.StringLength(3, MinimumLength = 4)|}] string")]
    [InlineData("[{|AF0608:System.ComponentModel.DataAnnotations.Length(4, 3)|}] int[]")]
    [InlineData("[System.ComponentModel.DataAnnotations.MinLength(4), {|AF0608:System.ComponentModel.DataAnnotations.MaxLength(3)|}] string")]
    [InlineData("[{|AF0608:Odd|}] int")]
    [InlineData("[System.ComponentModel.DataAnnotations.Range(typeof(decimal), \"0.5\", \"1e3\")] decimal")]
    [InlineData("[System.ComponentModel.DataAnnotations.Length(1, 3)] List<string>")]
    [InlineData("[System.ComponentModel.DataAnnotations.AllowedValues(\"a\", \"b\")] string")]
    [InlineData("[{|AF0608:V.Range(1, 5)|}] int", "0")]
    [InlineData("[{|AF0608:V.Range(1, 5)|}] int?", "6")]
    [InlineData("[{|AF0608:V.Range(1.5, 5)|}] double", "1")]
    [InlineData("[{|AF0608:V.Range(1, 5, MaximumIsExclusive = true)|}] int", "5")]
    [InlineData("[{|AF0608:V.StringLength(3)|}] string", "\"long\"")]
    [InlineData("[{|AF0608:V.MinLength(2)|}] string", "\"\\n\"")]
    [InlineData("[{|AF0608:V.AllowedValues(\"a\", \"b\")|}] string", "\"c\"")]
    [InlineData("[{|AF0608:V.DeniedValues(\"a\", \"b\")|}] string", "\"b\"")]
    [InlineData("[V.AllowedValues(1, 2), {|AF0608:V.DeniedValues(2, 1, 3)|}] int", null)]
    [InlineData("[V.Range(1, 5)] int?", "null")]
    [InlineData("[V.Range(1, 5)] int", "5")]
    [InlineData("[V.StringLength(3, MinimumLength = 2)] string", "\"a\\\"b\"")]
    [InlineData("[V.StringLength(1, MinimumLength = 1)] string", "\"\\ud83d\\ude00\"")]
    [InlineData("[V.AllowedValues(\"a\", \"b\")] string", "\"b\"")]
    [InlineData("[V.DeniedValues(\"ab\", \"b\")] string", "\"a\"")]
    [InlineData("[V.AllowedValues(1, 2), V.DeniedValues(2, 3)] int", null)]
    public Task AF0608_constraints(string parameter, string? otherwise = null) => Expect.Source(
        Described($"[Tool] public void File({parameter.Replace("V.", "System.ComponentModel.DataAnnotations.", StringComparison.Ordinal)} note{(otherwise is null ? "" : " = " + otherwise)}) {{ }}") + "public sealed class OddAttribute : System.ComponentModel.DataAnnotations.ValidationAttribute;");

    [Fact]
    public Task AF0609_sensitive() => Expect.Source("""
        public sealed record Person(string Name, [Sensitive] string Number);
        public sealed partial class Desk
        {
            /// <summary>Does.</summary>
            /// <param name="secret">It.</param>
            /// <param name="person">Who.</param>
            [Tool] public void A([Sensitive] string {|AF0609:secret|}, Person {|AF0609:person|}) { }
            /// <summary>Does.</summary>
            [Tool] [return: Sensitive] public string {|AF0609:B|}() => "";
            /// <summary>Does.</summary>
            [Tool] public Task<Person[]> {|AF0609:C|}() => null!;
        }
        /// <summary>Finds.</summary>
        [Agent, Tool] public sealed partial class Finder
        {
            [Action] Person Find([Input, Sensitive] string {|AF0609:number|}) => new("", number);
            [Action] int Count(Person find) => 1;
        }
        """);

    [Fact]
    public Task What_is_sensitive_is_not_handed_to_a_tool_by_an_action() => Expect.Source("""
        [Agent] public sealed partial class Desk
        {
            [Action] Task<object?> Call([Input, Sensitive] string number, [Service] Microsoft.Extensions.AI.AIFunction tool, CancellationToken ct) =>
                tool.InvokeAsync(new Microsoft.Extensions.AI.AIFunctionArguments(new Dictionary<string, object?>()) { ["a"] = number.Length }, ct).AsTask();
            [Action, Result] string Other([Input, Sensitive] string number, Task? none = null)
            {
                new Microsoft.Extensions.AI.AIFunctionArguments().Add("number", {|AF0403:number|});
                return "";
            }
        }
        """.Replace("Task<object?> Call", "Task Call", StringComparison.Ordinal).Replace(", Task? none = null", "", StringComparison.Ordinal));

    [Fact]
    public Task Inert_marks_and_clashes() => Expect.Source("""
        [{|AF0214:Tool|}] public sealed partial class Plain { }
        public sealed partial class Desk
        {
            /// <summary>Does.</summary>
            [Tool] public void A() { }
            public int {|AF0212:Tools|} => 1;
            public int {|AF0212:ATool|} => 1;
        }
        """);

    [Fact]
    public Task The_modifier_is_added_everywhere() => CodeFix.CheckAll<PartialFix>(
        ["public sealed class A\n{\n    [Tool] public void M() { }\n}\npublic class B\n{\n    [Tool] public void M() { }\n}\n"],
        ["public sealed partial class A\n{\n    [Tool] public void M() { }\n}\npublic partial class B\n{\n    [Tool] public void M() { }\n}\n"]);

    [Fact]
    public Task The_approval_is_written_everywhere() => CodeFix.CheckAll<ApprovalFix>(
        ["partial class A\n{\n    [Tool(Effect = Effect.AtMostOnce)] void M() { }\n    [Action(Effect = Effect.Transactional), Tool] void N() { }\n}\n"],
        ["partial class A\n{\n    [Tool(Effect = Effect.AtMostOnce, Approval = ApprovalPolicy.Required)] void M() { }\n    [Action(Effect = Effect.Transactional), Tool(Approval = ApprovalPolicy.Required)] void N() { }\n}\n"]);

    [Fact]
    public Task That_no_approval_is_needed_can_be_written_as_well() => CodeFix.Check<ApprovalFix>(
        "partial class A\n{\n    [Tool(Effect = Effect.AtMostOnce)] void M() { }\n}\n",
        "partial class A\n{\n    [Tool(Effect = Effect.AtMostOnce, Approval = ApprovalPolicy.NotRequired)] void M() { }\n}\n",
        "AF0604NotRequired");

    [Fact]
    public Task Names_are_mended_everywhere() => CodeFix.CheckAll<ToolNameFix>(
        ["partial class A\n{\n    [Tool(Name = \"a b\")] void M() { }\n    [Tool(Name = \"c.d\")] void N() { }\n}\n"],
        ["partial class A\n{\n    [Tool(Name = \"a_b\")] void M() { }\n    [Tool(Name = \"c_d\")] void N() { }\n}\n"]);

    [Fact]
    public Task A_name_that_clashes_is_removed() => CodeFix.Check<DuplicateNameFix>(
        "partial class A\n{\n    [Tool] void M() { }\n    [Tool(Name = \"M\")] void N() { }\n}\n",
        "partial class A\n{\n    [Tool] void M() { }\n    [Tool] void N() { }\n}\n");

    private static string Described(string members) => $$"""
        public sealed partial class Desk
        {
            /// <summary>Does.</summary>
            /// <param name="note">A note.</param><param name="a">A.</param><param name="b">A.</param><param name="c">A.</param><param name="d">A.</param>
            /// <param name="e">A.</param><param name="f">A.</param><param name="x">A.</param>
            {{members}}
        }

        """;
}
