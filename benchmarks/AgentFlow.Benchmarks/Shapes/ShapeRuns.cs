namespace AgentFlow.Benchmarks.Shapes;

/// <summary>The ways to run one shape.</summary>
internal static class ShapeRuns
{
    private const int Seed = 7;

    /// <summary>Each way under its name, as a loop of so many runs that verifies every one; the first is the base of the ratios.</summary>
    public static (string Name, Func<int, Task> Loop)[] Of(ShapeKind kind, int size, bool yields)
    {
        var shape = Shape.Of(kind, size);
        var named = new NamedShape(shape);
        var expected = shape.Expect(Seed);
        var agent = AgentOf(shape.Name, yields);
        (string, Func<int, Task>)[] all =
        [
            ("WhenAll", Loop(seed => new(ShapeBaselines.WhenAllAsync(shape, yields, seed)))),
            ("DictionaryWaves", Loop(seed => new(ShapeBaselines.DictionaryWavesAsync(named, yields, seed)))),
            ("HandTuned", Loop(kind == ShapeKind.Chain
                ? seed => ShapeBaselines.ChainAsync(shape, yields, seed)
                : seed => ShapeBaselines.LayersAsync(shape, yields, seed))),
            ("AgentFlow", Loop(agent)),
        ];
        return all;

        Func<int, Task> Loop(Func<int, ValueTask<int>> run) => runs => LoopAsync(run, expected, runs);
    }

    private static async Task LoopAsync(Func<int, ValueTask<int>> run, int expected, int runs)
    {
        for (var i = 0; i < runs; i++)
        {
            var result = await run(Seed).ConfigureAwait(false);
            if (result != expected)
            {
                throw new InvalidOperationException($"The run gave {result} and not {expected}.");
            }
        }
    }

    private static Func<int, ValueTask<int>> AgentOf(string shape, bool yields)
    {
        switch (shape)
        {
            case nameof(Chain10):
                var chain10 = new Chain10(yields);
                return seed => chain10.RunAsync(seed);
            case nameof(Chain100):
                var chain100 = new Chain100(yields);
                return seed => chain100.RunAsync(seed);
            case nameof(Chain1000):
                var chain1000 = new Chain1000(yields);
                return seed => chain1000.RunAsync(seed);
            case nameof(Fan10):
                var fan10 = new Fan10(yields);
                return seed => fan10.RunAsync(seed);
            case nameof(Fan100):
                var fan100 = new Fan100(yields);
                return seed => fan100.RunAsync(seed);
            case nameof(Fan1000):
                var fan1000 = new Fan1000(yields);
                return seed => fan1000.RunAsync(seed);
            case nameof(Layered10):
                var layered10 = new Layered10(yields);
                return seed => layered10.RunAsync(seed);
            case nameof(Layered100):
                var layered100 = new Layered100(yields);
                return seed => layered100.RunAsync(seed);
            case nameof(Layered1000):
                var layered1000 = new Layered1000(yields);
                return seed => layered1000.RunAsync(seed);
            default:
                throw new ArgumentOutOfRangeException(nameof(shape), shape, "No agent was written for this shape.");
        }
    }
}
