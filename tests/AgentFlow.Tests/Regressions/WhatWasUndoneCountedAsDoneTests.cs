using System.Collections.Concurrent;

namespace AgentFlow.Tests.Regressions;

/// <summary>
/// A session that had undone what it had done, and was set going again, took it for done: bookings of earlier iterations, and whatever was not among the actions to
/// be rerun or came before the place to go back to, were cancelled and stayed so while the session completed.
/// </summary>
public sealed class WhatWasUndoneCountedAsDoneTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_redriven_loop_does_again_what_it_has_undone_in_earlier_iterations()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var tour = new Tour { Fails = true };
        await FailsAsync(await runtime.StartAsync(tour, "Ada", new() { Id = "s" }, Ct));
        Assert.Empty(tour.Standing);

        tour.Fails = false;
        var session = await runtime.RedriveAsync(tour, "s", Ct);
        Assert.Equal(3, await session.Result.WaitAsync(Patience, Ct));
        Assert.Equal(["Ada 1", "Ada 2", "Ada 3"], tour.Standing.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_loop_that_would_do_again_what_happens_at_most_once_stays_failed()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var tour = new PaidTour { Fails = true };
        await FailsAsync(await runtime.StartAsync(tour, "Ada", new() { Id = "s" }, Ct));

        tour.Fails = false;
        var refused = await Assert.ThrowsAsync<InvalidSessionTransitionException>(() => runtime.RedriveAsync(tour, "s", Ct).AsTask());
        Assert.Contains("'Pay', which happens at most once, has happened in iteration 2", refused.Message, StringComparison.Ordinal);
        Assert.Equal(SessionState.Failed, (await store.FindAsync("s", Ct))!.State);
        Assert.Equal(2, tour.Paid);
    }

    [Fact]
    public async Task A_failure_that_an_earlier_iteration_tolerated_is_still_there_when_the_session_is_redriven()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var rounds = new TolerantRounds { Fails = true };
        await FailsAsync(await runtime.StartAsync(rounds, 1, new() { Id = "s" }, Ct));

        rounds.Fails = false;
        var session = await runtime.RedriveAsync(rounds, "s", Ct);
        Assert.Equal(2, await session.Result.WaitAsync(Patience, Ct));
        var outcomes = await runtime.ReadOutcomesAsync(rounds, "s", Ct);
        Assert.Equal(ActionStatus.Failed, Assert.Single(outcomes, static o => o is { Action: "Guess", Iteration: 1 }).Status);
        Assert.Equal(2, rounds.Guesses);
    }

    [Fact]
    public async Task Rerunning_one_action_does_again_what_was_undone_beside_it()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var trip = new UndoneTrip { Fails = true };
        var session = await BookedAsync(runtime, trip);
        await session.ApproveAsync(true, cancellationToken: Ct);
        await FailsAsync(session);
        Assert.Empty(trip.Standing);

        trip.Fails = false;
        session = await runtime.RerunAsync(trip, "s", ["Pay"], Ct);
        Assert.Equal("paid Ada", await session.Result.WaitAsync(Patience, Ct));
        Assert.Equal(["Ada"], trip.Standing);
    }

    [Fact]
    public async Task Going_back_to_a_checkpoint_does_again_what_was_undone_since()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var trip = new UndoneTrip { Fails = true };
        var session = await BookedAsync(runtime, trip);
        await session.CheckpointAsync("booked", Ct);
        await session.ApproveAsync(true, cancellationToken: Ct);
        await FailsAsync(session);

        trip.Fails = false;
        session = await runtime.RollBackAsync(trip, "s", "booked", Ct);
        await session.ApproveAsync(true, cancellationToken: Ct);
        Assert.Equal("paid Ada", await session.Result.WaitAsync(Patience, Ct));
        Assert.Equal(["Ada"], trip.Standing);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_fork_does_what_its_source_has_undone(bool bySequence)
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var trip = new UndoneTrip { Fails = true };
        var session = await BookedAsync(runtime, trip);
        var booked = (await store.FindAsync("s", Ct))!.Sequence;
        await session.ApproveAsync(true, cancellationToken: Ct);
        await FailsAsync(session);

        trip.Fails = false;
        var fork = await runtime.ForkAsync(trip, "s", bySequence ? new() { Id = "f", Sequence = booked } : new() { Id = "f", After = "Book" }, Ct);
        await fork.ApproveAsync(true, cancellationToken: Ct);
        Assert.Equal("paid Ada", await fork.Result.WaitAsync(Patience, Ct));
        Assert.Equal(["Ada"], trip.Standing);
    }

    private static async Task<Session<UndoneTrip, string>> BookedAsync(AgentRuntime runtime, UndoneTrip trip)
    {
        var session = await runtime.StartAsync(trip, "Ada", new() { Id = "s" }, Ct);
        Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct).WaitAsync(Patience, Ct));
        Assert.Equal(["Ada"], trip.Standing);
        return session;
    }

    private static async Task FailsAsync<TSelf, TResult>(Session<TSelf, TResult> session) =>
        await Assert.ThrowsAnyAsync<ActionFailedException>(() => session.Result.WaitAsync(Patience, Ct));
}

/// <summary>Books a place in every iteration.</summary>
[Agent(MaxIterations = 5)]
public sealed partial class Tour
{
    private readonly ConcurrentDictionary<string, bool> _standing = new();

    public bool Fails { get; set; }

    public IEnumerable<string> Standing => _standing.Keys;

    [Action, Compensate(nameof(Cancel))]
    private string Book([Input] string name, ActionContext context)
    {
        var place = $"{name} {context.Iteration}";
        _standing[place] = true;
        return place;
    }

    private void Cancel(string place) => _standing.TryRemove(place, out _);

    [Action, Result]
    private int Count([From(nameof(Book))] string place, ActionContext context) =>
        Fails && context.Iteration == 3 ? throw new InvalidOperationException($"{place} is taken") : context.Iteration;

    [Until]
    private static bool Done([From(nameof(Count))] int count) => count == 3;
}

/// <summary>Books and pays in every iteration; paying cannot be undone.</summary>
[Agent(MaxIterations = 5)]
public sealed partial class PaidTour
{
    private int _paid;

    public bool Fails { get; set; }

    public int Paid => _paid;

    [Action, Compensate(nameof(Cancel))]
    private static string Book([Input] string name) => name;

    private static void Cancel(string place) => _ = place;

    [Action(Effect = Effect.AtMostOnce)]
    private int Pay([From(nameof(Book))] string place) => Interlocked.Increment(ref _paid) + (0 * place.Length);

    [Action, Result]
    private int Count([From(nameof(Pay))] int paid, ActionContext context) =>
        Fails && context.Iteration == 2 ? throw new InvalidOperationException($"{paid} are enough") : context.Iteration;

    [Until]
    private static bool Done([From(nameof(Count))] int count) => count == 3;
}

/// <summary>Guesses in its first iteration in vain, and goes on.</summary>
[Agent(MaxIterations = 3)]
public sealed partial class TolerantRounds
{
    private int _guesses;

    public bool Fails { get; set; }

    public int Guesses => _guesses;

    [Action, Optional]
    private int Guess([Input] int start, ActionContext context)
    {
        Interlocked.Increment(ref _guesses);
        return context.Iteration == 1 ? throw new InvalidOperationException("no idea") : start;
    }

    [Action, Result]
    private int Count([From(nameof(Guess))] int? guess, ActionContext context) =>
        Fails && context.Iteration == 2 ? throw new InvalidOperationException($"{guess} is wrong") : context.Iteration;

    [Until]
    private static bool Done([From(nameof(Count))] int count) => count == 2;
}

/// <summary>Books, waits for somebody's word, and pays.</summary>
[Agent]
public sealed partial class UndoneTrip
{
    private readonly ConcurrentDictionary<string, bool> _standing = new();

    public bool Fails { get; set; }

    public IEnumerable<string> Standing => _standing.Keys;

    [Action, Compensate(nameof(Cancel))]
    private string Book([Input] string name)
    {
        _standing[name] = true;
        return name;
    }

    private void Cancel(string place) => _standing.TryRemove(place, out _);

    [Signal]
    private partial Task<bool> Approve([From(nameof(Book))] string place);

    [Action, Result]
    private string Pay([From(nameof(Book))] string place, [From(nameof(Approve))] bool approved) =>
        Fails ? throw new InvalidOperationException("no money") : approved ? $"paid {place}" : "";
}
