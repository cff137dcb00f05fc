using System.Globalization;

namespace AgentFlow.Benchmarks.Sessions;

/// <summary>Resumes a session of many recorded steps beside one of few, whose states are alike. Each has a store to itself.</summary>
internal sealed class ResumeRuns : IAsyncDisposable
{
    private const string Id = "walk";

    private static readonly AgentRuntimeOptions s_options = new() { PollInterval = TimeSpan.FromDays(1) };

    private readonly string _kind;
    private readonly List<Length> _lengths = [];

    private ResumeRuns(string kind) => _kind = kind;

    /// <summary>Brings sessions to where they are resumed.</summary>
    public static async Task<ResumeRuns> CreateAsync(string kind, params int[] steps)
    {
        var runs = new ResumeRuns(kind);
        foreach (var count in steps)
        {
            var length = new Length(count, new BenchmarkStore(kind));
            runs._lengths.Add(length);
            length.Open = length.Place.Open();
            await using var runtime = new AgentRuntime(length.Open, s_options);
            var session = await runtime.StartAsync(new Walker(), (count + Walker.StepsAnIteration - 1) / Walker.StepsAnIteration, new() { Id = Id }).ConfigureAwait(false);
            Expect(SessionState.Suspended, await session.WaitAsync().ConfigureAwait(false));
            var info = (await length.Open.FindAsync(Id).ConfigureAwait(false))!;
            var snapshot = await length.Open.FindSnapshotAsync(Id, long.MaxValue).ConfigureAwait(false);
            (length.Records, length.Tail) = (info.Sequence, info.Sequence - (snapshot?.Sequence ?? 0));
            if (info.Sequence < count)
            {
                throw new InvalidOperationException($"Only {info.Sequence} records were made.");
            }
        }

        return runs;
    }

    /// <summary>How many records there are, and how many a resumption reads.</summary>
    public string Describe() => $"{_kind} store: " + string.Join("; ", _lengths.Select(static l => string.Create(CultureInfo.InvariantCulture, $"of {l.Records} records the last {l.Tail} follow the snapshot")));

    /// <summary>The same for each length, the shortest first.</summary>
    public (string Name, Func<int, Task> Loop)[] Cases(Func<Length, Task> run) => [.. _lengths.Select(length => ($"{length.Steps} steps", Repeat(length, run)))];

    /// <summary>Reads the state in a store that is open.</summary>
    public async Task InspectAsync(Length length)
    {
        length.Open ??= length.Place.Open();
        await using var runtime = new AgentRuntime(length.Open, s_options);
        var state = await runtime.InspectAsync(new Walker(), Id).ConfigureAwait(false);
        Expect((length.Steps + Walker.StepsAnIteration - 1) / Walker.StepsAnIteration, state.GetProperty("iteration").GetInt32());
    }

    /// <summary>The same, and opens the store for it.</summary>
    public async Task OpenAndInspectAsync(Length length)
    {
        await length.CloseAsync().ConfigureAwait(false);
        await InspectAsync(length).ConfigureAwait(false);
    }

    /// <summary>What a new process does: opens the store, resumes the session, sees it suspended again.</summary>
    public async Task OpenAndResumeAsync(Length length)
    {
        await length.CloseAsync().ConfigureAwait(false);
        length.Open = length.Place.Open();
        await using var runtime = new AgentRuntime(length.Open, s_options);
        var session = await runtime.ResumeAsync(new Walker(), Id).ConfigureAwait(false);
        Expect(SessionState.Suspended, await session.WaitAsync().ConfigureAwait(false));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var length in _lengths)
        {
            await length.CloseAsync().ConfigureAwait(false);
            await length.Place.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static Func<int, Task> Repeat(Length length, Func<Length, Task> run) => async times =>
    {
        for (var i = 0; i < times; i++)
        {
            await run(length).ConfigureAwait(false);
        }
    };

    private static void Expect<T>(T expected, T actual)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            throw new InvalidOperationException($"Expected {expected}, and it is {actual}.");
        }
    }

    /// <summary>A session, and the store that it is in.</summary>
    internal sealed class Length(int steps, BenchmarkStore place)
    {
        public int Steps => steps;

        public BenchmarkStore Place => place;

        public ISessionStore? Open { get; set; }

        public long Records { get; set; }

        public long Tail { get; set; }

        public async Task CloseAsync()
        {
            if (Open is not null and not MemorySessionStore)
            {
                await Open.DisposeAsync().ConfigureAwait(false);
                Open = null;
            }
        }
    }
}
