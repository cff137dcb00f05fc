using BenchmarkDotNet.Attributes;

namespace AgentFlow.Benchmarks.Shapes;

/// <summary>An operation is one action: the figures of one shape should be alike at every size.</summary>
public class ShapeBenchmarks
{
    private const int Actions = 20_000;

    private Dictionary<string, Func<int, Task>> _loops = [];

    [ParamsAllValues]
    public ShapeKind Kind { get; set; }

    [Params(10, 100, 1000)]
    public int Size { get; set; }

    [ParamsAllValues]
    public bool Yields { get; set; }

    /// <summary>A run that gives a wrong result throws.</summary>
    [GlobalSetup]
    public async Task Verify()
    {
        _loops = ShapeRuns.Of(Kind, Size, Yields).ToDictionary(static l => l.Name, static l => l.Loop);
        foreach (var loop in _loops.Values)
        {
            await loop(3).ConfigureAwait(false);
        }
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Actions)] public Task WhenAll() => Loop(nameof(WhenAll));

    [Benchmark(OperationsPerInvoke = Actions)] public Task DictionaryWaves() => Loop(nameof(DictionaryWaves));

    [Benchmark(OperationsPerInvoke = Actions)] public Task HandTuned() => Loop(nameof(HandTuned));

    [Benchmark(OperationsPerInvoke = Actions)] public Task AgentFlow() => Loop(nameof(AgentFlow));

    private Task Loop(string name) => _loops[name](Actions / Size);
}
