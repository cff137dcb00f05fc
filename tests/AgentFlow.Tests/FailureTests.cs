namespace AgentFlow.Tests;

public class FailureTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Xunit.Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_failure_names_the_action_and_keeps_the_users_exception(bool yields)
    {
        var failure = await Assert.ThrowsAsync<ActionFailedException>(async () => await new Failing(yields).RunAsync(Token));
        Assert.Equal(("Failing", "Break", 1, 1), (failure.Agent, failure.Action, failure.Attempt, failure.Iteration));
        var inner = Assert.IsType<FormatException>(failure.InnerException);
        Assert.Contains(nameof(Failing.ThrowDeepInside), inner.StackTrace, StringComparison.Ordinal);
        Assert.Contains("Break", failure.Message, StringComparison.Ordinal);
    }

    [Xunit.Fact]
    public async Task Fail_fast_cancels_and_awaits_what_is_under_way()
    {
        var agent = new FailsWhileOtherRuns();
        var failure = await Assert.ThrowsAsync<ActionFailedException>(async () => await agent.RunAsync(Token));
        Assert.Equal("Break", failure.Action);
        Assert.True(agent.OtherSawCancellation);
        Assert.False(agent.DependentRan);
    }

    [Xunit.Fact]
    public async Task Continue_leaves_out_only_the_dependents()
    {
        var agent = new Carrying();
        Assert.Equal(10, await agent.RunAsync(false, Token));
        Assert.False(agent.DependentRan);
    }

    [Xunit.Fact]
    public async Task Continue_carries_every_failure_when_the_result_cannot_be_made()
    {
        var failure = await Assert.ThrowsAsync<ActionFailedException>(async () => await new Carrying().RunAsync(true, Token));
        Assert.Equal(["Break", "Make"], failure.Failures.Select(f => f.Action));
        Assert.Contains("Make", failure.Message, StringComparison.Ordinal);
    }

    [Xunit.Fact]
    public async Task Cancellation_is_never_wrapped()
    {
        using var source = new CancellationTokenSource();
        var agent = new WaitsForever();
        var run = agent.RunAsync(source.Token);
        await source.CancelAsync();
        var canceled = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await run);
        Assert.Equal(source.Token, canceled.CancellationToken);
        Assert.False(agent.AfterRan);
    }

    [Xunit.Fact]
    public async Task A_cancelled_token_starts_nothing()
    {
        var agent = new WaitsForever();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await agent.RunAsync(new CancellationToken(canceled: true)));
        Assert.False(agent.Ran);
    }

    [Xunit.Fact]
    public async Task An_actions_own_cancellation_is_its_failure()
    {
        var failure = await Assert.ThrowsAsync<ActionFailedException>(async () => await new CancelsItself().RunAsync(Token));
        Assert.IsType<TaskCanceledException>(failure.InnerException);
    }

    [Xunit.Fact]
    public async Task Compensations_run_in_reverse_order_of_completion()
    {
        var agent = new Saga(carFails: true, hotelUndoFails: false);
        var failure = await Assert.ThrowsAsync<ActionFailedException>(async () => await agent.RunAsync(Token));
        Assert.Equal("Car", failure.Action);
        Assert.Equal(["cancel hotel h1", "cancel flight f1"], agent.Log);
    }

    [Xunit.Fact]
    public async Task A_failing_compensation_does_not_stop_the_others()
    {
        var agent = new Saga(carFails: true, hotelUndoFails: true);
        var failure = await Assert.ThrowsAsync<ActionFailedException>(async () => await agent.RunAsync(Token));
        Assert.Equal(["cancel flight f1"], agent.Log);
        Assert.Equal("Hotel", Assert.Single(failure.CompensationFailures).Action);
        Assert.Contains("Hotel", failure.Message, StringComparison.Ordinal);
    }

    [Xunit.Fact]
    public async Task Nothing_is_undone_when_all_goes_well()
    {
        var agent = new Saga(carFails: false, hotelUndoFails: false);
        Assert.Equal("f1 h1 c1", await agent.RunAsync(Token));
        Assert.Empty(agent.Log);
    }

    [Xunit.Fact]
    public async Task Compensations_of_a_loop_see_the_outputs_of_their_own_iteration()
    {
        var agent = new LoopingSaga();
        await Assert.ThrowsAsync<IterationLimitException>(async () => await agent.RunAsync(Token));
        Assert.Equal([3, 2, 1], agent.Undone);
    }

    [Xunit.Fact]
    public async Task Skipping_carries_on_to_required_parameters_only()
    {
        Assert.Equal("none", await new Skipping().RunAsync(false, Token));
        Assert.Equal("value!", await new Skipping().RunAsync(true, Token));
    }

    [Xunit.Fact]
    public async Task An_optional_failure_counts_as_skipped() => Assert.Equal(-1, await new OptionalPart().RunAsync(Token));

    [Xunit.Fact]
    public async Task A_loop_that_does_not_end_carries_its_last_state()
    {
        var limit = await Assert.ThrowsAsync<IterationLimitException>(async () => await new CountingLoop().RunAsync(100, Token));
        var state = Assert.IsType<CountingLoop.__AgentFlow.State>(limit.State);
        Assert.Equal((20, 20, 40), (limit.Iterations, state.Outputs.Count, state.Outputs.Doubled));
        Assert.Equal(ActionStatus.Completed, state.Statuses[0]);
    }

    [Xunit.Fact]
    public async Task The_last_iteration_can_be_the_result() => Assert.Equal(3, await new ReturnsLast().RunAsync(Token));

    [Xunit.Fact]
    public async Task A_result_whose_branches_are_all_skipped_is_a_clear_error()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(async () => await new NoBranch().RunAsync(5, Token));
        Assert.Contains("'Pick'", error.Message, StringComparison.Ordinal);
        Assert.Equal("low", await new NoBranch().RunAsync(1, Token));
    }

    [Xunit.Fact]
    public async Task Ten_thousand_completions_inside_each_other_do_not_overflow_the_stack()
    {
        var agent = new Nested();
        Assert.Equal(0, await agent.RunAsync(10_000, Token));
    }
}

[Agent]
public sealed partial class Failing(bool yields)
{
    public static int ThrowDeepInside() => throw new FormatException("bad");

    [Action]
    private async Task<int> Break()
    {
        if (yields)
        {
            await Task.Yield();
        }

        return ThrowDeepInside();
    }
}

[Agent]
public sealed partial class FailsWhileOtherRuns
{
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool OtherSawCancellation { get; private set; }

    public bool DependentRan { get; private set; }

    [Action]
    private async Task<int> Break()
    {
        await _started.Task;
        throw new FormatException("bad");
    }

    [Action]
    private async Task Wait(CancellationToken ct)
    {
        _started.SetResult();
        try
        {
            await Task.Delay(Timeout.Infinite, ct);
        }
        finally
        {
            Saw();
        }
    }

    [Action] private void After(int @break) => Ran();

    private void Saw() => OtherSawCancellation = true;

    private void Ran() => DependentRan = true;
}

[Agent(OnFailure = FailurePolicy.Continue)]
public sealed partial class Carrying
{
    public bool DependentRan { get; private set; }

    [Action] private static int Break() => throw new FormatException("bad");

    [Action] private void After(int @break) => Ran();

    [Action, Result]
    private static async Task<int> Make([Input] bool fail)
    {
        await Task.Yield();
        return fail ? throw new FormatException("worse") : 10;
    }

    private void Ran() => DependentRan = true;
}

[Agent]
public sealed partial class WaitsForever
{
    public bool Ran { get; private set; }

    public bool AfterRan { get; private set; }

    [Action]
    private async Task<int> Wait(CancellationToken ct)
    {
        Mark();
        await Task.Delay(Timeout.Infinite, ct);
        return 1;
    }

    [Action] private void After(int wait) => MarkAfter();

    private void Mark() => Ran = true;

    private void MarkAfter() => AfterRan = true;
}

[Agent]
public sealed partial class CancelsItself
{
    [Action] private static Task<int> Work() => Task.FromCanceled<int>(new CancellationToken(canceled: true));
}

public sealed record Flight(string Id);

public sealed record Hotel(string Id);

public sealed record Car(string Id);

[Agent]
public sealed partial class Saga(bool carFails, bool hotelUndoFails)
{
    public List<string> Log { get; } = [];

    [Action, Compensate(nameof(CancelFlight))]
    private static Flight Flight() => new("f1");

    [Action, Compensate(nameof(CancelHotel))]
    private static async Task<Hotel> Hotel(Flight flight)
    {
        await Task.Yield();
        return new("h1");
    }

    [Action]
    private Car Car(Hotel hotel) => carFails ? throw new InvalidOperationException("no car") : new("c1");

    [Action]
    private static string Itinerary(Flight flight, Hotel hotel, Car car) => $"{flight.Id} {hotel.Id} {car.Id}";

    private void CancelFlight(Flight flight) => Log.Add("cancel flight " + flight.Id);

    private async Task CancelHotel(Hotel hotel)
    {
        await Task.Yield();
        if (hotelUndoFails)
        {
            throw new InvalidOperationException("the hotel does not answer");
        }

        Log.Add("cancel hotel " + hotel.Id);
    }
}

[Agent(MaxIterations = 3)]
public sealed partial class LoopingSaga
{
    public List<int> Undone { get; } = [];

    [Action, Compensate(nameof(Undo))]
    private static int Book([Previous(nameof(Book))] int? before) => (before ?? 0) + 1;

    private void Undo(int book) => Undone.Add(book);

    [Until] private static bool Done(int book) => book > 5;
}

[Agent]
public sealed partial class Skipping
{
    private static bool Wanted([Input] bool wanted) => wanted;

    [Action, When(nameof(Wanted))] private static string Make() => "value";

    [Action] private static string Decorate([From(nameof(Make))] string text) => text + "!";

    [Action] private static string Show([From(nameof(Decorate))] string? text) => text ?? "none";
}

[Agent]
public sealed partial class OptionalPart
{
    [Action, Optional] private static int Try() => throw new FormatException("bad");

    [Action] private static int Use([From(nameof(Try))] int value = -1) => value;
}

[Agent(MaxIterations = 3, OnLimit = LimitPolicy.ReturnLast)]
public sealed partial class ReturnsLast
{
    [Action] private static int Count([Previous(nameof(Count))] int before = 0) => before + 1;

    [Until] private static bool Done(int count) => count > 100;
}

[Agent]
public sealed partial class NoBranch
{
    private static bool IsLow([Input] int value) => value < 2;

    private static bool IsHigh([Input] int value) => value > 8;

    [Action, When(nameof(IsLow))] private static string Low() => "low";

    [Action, When(nameof(IsHigh))] private static string High() => "high";

    [Action] private static string Pick([From(nameof(Low), nameof(High))] string text) => text;
}

/// <summary>An action that runs the same agent one level down, each completing inside the one below.</summary>
[Agent]
public sealed partial class Nested
{
    [Action]
    private async Task<int> Down([Input] int depth)
    {
        await Task.Yield();
        return depth == 0 ? 0 : await DownAsync(depth - 1);
    }

    private ValueTask<int> DownAsync(int depth) => RunAsync(depth);
}
