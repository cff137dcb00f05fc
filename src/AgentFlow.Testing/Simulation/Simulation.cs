using System.Text.Json;

namespace AgentFlow.Testing;

/// <summary>
/// Explores an agent: every order in which its actions can complete, and a crash before and after every write of each of them, followed by a
/// resumption. Each time the result and every outcome must be those of the undisturbed run.
/// </summary>
/// <typeparam name="TSelf">The agent.</typeparam>
/// <typeparam name="TInput">Its input.</typeparam>
/// <typeparam name="TResult">Its result.</typeparam>
public sealed class Simulation<TSelf, TInput, TResult>
    where TSelf : IDurableAgent<TSelf, TInput, TResult>
{
    private const string Id = "simulated";
    private const string Worker = "simulation";

    /// <summary>An action that does not end by then is taken to hang.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly IDurableAgent<TSelf, TInput, TResult> _agent;
    private readonly TInput _input;
    private readonly List<Func<ISessionStore, AgentRuntime, ValueTask>> _answers = [];
    private int _maxOrders = 200;
    private int _maxCrashOrders = 3;
    private int _seed = 1;

    internal Simulation(IDurableAgent<TSelf, TInput, TResult> agent, TInput input)
    {
        _agent = agent;
        _input = input;
    }

    /// <summary>Answers a signal: in every run at another time, early ones and repeated ones included.</summary>
    /// <typeparam name="T">The answer.</typeparam>
    /// <param name="signal">The signal.</param>
    /// <param name="value">The answer.</param>
    /// <returns>This simulation.</returns>
    public Simulation<TSelf, TInput, TResult> Answer<T>(SignalKey<T> signal, T value)
    {
        ArgumentNullException.ThrowIfNull(signal);
        var key = $"answer-{_answers.Count}";
        _answers.Add(async (_, runtime) =>
        {
            var write = signal.Contract is { } contract ? (Action<Utf8JsonWriter>)(writer => JsonSerializer.Serialize(writer, value, contract)) : null;
            await runtime.SignalAsync(Id, signal.Name, write, new() { Sender = Worker, Key = key }, default).ConfigureAwait(false);
        });
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
        var expected = await RunAsync(schedule).ConfigureAwait(false);
        var orders = new List<(SimulatedSchedule Schedule, int Writes)> { (schedule, expected.Writes) };
        var next = schedule.Next();
        while (next is not null && orders.Count < _maxOrders)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var run = await CompareAsync(next, expected).ConfigureAwait(false);
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
                orders[i] = (chance, (await CompareAsync(chance, expected).ConfigureAwait(false)).Writes);
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
                    await CompareAsync(order.WithCrash(write, after), expected).ConfigureAwait(false);
                    crashes++;
                }
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
        var expected = await RunAsync(new SimulatedSchedule([], null, 0, false)).ConfigureAwait(false);
        await CompareAsync(SimulatedSchedule.Parse(schedule), expected).ConfigureAwait(false);
    }

    private async Task<Outcome> CompareAsync(SimulatedSchedule schedule, Outcome expected)
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

        if (actual.State == SessionState.Uncertain && actual.HasCrashed && s_hasAtMostOnce)
        {
            // As it should be: nobody but a person can say whether it happened. What is recorded must hold all the same.
            if (actual.Outcomes.Except(expected.Outcomes).FirstOrDefault() is { } other)
            {
                throw new SimulationFailedException(schedule.ToString(), $"It is recorded that {other}, and undisturbed it is not.");
            }
        }
        else if (actual.Result != expected.Result)
        {
            throw new SimulationFailedException(schedule.ToString(), $"The result is {actual.Result}, and undisturbed it is {expected.Result}.");
        }

        foreach (var (place, starts) in actual.Starts)
        {
            var allowed = actual.HasCrashed && !IsAtMostOnce(place) ? 2 : 1;
            if (starts > allowed)
            {
                throw new SimulationFailedException(schedule.ToString(), $"Action '{place}' was started {starts} times, and {allowed} is the most.");
            }
        }

        return actual;
    }

    private static readonly bool s_hasAtMostOnce = TSelf.Graph.Actions.Any(static a => a.Effect == Effect.AtMostOnce);

    private static bool IsAtMostOnce(string place)
    {
        var name = place[(place.IndexOf('/', StringComparison.Ordinal) + 1)..];
        return TSelf.Graph.Actions.FirstOrDefault(a => a.Name == name)?.Effect == Effect.AtMostOnce;
    }

    private async Task<Outcome> RunAsync(SimulatedSchedule schedule)
    {
        var clock = new ManualTimeProvider();
        var store = new MemorySessionStore(clock);
        var gate = new SimulatedGate();
        var crashing = new CrashingStore(store, schedule.CrashAt, schedule.CrashesAfter);
        var answers = new Queue<Func<ISessionStore, AgentRuntime, ValueTask>>(_answers);
        var state = await LiveAsync(crashing, gate, clock, schedule, answers, isFirst: true).ConfigureAwait(false);
        if (crashing.HasCrashed)
        {
            // The heir: another process finds what is recorded. The senders send again what they cannot know to have arrived.
            answers = new Queue<Func<ISessionStore, AgentRuntime, ValueTask>>(_answers);
            var heir = new CrashingStore(store, 0, false);
            state = await LiveAsync(heir, gate, clock, schedule, answers, isFirst: false).ConfigureAwait(false);
        }

        return new Outcome(state, await ReadAsync(store, clock).ConfigureAwait(false), crashing.Writes, gate.Starts, crashing.HasCrashed);
    }

    /// <summary>One life of the process.</summary>
    private async Task<SessionState> LiveAsync(
        CrashingStore store, SimulatedGate gate, ManualTimeProvider clock, SimulatedSchedule schedule, Queue<Func<ISessionStore, AgentRuntime, ValueTask>> answers, bool isFirst)
    {
        var runtime = new AgentRuntime(store, new() { Owner = Worker, Lease = TimeSpan.FromDays(10_000), Run = new() { TimeProvider = clock }, Gate = gate, Wakes = false });
        try
        {
            Session<TSelf, TResult> session;
            if (isFirst || await store.FindAsync(Id).ConfigureAwait(false) is null)
            {
                session = await runtime.StartAsync(_agent, _input, new() { Id = Id }).ConfigureAwait(false);
            }
            else
            {
                session = await runtime.ResumeAsync(_agent, Id).ConfigureAwait(false);
            }

            while (true)
            {
                await DriveAsync(runtime, store, gate, clock, schedule, answers).ConfigureAwait(false);
                if (store.HasCrashed)
                {
                    return default;
                }

                var info = (await store.FindAsync(Id).ConfigureAwait(false))!;
                if (info.State != SessionState.Suspended)
                {
                    return info.State;
                }

                await WaitAsync(runtime, store, clock, answers).ConfigureAwait(false);
                session = await runtime.ResumeAsync(_agent, Id).ConfigureAwait(false);
            }
        }
        catch (SimulatedCrashException)
        {
            await DriveAsync(runtime, store, gate, clock, schedule, answers).ConfigureAwait(false);
            return default;
        }
    }

    /// <summary>Lets actions complete one by one until the session leaves its worker.</summary>
    private static async Task DriveAsync(
        AgentRuntime runtime, CrashingStore store, SimulatedGate gate, ManualTimeProvider clock, SimulatedSchedule schedule, Queue<Func<ISessionStore, AgentRuntime, ValueTask>> answers)
    {
        while (runtime.Live.TryGetValue(Id, out var live))
        {
            var changed = gate.Changed();
            if (store.HasCrashed)
            {
                gate.Open();
            }
            else if (answers.Count > 0 && gate.Ready() > 0 && schedule.Choose(2) == 1)
            {
                await answers.Dequeue()(store, runtime).ConfigureAwait(false);
                continue;
            }
            else if (gate.Ready() is var ready and > 0)
            {
                gate.Pass(ready == 1 ? 0 : schedule.Choose(ready));
                continue;
            }

            var rest = live.Rest;
            if (clock.NextTimer is { } timer && !rest.IsCompleted && !changed.IsCompleted && live.Run.Busy > 0)
            {
                // Give what runs on other threads a chance to end before time passes over it.
                await Task.WhenAny(rest, changed, Task.Delay(1)).ConfigureAwait(false);
                if (!rest.IsCompleted && !changed.IsCompleted && gate.Ready() == 0)
                {
                    clock.Advance(timer);
                }

                continue;
            }

            if (await Task.WhenAny(rest, changed, Task.Delay(Patience)).ConfigureAwait(false) is var first && first != rest && first != changed)
            {
                throw new TimeoutException($"An action neither ends nor waits for the clock: {live.Describe()}");
            }
        }
    }

    /// <summary>Brings what a suspended session waits for: an answer, or its time.</summary>
    private static async Task WaitAsync(AgentRuntime runtime, CrashingStore store, ManualTimeProvider clock, Queue<Func<ISessionStore, AgentRuntime, ValueTask>> answers)
    {
        if (answers.TryDequeue(out var answer))
        {
            await answer(store, runtime).ConfigureAwait(false);

            // A second sending must make no difference.
            await answer(store, runtime).ConfigureAwait(false);
            return;
        }

        if (await store.NextDueAsync([TSelf.Graph.Name]).ConfigureAwait(false) is not { } due)
        {
            throw new InvalidOperationException("The session waits for a signal that is not answered: add it with Answer.");
        }

        clock.Advance(due > TimeSpan.Zero ? due : TimeSpan.Zero);
    }

    private async Task<IReadOnlyList<string>> ReadAsync(MemorySessionStore store, ManualTimeProvider clock)
    {
        await using var reader = new AgentRuntime(store, new() { Run = new() { TimeProvider = clock }, Wakes = false });
        var outcomes = await reader.ReadOutcomesAsync(_agent, Id).ConfigureAwait(false);
        return [.. outcomes.Select(static o => o.ToString()).Order(StringComparer.Ordinal)];
    }

    /// <summary>What one run came to.</summary>
    /// <param name="State">How it ended.</param>
    /// <param name="Outcomes">Every outcome, as JSON.</param>
    /// <param name="Writes">How many writes the first process has made.</param>
    /// <param name="Starts">How often each action was started.</param>
    /// <param name="HasCrashed">Whether the first process has died.</param>
    private sealed record Outcome(SessionState State, IReadOnlyList<string> Outcomes, int Writes, IReadOnlyDictionary<string, int> Starts, bool HasCrashed)
    {
        public string Result { get; } = $"{State} {string.Join(' ', Outcomes)}";
    }
}
