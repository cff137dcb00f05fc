namespace AgentFlow.Generators.Tests;

/// <summary>AF03xx: policies that are malformed, do not fit, or do nothing.</summary>
public sealed class PolicyRulesTests
{
    [Theory]
    [InlineData("30s", "00:00:30")]
    [InlineData("5m", "00:05:00")]
    [InlineData("1h", "01:00:00")]
    [InlineData("500ms", "00:00:00.500")]
    [InlineData("30", "00:00:30")]
    [InlineData("2 days", "2.00:00:00")]
    [InlineData("24:00:00", "1.00:00:00")]
    [InlineData("48:00:00.000", null)]
    [InlineData("48:00:00", "2.00:00:00")]
    [InlineData("72:30:15", "3.00:30:15")]
    [InlineData("100:00:00", "4.04:00:00")]
    [InlineData("1.24:00:00", null)]
    [InlineData("00:00:01\\n", "00:00:01")]
    [InlineData("soon", null)]
    [InlineData("00:00:00", null)]
    [InlineData("00:70:00", null)]
    [InlineData("-00:00:01", null)]
    [InlineData("00:30", null)]
    public async Task AF0301_malformed(string written, string? suggestion)
    {
        var found = await Expect.Members($$"""
            [Action, Timeout({|AF0301:"{{written}}"|})] Report Write(CancellationToken ct) => throw null!;
            """);
        found[0].Properties.TryGetValue("Suggestion", out var suggested);
        Assert.Equal(suggestion, suggested);
    }

    [Theory]
    [InlineData("00:00:30")]
    [InlineData("1:00:00")]
    [InlineData("23:59:59")]
    [InlineData("1.23:59:59")]
    [InlineData("00:00:00.250")]
    [InlineData("2.12:00:00")]
    public Task Durations(string written) => Expect.Members($$"""
        [Action(Estimate = "{{written}}"), Timeout("{{written}}"), Retry(2, Delay = "00:00:00", MaxDelay = "{{written}}"), Cache("{{written}}"), Delay("{{written}}")]
        Report Write(CancellationToken ct) => throw null!;
        """);

    [Fact]
    public Task AF0301_everywhere() => Expect.Source("""
        [Agent, Timeout({|AF0301:"1m"|})]
        public partial class A
        {
            [Action(Estimate = {|AF0301:"1m"|}), Timeout(Idle = {|AF0301:"1m"|}), Retry(2, Delay = {|AF0301:"1m"|}, MaxDelay = {|AF0301:"1m"|}), Cache({|AF0301:"1m"|}), Delay({|AF0301:"1m"|})]
            Report Write(CancellationToken ct) => throw null!;
        }
        """);

    [Fact]
    public Task AF0311_values_that_no_enumeration_has() => Expect.Source("""
        [Agent(Scheduling = {|AF0311:(SchedulingMode)9|})]
        public partial class A
        {
            [Action(Mode = {|AF0311:(ActionMode)42|}, Effect = {|AF0311:(Effect)42|}), Retry(3, Backoff = {|AF0311:(BackoffKind)42|}, On = {|AF0311:[]|})]
            Report Write(CancellationToken ct) => throw null!;
        }
        """);

    [Fact]
    public Task AF0301_null() => Expect.Members("""
        [Action, Timeout({|AF0301:null!|})] Report Write(CancellationToken ct) => throw null!;
        """);

    [Fact]
    public Task A_list_that_is_null_stops_no_analyzer() => Expect.Members("""
        private int _n;
        [Action, Retry(3, On = null!)] Task A(CancellationToken ct) { {|AF0204:_n|}++; return Task.CompletedTask; }
        """);

    [Fact]
    public Task AF0302_attempts() => Expect.Members("""
        [Action, Retry({|AF0302:1|})] Task A() => throw null!;
        [Action, Retry({|AF0302:1001|})] Task B() => throw null!;
        [Action, Retry(2)] Task C() => throw null!;
        [Action, Retry(1000)] Task D() => throw null!;
        """);

    [Fact]
    public Task AF0303_another_output() => Expect.Members("""
        [Action, Fallback({|AF0303:nameof(Wrong)|})] Article Fetch() => throw null!;
        [Action, Fallback({|AF0303:nameof(Many)|})] Paper Read() => throw null!;
        [Action, Fallback({|AF0303:nameof(Write)|})] Report Write(Article article, Paper paper) => throw null!;
        Paper Wrong() => throw null!;
        Paper Many() => throw null!;
        Paper Many(int count) => throw null!;
        """);

    [Fact]
    public Task A_fallback_with_the_failure() => Expect.Members("""
        [Action] Article Fetch() => throw null!;
        [Action, Fallback(nameof(Blank))] Task<Report> Write(Article article) => throw null!;
        ValueTask<Report> Blank(Exception failure, Article article, CancellationToken ct) => throw null!;
        """);

    [Fact]
    public Task AF0304_a_stream_undoes_nothing() => Expect.Members("""
        [Action, Compensate({|AF0304:nameof(Undo)|})] Report Write() => throw null!;
        IAsyncEnumerable<int> Undo() => throw null!;
        """);

    [Fact]
    public Task A_compensation_with_the_own_output() => Expect.Members("""
        [Action, Compensate(nameof(Undo))] string Reserve() => throw null!;
        [Action] Report Write([From(nameof(Reserve))] string reservation) => throw null!;
        Task Undo(string id) => throw null!;
        """);

    [Fact]
    public Task AF0305_predicates() => Expect.Members("""
        [Action, When({|AF0305:nameof(Text)|})] Task A() => throw null!;
        [Action, Requires({|AF0305:nameof(Number)|})] Task B() => throw null!;
        [Action, Ensures({|AF0305:nameof(Number)|})] Task C() => throw null!;
        [Action, When(nameof(Truth)), Requires(nameof(Truth)), Requires(nameof(Text)), Ensures(nameof(Text))] Task D() => throw null!;
        bool Truth() => true;
        string? Text() => null;
        int Number() => 1;
        """);

    [Fact]
    public Task AF0305_until() => Expect.Source("""
        [Agent(MaxIterations = 2)]
        public partial class Loop
        {
            [Action] Score Judge() => throw null!;
            [Until] int {|AF0305:Done|}(Score score) => 1;
        }
        """);

    [Fact]
    public Task AF0306_timeouts_nobody_sees() => Expect.Members("""
        [Action, Timeout({|AF0306:"00:00:01"|})] Task A() => throw null!;
        [Action, Timeout(Idle = {|AF0306:"00:00:01"|})] Task B(CancellationToken ct) => throw null!;
        [Action, Timeout("00:00:09", Idle = "00:00:01")] Task C(CancellationToken ct, ActionContext context) => throw null!;
        """);

    [Fact]
    public Task AF0307_retry_of_what_must_not_be_repeated() => Expect.Members("""
        [Action(Effect = Effect.AtMostOnce), {|AF0307:Retry(3)|}] Task A() => throw null!;
        [Action(Effect = Effect.AtLeastOnce), Retry(3)] Task B() => throw null!;
        """);

    [Fact]
    public Task AF0308_effects_before_what_may_fail() => Expect.Members("""
        [Action(Effect = Effect.AtLeastOnce)] Article {|AF0308:Order|}() => throw null!;
        [Action(Effect = Effect.None)] Paper Look(Article article) => throw null!;
        [Action] Report Write(Paper paper) => throw null!;
        """);

    [Fact]
    public Task AF0308_is_silent_with_a_compensation_or_nothing_after() => Expect.Members("""
        [Action(Effect = Effect.AtLeastOnce), Compensate(nameof(Cancel))] Article Order() => throw null!;
        [Action(Effect = Effect.AtLeastOnce)] Report Write(Article article) => throw null!;
        Task Cancel(Article article) => throw null!;
        """);

    [Fact]
    public Task AF0309_keys_without_equality() => Expect.Members("""
        [Action, Cache("00:00:01")] Report Write([Input] int[] {|AF0309:numbers|}, [Input] List<int> {|AF0309:list|}, [Input] string text, [Input] Article article, [Input] Uri uri, CancellationToken ct) => throw null!;
        """);

    [Fact]
    public Task AF0310_options_without_effect() => Expect.Members("""
        [Action] Article A() => throw null!;
        [Action, {|AF0310:Cache("00:00:01")|}, {|AF0310:Fallback(nameof(Blank))|}] Task B() => throw null!;
        [Action(Mode = ActionMode.FireAndForget), {|AF0310:Optional|}, {|AF0310:Result|}, {|AF0310:Compensate(nameof(Undo))|}] Task C() => throw null!;
        [Action(Offload = {|AF0310:true|}), {|AF0310:DependsOn|}, DependsOn(nameof(B), Wait = {|AF0310:WaitFor.Any|}), {|AF0310:Timeout|}] Task D() => throw null!;
        [Action] Task E([From(nameof(A), Take = {|AF0310:Take.First|})] Article first) => throw null!;
        [Action] Task F([From(nameof(A), CancelOthers = {|AF0310:true|})] Article first) => throw null!;
        [Action, ForEach(nameof(Many), Until = {|AF0310:nameof(Enough)|})] Task G([Item] Paper paper) => throw null!;
        [Action] Paper[] Many() => throw null!;
        Task Blank() => throw null!;
        Task Undo() => throw null!;
        bool Enough() => true;
        """);

    [Fact]
    public Task AF0310_of_delays_that_nothing_ends() => Expect.Members("""
        [Action, Delay("00:00:01", Unless = {|AF0310:nameof(B)|})] Task A() => throw null!;
        [Action, DependsOn(nameof(A))] Task B() => throw null!;
        [Action, DependsOn(nameof(B)), Delay("00:00:01", Unless = {|AF0310:nameof(A)|})] Task C() => throw null!;
        [Action(Mode = ActionMode.FireAndForget), Delay("00:00:01", Unless = {|AF0310:nameof(A)|})] Task E() => throw null!;
        """);

    [Fact]
    public Task AF0101_AF0107_of_delays() => Expect.Members("""
        [Action, Delay("00:00:01", Unless = {|AF0107:nameof(D)|})] Task D() => throw null!;
        [Action, Delay("00:00:01", Unless = {|AF0101:"Nowhere"|})] Task F() => throw null!;
        """);

    [Fact]
    public Task AF0310_of_delays_in_waves() => Expect.Source("""
        [Agent(Scheduling = SchedulingMode.Waves)]
        public partial class A
        {
            [Action] Article First() => throw null!;
            [Action, Delay("00:00:01", Unless = {|AF0310:nameof(Second)|})] Task Remind() => throw null!;
            [Action] Report Second(Article article) => throw null!;
        }
        """);

    [Fact]
    public Task A_delay_ends_with_what_runs_beside_it() => Expect.Members("""
        [Action] Task A() => throw null!;
        [Signal(Timeout = "1.00:00:00")] private partial Task Approve();
        [Action, DependsOn(nameof(A)), Delay("00:00:01", Unless = nameof(Approve))] Task Remind() => throw null!;
        [Action, DependsOn(nameof(Remind)), Delay("00:00:01", Unless = nameof(Approve))] Task RemindAgain() => throw null!;
        """);

    [Fact]
    public Task AF0112_a_delay_that_may_end_leaves_its_consumer_without_a_value() => Expect.Members("""
        [Action] Article Slow() => throw null!;
        [Action, Delay("00:00:01", Unless = nameof(Slow))] Paper Meanwhile() => throw null!;
        [Action, Result] Report End(Article slow, Paper {|AF0112:meanwhile|}) => throw null!;
        """);

    [Fact]
    public Task AF0310_of_agents() => Expect.Source("""
        [Agent(MaxIterations = {|AF0310:3|}, OnLimit = {|AF0310:LimitPolicy.ReturnLast|}), {|AF0310:Budget|}, Timeout("00:00:01", Idle = {|AF0310:"00:00:01"|})]
        public partial class A
        {
            [Action] Report Write() => throw null!;
        }
        """);

    [Fact]
    public Task AF0311_out_of_range() => Expect.Source("""
        [Agent(MaxParallel = {|AF0311:-1|}, MaxIterations = {|AF0311:0|}), Budget(Actions = {|AF0311:-1|}, Tokens = {|AF0311:-1|}, Cost = {|AF0311:-0.5|})]
        public partial class A
        {
            [Action] Paper[] Many() => throw null!;
            [Action, ForEach(nameof(Many), MaxParallel = {|AF0311:0|}), Cache("00:00:01", Capacity = {|AF0311:0|}), Retry(2, On = {|AF0311:new[] { typeof(int) }|})]
            Score Judge([Item] Paper paper, [Input(Name = {|AF0311:"a b"|})] int count) => throw null!;
            [Until] bool Done(Score[] scores) => true;
        }

        [Agent(MaxParallel = 1, MaxIterations = 1), Budget(Actions = 0, Tokens = 5)]
        public partial class B
        {
            [Action, Retry(2, On = new[] { typeof(InvalidOperationException) })] Score Judge() => throw null!;
            [Until] bool Done(Score score) => true;
        }
        """);
}
