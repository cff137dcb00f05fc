namespace AgentFlow.Crash;

/// <summary>What a life of the process has come to.</summary>
/// <param name="State">The session's state.</param>
/// <param name="Outcomes">Its outcomes.</param>
/// <param name="Writes">How many writes the process has made.</param>
public sealed record Life(SessionState State, IReadOnlyList<string> Outcomes, int Writes);

/// <summary>One agent in one session, from wherever it stands to its end.</summary>
public static class Scenario
{
    public static IReadOnlyList<string> Names { get; } = ["journey", "loop", "saga", "transfer"];

    public static Task<Life> RunAsync(string name, ISessionStore store, World world, int killAt, bool after) => name switch
    {
        "journey" => LiveAsync(new Journey(world), 5, store, killAt, after, Journey.Signals.Approve),
        "loop" => LiveAsync(new Spiral(world), 1, store, killAt, after, null),
        "transfer" => LiveAsync(new Transfer(), 40, store, killAt, after, null),
        "saga" => LiveAsync(new Saga(world), 7, store, killAt, after, null),
        _ => throw new ArgumentException($"There is no scenario '{name}'.", nameof(name)),
    };

    private static async Task<Life> LiveAsync<TSelf, TInput, TResult>(IDurableAgent<TSelf, TInput, TResult> agent, TInput input, ISessionStore inner, int killAt, bool after, SignalKey<bool>? signal)
        where TSelf : IDurableAgent<TSelf, TInput, TResult>
    {
        var store = new KillingStore(inner, killAt, after);
        await using var runtime = new AgentRuntime(store, new() { Owner = "crash", PollInterval = TimeSpan.FromMilliseconds(20) });
        var session = await runtime.StartOrResumeAsync(agent, input, new() { Id = "s" });
        if (signal is not null)
        {
            try
            {
                await session.SignalAsync(signal, true, new() { Key = "once" });
            }
            catch (InvalidSessionTransitionException)
            {
                // It was taken in an earlier life.
            }
        }

        SessionState state;
        while ((state = await session.WaitAsync()) == SessionState.Suspended)
        {
            // The timer is due in a moment; nothing is at work meanwhile.
            await Task.Delay(1);
        }

        var outcomes = await runtime.ReadOutcomesAsync(agent, "s");
        return new Life(state, [.. outcomes.Select(static o => o.ToString())], store.Writes);
    }
}
