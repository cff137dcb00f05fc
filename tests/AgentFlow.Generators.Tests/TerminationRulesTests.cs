namespace AgentFlow.Generators.Tests;

/// <summary>AF05xx: loops and budgets.</summary>
public sealed class TerminationRulesTests
{
    [Fact]
    public Task AF0501_a_loop_without_a_bound() => Expect.Source("""
        [{|AF0501:Agent|}]
        public partial class Loop
        {
            [Action] Score Judge() => throw null!;
            [Until] bool Done(Score score) => true;
        }
        """);

    [Fact]
    public async Task AF0502_previous_without_a_loop_is_one_mistake()
    {
        var found = await Expect.Members("""
            [Action] Draft Write([{|AF0502:Previous(nameof(Judge))|}] Score? last) => throw null!;
            [Action] Score Judge(Draft draft, [Previous(nameof(Judge))] Score? last) => throw null!;
            """);
        Assert.Single(found[0].AdditionalLocations);
    }

    [Fact]
    public Task AF0503_nothing_can_end_it() => Expect.Source("""
        [Agent(MaxIterations = 2)]
        public partial class Loop
        {
            [Action] Score Judge() => throw null!;
            [Until] bool {|AF0503:Done|}([Input] int count) => true;
        }
        """);

    [Fact]
    public Task AF0504_less_than_it_may_need() => Expect.Source("""
        [Agent(MaxIterations = 5), Budget(Actions = {|AF0504:19|})]
        public partial class Loop
        {
            [Action, Retry(3)] Draft Write() => throw null!;
            [Action] Score Judge(Draft draft) => throw null!;
            [Until] bool Done(Score score) => true;
        }

        [Agent, Budget(Actions = 4)]
        public partial class Enough
        {
            [Action, Retry(3)] Draft Write() => throw null!;
            [Action] Score Judge(Draft draft) => throw null!;
        }

        [Agent, Budget(Actions = 2)]
        public partial class Unknown
        {
            [Action] Paper[] Many() => throw null!;
            [Action, ForEach(nameof(Many))] Score Judge([Item] Paper paper) => throw null!;
            [Action] Report Write(Score[] scores) => throw null!;
        }
        """);

    [Fact]
    public Task AF0506_several() => Expect.Source("""
        [Agent(MaxIterations = 2)]
        public partial class Loop
        {
            [Action] Score Judge() => throw null!;
            [Until] bool Done(Score score) => true;
            [Until] bool {|AF0506:Enough|}(Score score) => true;
        }
        """);
}
