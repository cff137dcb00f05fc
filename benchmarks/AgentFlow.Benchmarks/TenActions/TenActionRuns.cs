namespace AgentFlow.Benchmarks.TenActions;

/// <summary>Runs the ten actions many times, each way. Static and generic over the bodies, so that nothing stands between a loop and what it measures.</summary>
internal static class TenActionRuns<TBodies>
    where TBodies : struct, IBodies
{
    private static readonly SyncAgent s_sync = new();
    private static readonly YieldingAgent s_yielding = new();
    private static readonly DelayingAgent s_delaying = new();

    /// <summary>Each way under its name; the first is the base of the ratios.</summary>
    public static readonly (string Name, Func<int, Task> Loop)[] All =
    [
        ("WhenAll", WhenAll),
        ("Checked", Checked),
        ("HandTuned", HandTuned),
        ("Dataflow", Dataflow),
        ("DictionaryWaves", DictionaryWaves),
        ("BodiesAlone", BodiesAlone),
        ("AgentFlow", Agent),
    ];

    public static async Task WhenAll(int runs)
    {
        for (var i = 0; i < runs; i++)
        {
            Verify(await WhenAll<TBodies>.RunAsync(Values.Topic, default).ConfigureAwait(false));
        }
    }

    public static async Task Checked(int runs)
    {
        for (var i = 0; i < runs; i++)
        {
            Verify(await Checked<TBodies>.RunAsync(Values.Topic, default).ConfigureAwait(false));
        }
    }

    public static async Task HandTuned(int runs)
    {
        for (var i = 0; i < runs; i++)
        {
            Verify(await HandTuned<TBodies>.RunAsync(Values.Topic, default).ConfigureAwait(false));
        }
    }

    public static async Task Dataflow(int runs)
    {
        for (var i = 0; i < runs; i++)
        {
            Verify(await DataflowNetwork<TBodies>.RunAsync(Values.Topic, default).ConfigureAwait(false));
        }
    }

    public static async Task DictionaryWaves(int runs)
    {
        for (var i = 0; i < runs; i++)
        {
            Verify(await DictionaryWaves<TBodies>.RunAsync(Values.Topic, default).ConfigureAwait(false));
        }
    }

    public static async Task BodiesAlone(int runs)
    {
        for (var i = 0; i < runs; i++)
        {
            Verify(await BodiesAlone<TBodies>.RunAsync(Values.Topic, default).ConfigureAwait(false));
        }
    }

    public static async Task Agent(int runs)
    {
        for (var i = 0; i < runs; i++)
        {
            Verify(await RunAgent().ConfigureAwait(false));
        }
    }

    /// <summary>The comparison of types is decided by the just-in-time compiler.</summary>
    private static ValueTask<FinalReport> RunAgent() =>
        typeof(TBodies) == typeof(SyncBodies) ? s_sync.RunAsync(Values.Topic)
        : typeof(TBodies) == typeof(YieldingBodies) ? s_yielding.RunAsync(Values.Topic)
        : s_delaying.RunAsync(Values.Topic);

    private static void Verify(FinalReport report)
    {
        if (report != (object)Values.Final)
        {
            throw new InvalidOperationException("The run gave another result than the one expected.");
        }
    }
}
