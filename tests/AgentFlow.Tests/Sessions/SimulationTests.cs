namespace AgentFlow.Tests.Sessions;

public sealed class SimulationTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_simple_agent_survives_every_order_and_crash()
    {
        var report = await Simulate.Agent(new Order(), "apples").ExploreAsync(Ct);
        Assert.True(report.IsExhaustive);
        Assert.True(report.Crashes >= 10, report.ToString());
    }

    [Fact]
    public async Task Signals_and_effects_survive_every_order_and_crash()
    {
        var report = await Simulate.Agent(new Expense(), 12.5m)
            .Answer(Expense.Signals.Approve, new Decision(true))
            .Answer(Expense.Signals.Acknowledge, default)
            .ExploreAsync(Ct);
        Assert.True(report.Crashes >= 10, report.ToString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Signals_under_conditions_survive_every_order_and_crash(bool granted)
    {
        var report = await Simulate.Agent(new Permit(), "tree")
            .Answer(Permit.Signals.Clerk, granted)
            .Answer(Permit.Signals.Neighbour, true)
            .ExploreAsync(Ct);
        Assert.Contains(granted ? "fell the tree" : "leave the tree", report.Result, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Branches_races_and_loops_survive_every_order_and_crash()
    {
        var report = await Simulate.Agent(new Wanderer(), 3).Limit(orders: 60, ordersWithCrashes: 2).ExploreAsync(Ct);
        Assert.True(report.Crashes >= 20, report.ToString());
    }

    [Fact]
    public async Task Elements_survive_every_order_and_crash()
    {
        var report = await Simulate.Agent(new Crawler(), 4).Limit(orders: 20, ordersWithCrashes: 2).ExploreAsync(Ct);

        // Elements that end together share a write, so how many there are differs.
        Assert.True(report.Crashes >= 10, report.ToString());
    }

    [Fact]
    public async Task Undoing_survives_every_order_and_crash()
    {
        var report = await Simulate.Agent(new Trip(), "Rome").Limit(orders: 20, ordersWithCrashes: 3).ExploreAsync(Ct);
        Assert.StartsWith("Failed", report.Result, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delays_survive_every_order_and_crash()
    {
        var report = await Simulate.Agent(new Reminder(), "tea").ExploreAsync(Ct);
        Assert.Contains("reminded of tea", report.Result, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agent_whose_outcome_depends_on_the_order_is_found_out_and_replayed()
    {
        var simulation = Simulate.Agent(new OrderDependent(), 0);
        var error = await Assert.ThrowsAsync<SimulationFailedException>(() => simulation.ExploreAsync(Ct));
        var again = await Assert.ThrowsAsync<SimulationFailedException>(() => simulation.ReplayAsync(error.Schedule));
        Assert.Equal(error.Message, again.Message);
    }
}

[Agent]
public sealed partial class Permit
{
    [Action]
    private string Ask([Input] string what) => what;

    [Signal]
    private partial Task<bool> Clerk(string ask);

    private static bool IsGranted(bool clerk) => clerk;

    [Signal, When(nameof(IsGranted))]
    private partial Task<bool> Neighbour(string ask);

    [Action(Effect = Effect.AtMostOnce), When(nameof(IsGranted))]
    private string Fell(string ask, bool neighbour) => $"fell the {ask}";

    [Action, Result]
    private string Close(string ask, string? fell) => fell ?? $"leave the {ask}";
}

/// <summary>A condition with a merge, a race, a fan-out and a loop.</summary>
[Agent(MaxIterations = 5)]
public sealed partial class Wanderer
{
    [Action]
    private int Step([Input] int start, [Previous(nameof(Weigh))] int? before) => before is null ? start : before.Value + 1;

    private static bool IsEven(int step) => step % 2 == 0;

    private static bool IsOdd(int step) => step % 2 != 0;

    [Action, When(nameof(IsEven))]
    private async Task<string> Even(int step)
    {
        await Task.Yield();
        return $"even {step}";
    }

    [Action, When(nameof(IsOdd))]
    private async Task<string> Odd(int step)
    {
        await Task.Yield();
        return $"odd {step}";
    }

    [Action]
    private async Task<int> Left(int step)
    {
        await Task.Yield();
        return step;
    }

    [Action]
    private async Task<int> Right(int step)
    {
        await Task.Yield();
        return step;
    }

    [Action]
    private int First([From(nameof(Left), nameof(Right), Take = Take.First)] int found) => found;

    [Action, Result]
    private int Weigh([From(nameof(Even), nameof(Odd))] string text, [From(nameof(First))] int first, [From(nameof(Left))] int left) => text.Length > 0 ? left + first - left : 0;

    [Until]
    private static bool IsDone(int weigh) => weigh >= 5;
}

[Agent]
public sealed partial class Crawler
{
    [Action]
    private int[] Seeds([Input] int count) => [.. Enumerable.Range(1, count)];

    [Action, ForEach(nameof(Seeds), MaxParallel = 2)]
    private async Task<string> Fetch([Item] int seed)
    {
        await Task.Yield();
        return $"page {seed}";
    }

    [Action]
    private string Join([From(nameof(Fetch))] string[] pages) => string.Join(",", pages);
}

[Agent]
public sealed partial class Trip
{
    [Action, Compensate(nameof(CancelFlight))]
    private async Task<string> Flight([Input] string city)
    {
        await Task.Yield();
        return $"flight to {city}";
    }

    private Task CancelFlight(string flight) => Task.CompletedTask;

    [Action, Compensate(nameof(CancelHotel))]
    private string Hotel([Input] string city, string flight) => $"hotel in {city}";

    private void CancelHotel(string hotel)
    {
    }

    [Action]
    private string Car(string hotel) => throw new InvalidOperationException("no cars");
}

[Agent]
public sealed partial class Reminder
{
    [Action]
    private string Note([Input] string what) => what;

    [Action, Delay("08:00:00")]
    private string Remind(string note) => $"reminded of {note}";
}

[Agent]
public sealed partial class OrderDependent
{
    private int _turn;

    [Action]
    private async Task<int> A([Input] int start)
    {
        await Task.Yield();
        return start;
    }

    [Action]
    private async Task<int> B([Input] int start)
    {
        await Task.Yield();
        return start;
    }

    [Action]
    private string AfterA(int a) => $"A {Interlocked.Increment(ref _turn) % 2}";

    [Action]
    private string AfterB(int b) => $"B {Interlocked.Increment(ref _turn) % 2}";

    [Action]
    private string Both([From(nameof(AfterA))] string left, [From(nameof(AfterB))] string right) => left + right;
}
