using BenchmarkDotNet.Attributes;

namespace AgentFlow.Benchmarks.TenActions;

/// <summary>
/// Ten actions: three sources, facts and digest, synthesis, three checks, finish. A benchmark is a loop of runs, so that waiting for the
/// loop's own task, which a pending run makes a matter of microseconds, does not count.
/// </summary>
public abstract class TenActionBenchmarks
{
    private readonly Dictionary<string, Func<int, Task>> _loops;
    private readonly int _runs;

    private protected TenActionBenchmarks((string Name, Func<int, Task> Loop)[] loops, int runs)
    {
        _loops = loops.ToDictionary(static l => l.Name, static l => l.Loop);
        _runs = runs;
    }

    /// <summary>A run that gives a wrong result throws.</summary>
    [GlobalSetup]
    public async Task Verify()
    {
        foreach (var loop in _loops.Values)
        {
            await loop(10).ConfigureAwait(false);
        }
    }

    private protected Task Loop(string name) => _loops[name](_runs);
}

/// <summary>Every body completes on the spot and allocates nothing.</summary>
public class TenSynchronous() : TenActionBenchmarks(TenActionRuns<SyncBodies>.All, Runs)
{
    private const int Runs = 10_000;

    [Benchmark(Baseline = true, OperationsPerInvoke = Runs)] public Task WhenAll() => Loop(nameof(WhenAll));

    [Benchmark(OperationsPerInvoke = Runs)] public Task Checked() => Loop(nameof(Checked));

    [Benchmark(OperationsPerInvoke = Runs)] public Task HandTuned() => Loop(nameof(HandTuned));

    [Benchmark(OperationsPerInvoke = Runs)] public Task Dataflow() => Loop(nameof(Dataflow));

    [Benchmark(OperationsPerInvoke = Runs)] public Task DictionaryWaves() => Loop(nameof(DictionaryWaves));

    [Benchmark(OperationsPerInvoke = Runs)] public Task BodiesAlone() => Loop(nameof(BodiesAlone));

    [Benchmark(OperationsPerInvoke = Runs)] public Task AgentFlow() => Loop(nameof(AgentFlow));
}

/// <summary>Every body gives way to the thread pool once.</summary>
public class TenYielding() : TenActionBenchmarks(TenActionRuns<YieldingBodies>.All, Runs)
{
    private const int Runs = 2_000;

    [Benchmark(Baseline = true, OperationsPerInvoke = Runs)] public Task WhenAll() => Loop(nameof(WhenAll));

    [Benchmark(OperationsPerInvoke = Runs)] public Task Checked() => Loop(nameof(Checked));

    [Benchmark(OperationsPerInvoke = Runs)] public Task HandTuned() => Loop(nameof(HandTuned));

    [Benchmark(OperationsPerInvoke = Runs)] public Task Dataflow() => Loop(nameof(Dataflow));

    [Benchmark(OperationsPerInvoke = Runs)] public Task DictionaryWaves() => Loop(nameof(DictionaryWaves));

    [Benchmark(OperationsPerInvoke = Runs)] public Task BodiesAlone() => Loop(nameof(BodiesAlone));

    [Benchmark(OperationsPerInvoke = Runs)] public Task AgentFlow() => Loop(nameof(AgentFlow));
}

/// <summary>Every body waits for a timer of one millisecond.</summary>
public class TenDelaying() : TenActionBenchmarks(TenActionRuns<DelayingBodies>.All, Runs)
{
    private const int Runs = 20;

    [Benchmark(Baseline = true, OperationsPerInvoke = Runs)] public Task WhenAll() => Loop(nameof(WhenAll));

    [Benchmark(OperationsPerInvoke = Runs)] public Task Checked() => Loop(nameof(Checked));

    [Benchmark(OperationsPerInvoke = Runs)] public Task HandTuned() => Loop(nameof(HandTuned));

    [Benchmark(OperationsPerInvoke = Runs)] public Task Dataflow() => Loop(nameof(Dataflow));

    [Benchmark(OperationsPerInvoke = Runs)] public Task DictionaryWaves() => Loop(nameof(DictionaryWaves));

    [Benchmark(OperationsPerInvoke = Runs)] public Task BodiesAlone() => Loop(nameof(BodiesAlone));

    [Benchmark(OperationsPerInvoke = Runs)] public Task AgentFlow() => Loop(nameof(AgentFlow));
}
