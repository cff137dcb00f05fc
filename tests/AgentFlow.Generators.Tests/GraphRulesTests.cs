namespace AgentFlow.Generators.Tests;

/// <summary>AF01xx: names, bindings, cycles, results.</summary>
public sealed class GraphRulesTests
{
    [Fact]
    public Task A_whole_graph_is_silent() => Expect.Members("""
        [Action] Task<Article> Fetch([Input] string topic, CancellationToken ct) => throw null!;
        [Action] Task<Paper[]> Search([Input] string topic, CancellationToken ct) => throw null!;
        [Action] Report Write(Article article, Paper[] papers) => throw null!;
        [Action(Mode = ActionMode.FireAndForget)] Task Log(Report report) => throw null!;
        [Action] Score Judge(Report report) => throw null!;
        [Action] string Finish(Report report, int? limit, [Input] int max, Score judge) => throw null!;
        [Action] int Limit([Input] int max) => max;
        """);

    [Fact]
    public async Task AF0101_unknown_action_suggests_the_nearest()
    {
        var found = await Expect.Members("""
            [Action] Article Fetch() => throw null!;
            [Action, DependsOn({|AF0101:"Fetsh"|})] Report Write(Article article) => throw null!;
            """);
        Assert.Equal("Fetch", found[0].Properties["Suggestion"]);
        Assert.Contains("Did you mean 'Fetch'?", found[0].GetMessage(), StringComparison.Ordinal);
    }

    [Theory, InlineData(""), InlineData("X")]
    public async Task AF0101_what_has_no_letter_in_common_is_not_suggested(string name)
    {
        var found = await Expect.Members($$"""
            [Action] Article Do() => throw null!;
            [Action, DependsOn({|AF0101:"{{name}}"|})] Report Go(Article article) => throw null!;
            """);
        Assert.DoesNotContain("Did you mean", found[0].GetMessage(), StringComparison.Ordinal);
    }

    [Fact]
    public Task AF0101_each_name_of_several() => Expect.Members("""
        [Action] Article Fetch() => throw null!;
        [Action] Report Write([From(nameof(Fetch), {|AF0101:"Other"|})] Article article) => throw null!;
        """);

    [Fact]
    public Task AF0101_in_an_array() => Expect.Members("""
        [Action] Article Fetch() => throw null!;
        [Action, DependsOn(new[] { nameof(Fetch), {|AF0101:"Other"|} })] Task Write() => throw null!;
        """);

    [Fact]
    public Task AF0101_a_method_that_is_no_action() => Expect.Members("""
        Article Fetch() => throw null!;
        [Action, DependsOn({|AF0101:nameof(Fetch)|})] Report Write() => throw null!;
        """);

    [Fact]
    public Task AF0101_unknown_methods() => Expect.Members("""
        [Action, When({|AF0101:"A"|}), Requires({|AF0101:"B"|}), Ensures({|AF0101:"C"|}), Fallback({|AF0101:"D"|}), Compensate({|AF0101:"E"|})]
        Report Write() => throw null!;
        """);

    [Fact]
    public Task AF0101_does_not_repeat_the_compiler() => Expect.Members("""
        [Action] Article Fetch() => throw null!;
        [Action] Report Write([From(nameof({|CS0103:Fetsh|}))] Article article) => throw null!;
        """);

    [Fact]
    public Task AF0102_missing_dependency() => Expect.Members("""
        [Action] Report Write(Article {|AF0102:article|}) => throw null!;
        """);

    [Fact]
    public Task AF0102_a_default_is_no_source() => Expect.Members("""
        [Action] Report Write(int {|AF0102:limit|} = 3) => throw null!;
        """);

    [Fact]
    public Task AF0102_in_a_predicate_is_said_once() => Expect.Members("""
        [Action, When(nameof(Open))] Task First() => throw null!;
        [Action, When(nameof(Open))] Task Second() => throw null!;
        bool Open(Score {|AF0102:score|}) => true;
        """);

    [Fact]
    public Task AF0102_own_output_is_no_source() => Expect.Members("""
        [Action] Report Improve(Report {|AF0102:report|}) => throw null!;
        """);

    [Fact]
    public async Task AF0103_several_candidates()
    {
        var found = await Expect.Members("""
            [Action] Article Wiki() => throw null!;
            [Action] Task<Article> News() => throw null!;
            [Action] Report Write(Article {|AF0103:article|}) => throw null!;
            """);
        Assert.Equal("Wiki;News", found[0].Properties["Candidates"]);
    }

    [Theory]
    [InlineData("string")]
    [InlineData("int")]
    [InlineData("int?")]
    [InlineData("object")]
    [InlineData("Guid")]
    [InlineData("string[]")]
    [InlineData("List<int>")]
    [InlineData("IReadOnlyList<string>")]
    [InlineData("(int, string)")]
    [InlineData("Uri")]
    [InlineData("System.Text.Json.JsonElement")]
    [InlineData("System.Text.Json.Nodes.JsonObject")]
    [InlineData("Dictionary<string, DateTimeOffset>")]
    public Task AF0103_types_that_say_nothing(string type) => Expect.Members($$"""
        [Action] {{type}} Make() => throw null!;
        [Action] Report Write({{type}} {|AF0103:value|}) => throw null!;
        """);

    [Theory]
    [InlineData("Article", "Article?")]
    [InlineData("Article[]", "IReadOnlyList<Article>")]
    [InlineData("IAsyncEnumerable<Article>", "IReadOnlyList<Article>")]
    [InlineData("List<Article>", "IEnumerable<Article>")]
    [InlineData("ArgumentException[]", "IEnumerable<Exception>")]
    [InlineData("DayOfWeek", "DayOfWeek?")]
    [InlineData("(Article, int)", "(Article, int)")]
    [InlineData("ArgumentException", "Exception")]
    [InlineData("Dictionary<string, Article>", "IDictionary<string, Article>")]
    public Task Telling_types_bind_by_conversion(string output, string parameter) => Expect.Source($$"""
        [Agent(Durable = false)]
        public sealed partial class Demo
        {
            [Action] {{output}} Make() => throw null!;
            [Action] Report Write({{parameter}} value) => throw null!;
        }
        """);

    [Fact]
    public Task A_name_comes_before_a_type() => Expect.Members("""
        [Action] int Score() => 1;
        [Action] int Other() => 2;
        [Action, When(nameof(High))] Report? Write([From(nameof(Other))] int other) => throw null!;
        bool High(int score) => score > 1;
        """);

    [Fact]
    public Task AF0104_the_named_source_does_not_convert() => Expect.Members("""
        [Action] Article Fetch() => throw null!;
        [Action] Report Write([From({|AF0104:nameof(Fetch)|})] Paper paper) => throw null!;
        """);

    [Fact]
    public Task AF0104_a_source_without_a_value() => Expect.Members("""
        [Action] Task Fetch() => throw null!;
        [Action] Report Write([From({|AF0104:nameof(Fetch)|})] Paper paper) => throw null!;
        """);

    [Fact]
    public Task AF0104_a_value_that_may_be_null() => Expect.Members("""
        [Action] Article? Fetch() => throw null!;
        [Action] Report Write(Article {|AF0104:article|}) => throw null!;
        """);

    [Fact]
    public Task AF0104_the_first_iteration_has_no_previous_one() => Expect.Source("""
        [Agent(MaxIterations = 3)]
        public partial class Loop
        {
            [Action] Draft Write([Previous(nameof(Write))] Draft {|AF0104:last|}) => throw null!;
            [Until] bool Done(Draft draft) => true;
        }
        """);

    [Fact]
    public Task A_named_source_converts_by_any_implicit_conversion() => Expect.Members("""
        [Action] int Count() => 1;
        [Action] Report Write([From(nameof(Count))] long count) => throw null!;
        """);

    [Fact]
    public Task AF0105_one_input_two_types() => Expect.Members("""
        [Action] Article Fetch([Input] string topic) => throw null!;
        [Action] Report Write(Article article, [Input] int {|AF0105:topic|}) => throw null!;
        """);

    [Fact]
    public Task An_input_of_one_type_in_many_places() => Expect.Members("""
        [Action] Article Fetch([Input] string topic) => throw null!;
        [Action] Report Write(Article article, [Input(Name = "topic")] string subject) => throw null!;
        """);

    [Fact]
    public async Task AF0106_spells_the_cycle_and_locates_each_edge()
    {
        var found = await Expect.Members("""
            [Action] Article A(Report {|AF0106:report|}) => throw null!;
            [Action] Paper B(Article article) => throw null!;
            [Action, DependsOn(nameof(B))] Report C() => throw null!;
            """);
        Assert.Contains("A → B → C → A", found[0].GetMessage(), StringComparison.Ordinal);
        Assert.Equal(3, found[0].AdditionalLocations.Count);
        Assert.Equal(
            ["article", "nameof(B)", "report"],
            found[0].AdditionalLocations.Select(static location => location.SourceTree!.ToString().Substring(location.SourceSpan.Start, location.SourceSpan.Length)));
    }

    [Fact]
    public async Task AF0106_is_one_for_each_component_and_the_shortest()
    {
        var found = await Expect.Members("""
            [Action, DependsOn(nameof(C), {|AF0106:nameof(B)|})] Task A() => throw null!;
            [Action, DependsOn(nameof(A))] Task B() => throw null!;
            [Action, DependsOn(nameof(B))] Task C() => throw null!;
            [Action, DependsOn({|AF0106:nameof(E)|})] Task D() => throw null!;
            [Action, DependsOn(nameof(D))] Task E() => throw null!;
            """);
        Assert.Contains("A → B → A", found[0].GetMessage(), StringComparison.Ordinal);
        Assert.Contains("D → E → D", found[1].GetMessage(), StringComparison.Ordinal);
    }

    [Fact]
    public Task A_previous_value_closes_no_cycle() => Expect.Source("""
        [Agent(MaxIterations = 3)]
        public partial class Loop
        {
            [Action] Draft Write([Previous(nameof(Judge))] Score? last) => throw null!;
            [Action] Score Judge(Draft draft) => throw null!;
            [Until] bool Done(Score score) => true;
        }
        """);

    [Fact]
    public Task AF0107_itself() => Expect.Members("""
        [Action, DependsOn({|AF0107:nameof(A)|})] Task A() => throw null!;
        [Action] Article B([From({|AF0107:nameof(B)|})] Article article) => throw null!;
        """);

    [Fact]
    public Task AF0108_two_methods_of_one_name() => Expect.Members("""
        [Action] Task A() => throw null!;
        [Action] Task {|AF0108:A|}([Input] int count) => throw null!;
        """);

    [Fact]
    public Task AF0108_two_ids_that_differ_by_case() => Expect.Members("""
        [Action] Task Fetch() => throw null!;
        [Action(Name = {|AF0108:"fetch"|})] Task Other() => throw null!;
        """);

    [Fact]
    public async Task AF0109_several_candidates()
    {
        var found = await Expect.Source("""
            [Agent]
            public partial class {|AF0109:Two|}
            {
                [Action] Article A() => throw null!;
                [Action] Paper B() => throw null!;
            }
            """);
        Assert.Equal("A;B", found[0].Properties["Candidates"]);
    }

    [Fact]
    public Task AF0109_two_marked() => Expect.Members("""
        [Action, Result] Article A() => throw null!;
        [Action, {|AF0109:Result|}] Paper B() => throw null!;
        """);

    [Fact]
    public Task AF0109_marked_without_a_value() => Expect.Members("""
        [Action, {|AF0109:Result|}] Task A() => throw null!;
        """);

    [Fact]
    public Task Fire_and_forget_consumers_leave_the_result_alone() => Expect.Members("""
        [Action] Report Write() => throw null!;
        [Action(Mode = ActionMode.FireAndForget)] Task Log(Report report) => throw null!;
        """);

    [Fact]
    public Task AF0110_nothing_uses_it() => Expect.Members("""
        [Action] Article {|AF0110:Fetch|}() => throw null!;
        [Action, Result] Report Write() => throw null!;
        """);

    [Fact]
    public Task AF0110_is_silent_about_effects_and_order() => Expect.Members("""
        [Action(Effect = Effect.AtLeastOnce)] Article Save() => throw null!;
        [Action] Paper First() => throw null!;
        [Action, Result, DependsOn(nameof(First))] Report Write() => throw null!;
        """);

    [Fact]
    public Task AF0111_output_of_fire_and_forget() => Expect.Members("""
        [Action(Mode = ActionMode.FireAndForget)] Task<Article> Log() => throw null!;
        [Action, DependsOn({|AF0111:nameof(Log)|})] Report Write(Article {|AF0111:article|}, [From({|AF0111:nameof(Log)|})] Article other) => throw null!;
        """);

    [Fact]
    public Task AF0112_a_skipped_source_on_the_way_to_the_result() => Expect.Members("""
        [Action, When(nameof(Open))] Article Fetch() => throw null!;
        [Action] Paper Read(Article {|AF0112:article|}) => throw null!;
        [Action] Report Write(Paper paper) => throw null!;
        bool Open([Input] bool open) => open;
        """);

    [Fact]
    public Task AF0112_the_result_itself() => Expect.Members("""
        [Action, {|AF0112:Optional|}] Report Write() => throw null!;
        """);

    [Fact]
    public Task AF0112_branches_under_one_condition() => Expect.Members("""
        [Action, When(nameof(Open))] Article Wiki() => throw null!;
        [Action, When(nameof(Open))] Article News() => throw null!;
        [Action] Report Write([From({|AF0112:nameof(Wiki)|}, nameof(News))] Article article) => throw null!;
        bool Open([Input] bool open) => open;
        """);

    [Fact]
    public Task AF0112_the_loser_of_a_race() => Expect.Members("""
        [Action] Article Wiki() => throw null!;
        [Action] Article News() => throw null!;
        [Action] Score Judge([From(nameof(Wiki), nameof(News), Take = Take.First, CancelOthers = true)] Article first) => throw null!;
        [Action] Report Write(Score score, [From({|AF0112:nameof(Wiki)|})] Article article) => throw null!;
        """);

    [Fact]
    public Task AF0112_what_ends_the_loop() => Expect.Source("""
        [Agent(MaxIterations = 3)]
        public partial class Loop
        {
            [Action, Optional] Score Judge() => throw null!;
            [Action] Report Write(Score? score) => throw null!;
            [Until] bool Done(Score {|AF0112:score|}) => true;
        }
        """);

    [Fact]
    public Task AF0112_is_silent_where_nothing_is_required() => Expect.Members("""
        [Action, When(nameof(High))] Article Long() => throw null!;
        [Action, When(nameof(Low))] Article Short() => throw null!;
        [Action, Optional] Paper Search() => throw null!;
        [Action, Optional] Score Judge() => throw null!;
        [Action] Report Write([From(nameof(Long), nameof(Short))] Article article, Paper? paper, Score? judge = null) => throw null!;
        bool High([Input] bool high) => high;
        bool Low([Input] bool high) => !high;
        """);

    [Fact]
    public Task AF0112_is_silent_about_nullable_results() => Expect.Members("""
        [Action, Optional] Article Fetch() => throw null!;
        [Action] Report? Write(Article article) => throw null!;
        """);

    [Fact]
    public async Task AF0113_implied_order()
    {
        var found = await Expect.Members("""
            [Action] Article A() => throw null!;
            [Action] Paper B(Article article) => throw null!;
            [Action, DependsOn({|AF0113:nameof(A)|})] Report C(Paper paper) => throw null!;
            """);
        Assert.Equal("A", found[0].Properties["Action"]);
    }

    [Fact]
    public Task AF0113_is_silent_where_a_race_does_not_wait() => Expect.Members("""
        [Action] Article A() => throw null!;
        [Action] Article B() => throw null!;
        [Action, DependsOn(nameof(A))] Report C([From(nameof(A), nameof(B), Take = Take.First)] Article article) => throw null!;
        """);

    [Fact]
    public Task AF0114_no_sequence_no_item() => Expect.Members("""
        [Action] Article One() => throw null!;
        [Action] string Text() => throw null!;
        [Action] Paper[] Many([From(nameof(Text))] string text, Article one) => throw null!;
        [Action, ForEach({|AF0114:nameof(One)|})] Task A([Item] Article article) => throw null!;
        [Action, ForEach({|AF0114:nameof(Text)|})] Task B([Item] char letter) => throw null!;
        [Action, {|AF0114:ForEach(nameof(Many))|}] Task C() => throw null!;
        [Action, ForEach(nameof(Many))] Task D([Item] Article {|AF0114:article|}) => throw null!;
        [Action] Task E([{|AF0114:Item|}] Paper paper) => throw null!;
        """);

    [Fact]
    public Task Each_element_and_its_policies() => Expect.Members("""
        [Action] IAsyncEnumerable<Paper> Search([Input] string topic) => throw null!;
        [Action, ForEach(nameof(Search), Until = nameof(Enough)), Ensures(nameof(Fine)), Fallback(nameof(Blank)), Compensate(nameof(Undo))]
        Task<Score> Rate([Item] Paper paper) => throw null!;
        [Action] Report Write(IReadOnlyList<Score> scores) => throw null!;
        bool Enough(Score score) => true;
        string? Fine(Score score, [Item] Paper paper) => null;
        Score Blank(Exception failure, [Item] Paper paper) => throw null!;
        Task Undo(Score[] scores) => throw null!;
        """);
}
