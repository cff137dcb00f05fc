using System.Globalization;

namespace AgentFlow.Testing;

/// <content>How one run is driven: what passes, what comes, how time goes by.</content>
public sealed partial class Simulation<TSelf, TInput, TResult>
{
    private async Task<Outcome> RunAsync(SimulatedSchedule schedule)
    {
        var clock = new ManualTimeProvider();
        var store = new MemorySessionStore(clock);
        var gate = new SimulatedGate();
        var crashing = new CrashingStore(store, schedule.CrashAt, schedule.CrashesAfter, schedule.IsLate);
        var answers = new SimulatedAnswers(_answers);
        var state = await LiveAsync(crashing, gate, clock, schedule, answers, isFirst: true).ConfigureAwait(false);
        if (crashing.HasCrashed)
        {
            // The heir: another process finds what is recorded. The senders send again what they cannot know to have arrived.
            answers = new SimulatedAnswers(_answers);
            var heir = new CrashingStore(store, 0, false);
            state = await LiveAsync(heir, gate, clock, schedule, answers, isFirst: false).ConfigureAwait(false);
        }

        if (crashing.IsHolding)
        {
            var starts = gate.Starts;
            crashing.Release();
            if (gate.Starts.FirstOrDefault(s => s.Value != starts.GetValueOrDefault(s.Key)) is { Key: { } place })
            {
                throw new SimulationFailedException(schedule.ToString(), $"Action '{place}' was started by a process that had given the session up, when a write of it had succeeded too late.");
            }
        }

        return new Outcome(await ReadAsync(store, clock, state).ConfigureAwait(false), crashing.Writes, gate.Starts, crashing.HasCrashed);
    }

    /// <summary>One life of the process.</summary>
    private async Task<SessionState> LiveAsync(
        CrashingStore store, SimulatedGate gate, ManualTimeProvider clock, SimulatedSchedule schedule, SimulatedAnswers answers, bool isFirst)
    {
        var runtime = new AgentRuntime(store, new() { Owner = Worker, Lease = TimeSpan.FromDays(10_000), Run = new() { TimeProvider = clock }, Gate = gate, Wakes = false });
        try
        {
            Session<TSelf, TResult> session;
            if (isFirst || await store.FindAsync(Id).ConfigureAwait(false) is null)
            {
                session = await AliveAsync(store, runtime.StartAsync(_agent, _input, new() { Id = Id })).ConfigureAwait(false);
            }
            else
            {
                session = await AliveAsync(store, runtime.ResumeAsync(_agent, Id)).ConfigureAwait(false);
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

                await WaitAsync(runtime, store, clock, schedule, answers).ConfigureAwait(false);
                session = await AliveAsync(store, runtime.ResumeAsync(_agent, Id)).ConfigureAwait(false);
            }
        }
        catch (SimulatedCrashException)
        {
            await DriveAsync(runtime, store, gate, clock, schedule, answers).ConfigureAwait(false);
            return default;
        }
    }

    /// <summary>Waits for a call, but not for one whose write is held: the process goes no further then.</summary>
    private static async Task<T> AliveAsync<T>(CrashingStore store, ValueTask<T> call)
    {
        var task = call.AsTask();
        while (!task.IsCompleted)
        {
            if (store.IsHolding)
            {
                _ = task.ContinueWith(static t => t.Exception, TaskScheduler.Default);
                throw new SimulatedCrashException();
            }

            await Task.WhenAny(task, Task.Delay(1)).ConfigureAwait(false);
        }

        return await task.ConfigureAwait(false);
    }

    /// <summary>Lets actions complete one by one until the session leaves its worker.</summary>
    private static async Task DriveAsync(
        AgentRuntime runtime, CrashingStore store, SimulatedGate gate, ManualTimeProvider clock, SimulatedSchedule schedule, SimulatedAnswers answers)
    {
        while (runtime.Live.TryGetValue(Id, out var live))
        {
            var changed = gate.Changed();
            if (store.HasCrashed)
            {
                if (store.IsHolding)
                {
                    // All leases run out while the store is silent, its children's among them.
                    foreach (var lost in runtime.Live.Values)
                    {
                        lost.Break(new LeaseLostException(lost.Session, null));
                    }
                }

                gate.Open();
            }
            else if (gate.Ready() is var ready and > 0)
            {
                // One of those that have ended passes; or an answer comes first; or time does.
                var due = clock.NextTimer;
                var choices = ready + answers.Count + (due is null ? 0 : 1);
                var choice = choices == 1 ? 0 : schedule.Choose(choices);
                if (choice < ready)
                {
                    gate.Pass(choice);
                }
                else if (choice < ready + answers.Count)
                {
                    await AliveAsync(store, answers.Take(choice - ready).SendAsync(runtime).AsSent()).ConfigureAwait(false);
                }
                else
                {
                    clock.Advance(due!.Value);
                }

                continue;
            }

            var rest = live.Rest;
            if (clock.NextTimer is { } timer && !rest.IsCompleted && !changed.IsCompleted && live.Run.Busy > 0)
            {
                // Give work on other threads a chance to end before time moves on, even on a busy machine. It is unlikely to wait for the
                // very time that the session itself waits for.
                var isSessions = live.UntilTimer is { } until && timer >= until && timer - until <= TimeSpan.FromMilliseconds(1);
                await Task.WhenAny(rest, changed, Task.Delay(isSessions ? 5_000 : 1)).ConfigureAwait(false);
                if (!rest.IsCompleted && !changed.IsCompleted && gate.Ready() == 0)
                {
                    clock.Advance(timer);
                }

                continue;
            }

            var held = store.IsHolding ? rest : store.Held;
            if (await Task.WhenAny(rest, changed, held, Task.Delay(Patience)).ConfigureAwait(false) is var first && first != rest && first != changed && first != held)
            {
                throw new TimeoutException($"An action neither ends nor waits for the clock: {live.Describe()}");
            }
        }
    }

    /// <summary>Brings what a suspended session waits for: an answer; or its time; or its time, and an answer before anybody has noticed.</summary>
    private async Task WaitAsync(AgentRuntime runtime, CrashingStore store, ManualTimeProvider clock, SimulatedSchedule schedule, SimulatedAnswers answers)
    {
        var due = await store.NextDueAsync([_agent.Definition.Name]).ConfigureAwait(false);
        var choices = answers.Count + (due is null ? 0 : 1 + answers.Count);
        if (choices == 0)
        {
            throw new InvalidOperationException("The session waits for a signal that is not answered: add it with Answer.");
        }

        var choice = choices == 1 ? 0 : schedule.Choose(choices);
        if (choice >= answers.Count)
        {
            clock.Advance(due > TimeSpan.Zero ? due.Value : TimeSpan.Zero);
            choice -= answers.Count + 1;
        }

        if (choice >= 0)
        {
            var answer = answers.Take(choice);
            await AliveAsync(store, answer.SendAsync(runtime).AsSent()).ConfigureAwait(false);

            // A second sending must make no difference.
            await AliveAsync(store, answer.SendAsync(runtime).AsSent()).ConfigureAwait(false);
        }
    }

    private async Task<SimulatedEnd> ReadAsync(MemorySessionStore store, ManualTimeProvider clock, SessionState state)
    {
        await using var reader = new AgentRuntime(store, new() { Run = new() { TimeProvider = clock }, Wakes = false });
        var outcomes = await reader.ReadOutcomesAsync(_agent, Id).ConfigureAwait(false);
        var timedOut = new SortedSet<string>(StringComparer.Ordinal);
        await foreach (var record in store.ReadAsync(Id, 0).ConfigureAwait(false))
        {
            if (record.Kind == JournalKind.TimerFired && _agent.Definition.Actions.Any(a => a.Name == record.Action && a.IsSignal))
            {
                timedOut.Add(string.Create(CultureInfo.InvariantCulture, $"{record.Iteration}/{record.Action}"));
            }
        }

        return new SimulatedEnd(state, outcomes, [.. timedOut]);
    }

    /// <summary>What one run came to.</summary>
    /// <param name="End">How it ended, and every outcome.</param>
    /// <param name="Writes">How many writes the first process has made.</param>
    /// <param name="Starts">How often each action was started.</param>
    /// <param name="HasCrashed">Whether the first process has died.</param>
    private sealed record Outcome(SimulatedEnd End, int Writes, IReadOnlyDictionary<string, int> Starts, bool HasCrashed)
    {
        public SessionState State => End.State;

        /// <summary>Those of actions, as JSON. Elements are in the outcome of theirs, and which of them are recorded when one has failed is left to chance.</summary>
        public IReadOnlyList<string> Outcomes { get; } = [.. End.Outcomes.Where(static o => o.Item is null).Select(static o => o.Describe()).Order(StringComparer.Ordinal)];

        public string Result => $"{State} {string.Join(' ', Outcomes)}";

        /// <summary>The signals that have timed out.</summary>
        public string TimeOuts { get; } = string.Join(", ", End.TimedOut);
    }
}
