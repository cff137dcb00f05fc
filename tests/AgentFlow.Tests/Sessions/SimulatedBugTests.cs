namespace AgentFlow.Tests.Sessions;

/// <summary>Bugs that show in one order only, and that a simulation has to find and to show again.</summary>
public sealed class SimulatedBugTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_that_shows_when_the_second_element_completes_before_the_first()
    {
        var error = await FindAsync(Simulate.Agent(new Bidding(), 2));
        Assert.Contains("offer 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_shows_when_the_second_answer_comes_before_the_first()
    {
        var error = await FindAsync(Simulate.Agent(new Duet(new Board()), 1).Answer(Duet.Signals.First, true).Answer(Duet.Signals.Second, true));
        Assert.Contains("second alone", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_shows_when_time_ends_before_the_answer_comes()
    {
        var simulation = Simulate.Agent(new Hasty(), 7).Answer(Hasty.Signals.Approve, false);
        Assert.True((await simulation.ExploreAsync(Ct)).IsExhaustive);
        var error = await FindAsync(simulation.Always("nothing is paid that nobody has granted", static end => end.Outcomes.All(static o => o.Action != "Pay" || o.Value.GetString() == "kept")));
        Assert.Contains("paid 7", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_shows_when_the_answer_to_a_question_comes_after_its_time_and_meets_the_next_one()
    {
        var simulation = Simulate.Agent(new Haggler(), 10)
            .Answer(Haggler.Signals.Accept, true)
            .Always("a price is accepted that was asked for when it was accepted", static end => end.TimedOut.Count == 0 || end.Outcomes.All(static o => o.Action != "Close" || o.Value.GetString() != "sold for 20"));
        var error = await FindAsync(simulation);
        Assert.Contains("sold for 20", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_shows_when_the_same_time_has_ended_in_another_order()
    {
        var error = await FindAsync(Simulate.Agent(new Muddle(new Board()), 1).Answer(Muddle.Signals.Approve, true));
        Assert.Contains("when the same signals have timed out (1/Approve)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task None_where_there_is_none()
    {
        var report = await Simulate.Agent(new Expense(), 12.5m)
            .Answer(Expense.Signals.Approve, new Decision(true))
            .Answer(Expense.Signals.Acknowledge, default)
            .Always("whoever was not asked in time pays nothing", static end => end.TimedOut.Count == 0 || end.Outcomes.All(static o => o.Action != "Pay" || o.Value.GetString() == "refused: nobody answered"))
            .ExploreAsync(Ct);
        Assert.True(report.IsExhaustive);
        Assert.True(report.Orders >= 8, report.ToString());
    }

    /// <summary>Finds it, with and without crashes, and shows it again.</summary>
    private static async Task<SimulationFailedException> FindAsync<TSelf, TInput, TResult>(Simulation<TSelf, TInput, TResult> simulation)
        where TSelf : IDurableAgent<TSelf, TInput, TResult>
    {
        var error = await Assert.ThrowsAsync<SimulationFailedException>(() => simulation.Limit(ordersWithCrashes: 0).ExploreAsync(Ct));
        var again = await Assert.ThrowsAsync<SimulationFailedException>(() => simulation.ReplayAsync(error.Schedule));
        Assert.Equal(error.Message, again.Message);
        return error;
    }
}

/// <summary>What bugs of these tests share between actions.</summary>
public sealed class Board
{
    public bool Flag { get; set; }
}

/// <summary>Takes the first offer that comes in, and should take the best.</summary>
[Agent]
public sealed partial class Bidding
{
    [Action]
    private static int[] Sellers([Input] int count) => [.. Enumerable.Range(1, count)];

    private static bool IsGood(string offer) => offer.Length > 0;

    [Action, ForEach(nameof(Sellers), MaxParallel = 2, Until = nameof(IsGood))]
    private static async Task<string> Offer([Item] int seller)
    {
        await Task.Yield();
        return $"offer {seller}";
    }

    [Action]
    private static string Take([From(nameof(Offer))] string[] offers) => offers[0];
}

[Agent]
public sealed partial class Duet(Board board)
{
    [Action]
    private int Begin([Input] int number)
    {
        board.Flag = false;
        return number;
    }

    [Signal]
    private partial Task<bool> First(int begin);

    [Signal]
    private partial Task<bool> Second(int begin);

    [Action]
    private string AfterFirst([From(nameof(First))] bool first)
    {
        board.Flag = true;
        return $"first {first}";
    }

    [Action]
    private string AfterSecond([From(nameof(Second))] bool second) => board.Flag ? "second" : "second alone";

    [Action, Result]
    private static string Both([From(nameof(AfterFirst))] string first, [From(nameof(AfterSecond))] string second) => first + second;
}

/// <summary>Takes silence for consent.</summary>
[Agent]
public sealed partial class Hasty
{
    [Action]
    private static string Ask([Input] int amount) => $"{amount}?";

    [Signal(Timeout = "1.00:00:00"), Fallback(nameof(Escalate))]
    private partial Task<bool> Approve(string ask);

    private static bool Escalate(string ask) => true;

    [Action]
    private static string Pay([Input] int amount, bool approve) => approve ? $"paid {amount}" : "kept";
}

/// <summary>Asks for more when nobody answers, and does not notice what an answer was to.</summary>
[Agent(MaxIterations = 3)]
public sealed partial class Haggler
{
    [Action]
    private static int Ask([Input] int price, [Previous(nameof(Ask))] int? before) => (before ?? 0) + price;

    [Signal(Timeout = "01:00:00"), Fallback(nameof(Wait))]
    private partial Task<bool> Accept(int ask);

    private static bool Wait(int ask) => ask >= 30;

    [Action, Result]
    private static string Close([From(nameof(Ask))] int ask, bool accept) => accept ? $"sold for {ask}" : "";

    [Until]
    private static bool IsOver(string close) => close.Length > 0;
}

/// <summary>What it falls back on depends on what else was done by then.</summary>
[Agent]
public sealed partial class Muddle(Board board)
{
    [Action]
    private int Begin([Input] int number)
    {
        board.Flag = false;
        return number;
    }

    [Action]
    private async Task<int> Work(int begin)
    {
        await Task.Yield();
        return begin;
    }

    [Action]
    private string Mark([From(nameof(Work))] int work)
    {
        board.Flag = true;
        return $"marked {work}";
    }

    [Signal(Timeout = "01:00:00"), Fallback(nameof(Escalate))]
    private partial Task<bool> Approve([From(nameof(Begin))] int begin);

    private bool Escalate([From(nameof(Begin))] int begin) => board.Flag;

    [Action, Result]
    private static string Close([From(nameof(Mark))] string mark, bool approve) => $"{mark} {approve}";
}
