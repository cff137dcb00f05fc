namespace AgentFlow.Generators.Tests;

/// <summary>AF0312 and AF0313: what cannot be done in a transaction of the store.</summary>
public sealed class TransactionRulesTests
{
    [Fact]
    public Task AF0312_elements_and_actions_that_nobody_waits_for() => Expect.Members("""
        [Action] int[] Orders() => throw null!;
        [Action(Effect = {|AF0312:Effect.Transactional|}), ForEach(nameof(Orders))] void Book([Item] int order) => throw null!;
        [Action(Effect = {|AF0312:Effect.Transactional|}, Mode = ActionMode.FireAndForget)] void Note(int[] orders) => throw null!;
        """);

    [Fact]
    public Task AF0312_is_silent_about_everything_else() => Expect.Members("""
        [Action] int[] Orders() => throw null!;
        [Action(Effect = Effect.Transactional), Retry(3)] void Book(int[] orders) => throw null!;
        [Action(Effect = Effect.None), ForEach(nameof(Orders))] void Tell([Item] int order) => throw null!;
        [Action(Effect = Effect.AtLeastOnce, Mode = ActionMode.FireAndForget)] void Note(int[] orders) => throw null!;
        """);

    [Fact]
    public Task AF0313_children_and_plans() => Expect.Source("""
        [Agent]
        public partial class Other
        {
            [Action] Report Write() => throw null!;
        }

        [Agent]
        public partial class Booker
        {
            [Action(Effect = Effect.Transactional)]
            async Task Book(ActionContext context, CancellationToken ct)
            {
                await context.{|AF0313:RunChildAsync|}(new Other(), default(Unit), ct);
                await Task.Run(() => context.{|AF0313:RunPlanAsync|}(null!, default, ct).AsTask(), ct);
            }
        }
        """);

    [Fact]
    public Task AF0313_is_silent_outside_transactions() => Expect.Source("""
        [Agent]
        public partial class Other
        {
            [Action] Report Write() => throw null!;
        }

        [Agent]
        public partial class Booker
        {
            [Action] async Task<Report> Ask(ActionContext context, CancellationToken ct) => await context.RunChildAsync(new Other(), default(Unit), ct);
            [Action(Effect = Effect.Transactional)] async Task Book(Report ask, ActionContext context, CancellationToken ct) => await new Other().RunAsync(ct);
        }
        """);
}
