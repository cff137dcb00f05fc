using System.Text.Json;

namespace AgentFlow.Testing;

/// <summary>
/// Explores an agent: every order in which its actions and their elements can complete, its signals be answered and time pass, and a crash before
/// and after every write of each of them, followed by a resumption. Each time the result and every outcome must be those of the undisturbed run,
/// or, if other signals have timed out, those of any other run in which the same have.
/// </summary>
/// <typeparam name="TSelf">The agent.</typeparam>
/// <typeparam name="TInput">Its input.</typeparam>
/// <typeparam name="TResult">Its result.</typeparam>
public sealed partial class Simulation<TSelf, TInput, TResult>
    where TSelf : IDurableAgent<TSelf, TInput, TResult>
{
    private const string Id = "simulated";
    private const string Worker = "simulation";

    /// <summary>An action that does not end by then is taken to hang.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly IDurableAgent<TSelf, TInput, TResult> _agent;
    private readonly TInput _input;
    private readonly List<SimulatedAnswer> _answers = [];
    private readonly List<(string What, Func<SimulatedEnd, bool> Holds)> _laws = [];

    /// <summary>What is compared with, by the signals that have timed out, and its schedule; null for the undisturbed run.</summary>
    private readonly Dictionary<string, (string? Schedule, Outcome Outcome)> _references = new(StringComparer.Ordinal);
    private int _maxOrders = 200;
    private int _maxCrashOrders = 3;
    private int _seed = 1;

    internal Simulation(IDurableAgent<TSelf, TInput, TResult> agent, TInput input)
    {
        _agent = agent;
        _input = input;
    }

    /// <summary>
    /// Answers a signal: in every run at another time, before and after other signals, early, repeated, and when its time has just ended. Several
    /// answers to one signal come in the order in which they are given here.
    /// </summary>
    /// <typeparam name="T">The answer.</typeparam>
    /// <param name="signal">The signal.</param>
    /// <param name="value">The answer.</param>
    /// <returns>This simulation.</returns>
    public Simulation<TSelf, TInput, TResult> Answer<T>(SignalKey<T> signal, T value)
    {
        ArgumentNullException.ThrowIfNull(signal);
        var key = $"answer-{_answers.Count}";
        _answers.Add(new(signal.Name, async runtime =>
        {
            var write = signal.Contract is { } contract ? (Action<Utf8JsonWriter>)(writer => JsonSerializer.Serialize(writer, value, contract)) : null;
            await runtime.SignalAsync(null, Id, signal.Name, write, new() { Sender = Worker, Key = key }, default).ConfigureAwait(false);
        }));
        return this;
    }

    /// <summary>Says what must hold in every run, whatever has timed out in it.</summary>
    /// <param name="what">What holds, for the message if it does not.</param>
    /// <param name="holds">Whether it does.</param>
    /// <returns>This simulation.</returns>
    public Simulation<TSelf, TInput, TResult> Always(string what, Func<SimulatedEnd, bool> holds)
    {
        ArgumentException.ThrowIfNullOrEmpty(what);
        ArgumentNullException.ThrowIfNull(holds);
        _laws.Add((what, holds));
        return this;
    }

    /// <summary>Bounds the exploration.</summary>
    /// <param name="orders">How many orders of completion; all of them are explored if there are no more. Default: 200.</param>
    /// <param name="ordersWithCrashes">In how many of them the process dies at every write. Default: 3.</param>
    /// <param name="seed">What chooses among more orders than that. Default: 1.</param>
    /// <returns>This simulation.</returns>
    public Simulation<TSelf, TInput, TResult> Limit(int orders = 200, int ordersWithCrashes = 3, int seed = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(orders);
        ArgumentOutOfRangeException.ThrowIfNegative(ordersWithCrashes);
        _maxOrders = orders;
        _maxCrashOrders = ordersWithCrashes;
        _seed = seed;
        return this;
    }

    /// <summary>Explores.</summary>
    /// <param name="cancellationToken">Stops between two runs.</param>
    /// <returns>What was explored.</returns>
    /// <exception cref="SimulationFailedException">A schedule makes a difference.</exception>
    public async Task<SimulationReport> ExploreAsync(CancellationToken cancellationToken = default)
    {
        var schedule = new SimulatedSchedule([], null, 0, false);
        var expected = await BeginAsync(schedule).ConfigureAwait(false);
        var orders = new List<(SimulatedSchedule Schedule, int Writes)> { (schedule, expected.Writes) };
        var next = schedule.Next();
        while (next is not null && orders.Count < _maxOrders)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var run = await CompareAsync(next).ConfigureAwait(false);
            orders.Add((next, run.Writes));
            next = next.Next();
        }

        var isExhaustive = next is null;
        var random = new Random(_seed);
        if (!isExhaustive)
        {
            // The odometer turns its last wheels only: what is left of the room is for chance.
            for (var i = orders.Count / 2; i < orders.Count; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var chance = new SimulatedSchedule([], new Random(random.Next()), 0, false);
                orders[i] = (chance, (await CompareAsync(chance).ConfigureAwait(false)).Writes);
            }
        }

        var crashes = 0;
        foreach (var (order, writes) in orders.Take(1).Concat(orders.Skip(1).OrderBy(_ => random.Next())).Take(_maxCrashOrders))
        {
            for (var write = 1; write <= writes; write++)
            {
                foreach (var after in (bool[])[false, true])
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    await CompareAsync(order.WithCrash(write, after)).ConfigureAwait(false);
                    crashes++;
                }

                await CompareAsync(order.WithLateWrite(write)).ConfigureAwait(false);
                crashes++;
            }
        }

        return new SimulationReport(orders.Count, isExhaustive, crashes, expected.Result);
    }

    /// <summary>Runs one schedule again, as a <see cref="SimulationFailedException"/> has named it.</summary>
    /// <param name="schedule">The schedule.</param>
    /// <returns>Completes when nothing was different.</returns>
    /// <exception cref="SimulationFailedException">Something was.</exception>
    public async Task ReplayAsync(string schedule)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        await BeginAsync(new SimulatedSchedule([], null, 0, false)).ConfigureAwait(false);
        var parts = schedule.Split('~');
        if (parts.Length > 1)
        {
            await CompareAsync(SimulatedSchedule.Parse(parts[1])).ConfigureAwait(false);
        }

        await CompareAsync(SimulatedSchedule.Parse(parts[0])).ConfigureAwait(false);
    }

    /// <summary>Runs undisturbed: what is compared with from then on.</summary>
    private async Task<Outcome> BeginAsync(SimulatedSchedule schedule)
    {
        _references.Clear();
        var expected = await RunAsync(schedule).ConfigureAwait(false);
        _references[expected.TimeOuts] = (null, expected);
        Check(schedule, expected);
        return expected;
    }

    private async Task<Outcome> CompareAsync(SimulatedSchedule schedule)
    {
        Outcome actual;
        try
        {
            actual = await RunAsync(schedule).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not SimulationFailedException)
        {
            throw new SimulationFailedException(schedule.ToString(), $"The run broke: {e.Message}", e);
        }

        Check(schedule, actual);
        if (!_references.TryGetValue(actual.TimeOuts, out var reference))
        {
            if (actual.State != SessionState.Uncertain)
            {
                _references.Add(actual.TimeOuts, (schedule.ToString(), actual));
            }

            return actual;
        }

        var (with, expected) = reference;
        var text = with is null ? schedule.ToString() : $"{schedule}~{with}";
        var other = with is null ? "undisturbed" : $"when the same signals have timed out ({actual.TimeOuts})";
        if (actual.State == SessionState.Uncertain && actual.HasCrashed && HasAtMostOnce)
        {
            // As it should be: nobody but a person can say whether it happened. What is recorded must hold all the same.
            if (actual.Outcomes.Except(expected.Outcomes).FirstOrDefault() is { } stray)
            {
                throw new SimulationFailedException(text, $"It is recorded that {stray}, and {other} it is not.");
            }
        }
        else if (with is not null && actual.State == SessionState.Failed && expected.State == SessionState.Failed)
        {
            // A time-out that nobody has provided for: how far the others have come by then is left to chance.
        }
        else if (actual.Result != expected.Result)
        {
            throw new SimulationFailedException(text, $"The result is {actual.Result}, and {other} it is {expected.Result}.");
        }

        return actual;
    }

    /// <summary>What has to hold of every run by itself.</summary>
    private void Check(SimulatedSchedule schedule, Outcome actual)
    {
        foreach (var (what, holds) in _laws)
        {
            if (!holds(actual.End))
            {
                throw new SimulationFailedException(schedule.ToString(), $"It does not hold that {what}: the result is {actual.Result}.");
            }
        }

        foreach (var (place, starts) in actual.Starts)
        {
            var allowed = actual.HasCrashed && !IsAtMostOnce(place) ? 2 : 1;
            if (starts > allowed)
            {
                throw new SimulationFailedException(schedule.ToString(), $"Action '{place}' was started {starts} times, and {allowed} is the most.");
            }
        }
    }

    private bool HasAtMostOnce => _agent.Definition.Actions.Any(static a => a.Effect == Effect.AtMostOnce);

    private bool IsAtMostOnce(string place)
    {
        var name = place[(place.IndexOf('/', StringComparison.Ordinal) + 1)..];

        // A for-each starts again after a crash; it is its elements that must not.
        return _agent.Definition.Actions.FirstOrDefault(a => a.Name == name) is { Effect: Effect.AtMostOnce, ForEach: < 0 };
    }
}
