using System.Diagnostics;
using System.Globalization;

namespace AgentFlow.Benchmarks.Sessions;

/// <summary>What many sessions at once take: bytes of the managed heap, threads, time.</summary>
internal static class ManySessions
{
    private static readonly AgentRuntimeOptions s_options = new() { PollInterval = TimeSpan.FromDays(1) };

    /// <summary>Lets sessions wait for a signal: what is left in memory is what the store keeps.</summary>
    public static async Task<string> SuspendAsync(string kind, int sessions)
    {
        var place = new BenchmarkStore(kind);
        await using (place.ConfigureAwait(false))
        {
            var store = place.Open();
            await using (store.ConfigureAwait(false))
            {
                await using var runtime = new AgentRuntime(store, s_options);
                var agent = new Waiter();
                await StartAsync(runtime, agent, 0, 100).ConfigureAwait(false);
                var before = Heap();
                await StartAsync(runtime, agent, 100, sessions).ConfigureAwait(false);
                var after = Heap();
                var threads = ThreadsOf();

                // All of them are there, and one of them goes on.
                var found = (await store.ListAsync(new() { States = [SessionState.Suspended], Limit = int.MaxValue }).ConfigureAwait(false)).Count;
                var session = await runtime.ResumeAsync(agent, $"s{sessions / 2}").ConfigureAwait(false);
                await session.AnswerAsync(true).ConfigureAwait(false);
                var result = await session.Result.ConfigureAwait(false);
                return found == sessions + 100 && result == $"question {sessions / 2}: True" && runtime.LiveSessions == 0
                    ? string.Create(CultureInfo.InvariantCulture, $"{sessions} suspended, {kind} store: {(double)(after - before) / sessions:0} B each, {threads} threads")
                    : throw new InvalidOperationException($"{found} sessions wait, {runtime.LiveSessions} are live, and one came to '{result}'.");
            }
        }

        static async Task StartAsync(AgentRuntime runtime, Waiter agent, int from, int count)
        {
            var waits = new List<Task<SessionState>>(64);
            for (var i = from; i < from + count; i++)
            {
                var session = await runtime.StartAsync(agent, i, new() { Id = $"s{i}" }).ConfigureAwait(false);
                waits.Add(session.WaitAsync());
                if (waits.Count == 64 || i == from + count - 1)
                {
                    await Task.WhenAll(waits).ConfigureAwait(false);
                    waits.Clear();
                }
            }
        }
    }

    /// <summary>Has sessions at work at once, each in the middle of an action.</summary>
    public static async Task<string> RunAsync(string kind, int sessions)
    {
        // Once beforehand: what is compiled and pooled by then is not counted.
        await GatherAsync(kind, 100).ConfigureAwait(false);
        return await GatherAsync(kind, sessions).ConfigureAwait(false);
    }

    private static async Task<string> GatherAsync(string kind, int sessions)
    {
        var place = new BenchmarkStore(kind);
        await using (place.ConfigureAwait(false))
        {
            var store = place.Open();
            await using (store.ConfigureAwait(false))
            {
                await using var runtime = new AgentRuntime(store, s_options);
                var gathering = new Gathering(sessions);
                var agent = new Gatherer(gathering);
                var before = Heap();
                var clock = Stopwatch.StartNew();
                var started = await Task.WhenAll(Enumerable.Range(0, sessions).Select(i => Task.Run(async () =>
                    await runtime.StartAsync(agent, i, new() { Id = $"s{i}" }).ConfigureAwait(false)))).ConfigureAwait(false);
                await gathering.Gathered.ConfigureAwait(false);
                var live = runtime.LiveSessions;
                var held = Heap() - before;
                var threads = ThreadsOf();
                gathering.Go();
                var results = await Task.WhenAll(started.Select(static s => s.Result)).ConfigureAwait(false);
                var time = clock.Elapsed;
                started = null;
                var left = Heap() - before;
                return live == sessions && results.Select(static (r, i) => r == i * 2).All(static isRight => isRight)
                    ? string.Create(CultureInfo.InvariantCulture, $"{sessions} at work at once, {kind} store: {(double)held / sessions:0} B each while they are, {(double)left / sessions:0} B after it, {threads} threads, {time.TotalSeconds:0.00} s")
                    : throw new InvalidOperationException($"{live} of {sessions} were at work at once.");
            }
        }
    }

    private static long Heap()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static int ThreadsOf()
    {
        using var process = Process.GetCurrentProcess();
        return process.Threads.Count;
    }
}
