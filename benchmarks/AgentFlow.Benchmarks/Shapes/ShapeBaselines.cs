using System.Buffers;
using System.Runtime.CompilerServices;

namespace AgentFlow.Benchmarks.Shapes;

/// <summary>Other ways to run a shape. They walk the graph as data, which is what can be written by hand at any size.</summary>
internal static class ShapeBaselines
{
    /// <summary>A layer at a time with <c>Task.WhenAll</c>.</summary>
    public static async Task<int> WhenAllAsync(Shape shape, bool yields, int seed)
    {
        var values = new int[shape.Count];
        foreach (var layer in shape.Layers)
        {
            var tasks = new Task<int>[layer.Length];
            for (var i = 0; i < layer.Length; i++)
            {
                tasks[i] = ShapeBody.Run(yields, shape.InputOf(layer[i], values, seed)).AsTask();
            }

            var results = await Task.WhenAll(tasks).ConfigureAwait(false);
            for (var i = 0; i < layer.Length; i++)
            {
                values[layer[i]] = results[i];
            }
        }

        return values[^1];
    }

    /// <summary>A layer at a time without a byte allocated: rented arrays, a pooled method, and value tasks awaited in turn once all are started.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public static async ValueTask<int> LayersAsync(Shape shape, bool yields, int seed)
    {
        var values = ArrayPool<int>.Shared.Rent(shape.Count);
        var tasks = ArrayPool<ValueTask<int>>.Shared.Rent(shape.Count);
        foreach (var layer in shape.Layers)
        {
            for (var i = 0; i < layer.Length; i++)
            {
                tasks[i] = ShapeBody.Run(yields, shape.InputOf(layer[i], values, seed));
            }

            for (var i = 0; i < layer.Length; i++)
            {
                values[layer[i]] = tasks[i].IsCompletedSuccessfully ? tasks[i].Result : await tasks[i].ConfigureAwait(false);
            }
        }

        var result = values[shape.Count - 1];
        ArrayPool<ValueTask<int>>.Shared.Return(tasks);
        ArrayPool<int>.Shared.Return(values);
        return result;
    }

    /// <summary>The best for a chain: nothing ever overlaps, so a pooled method awaits one after the other.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public static async ValueTask<int> ChainAsync(Shape shape, bool yields, int seed)
    {
        var value = seed;
        for (var i = 0; i < shape.Count; i++)
        {
            var task = ShapeBody.Run(yields, value + i);
            value = task.IsCompletedSuccessfully ? task.Result : await task.ConfigureAwait(false);
        }

        return value;
    }

    /// <summary>Names, boxed values in a dictionary, and waves.</summary>
    public static async Task<int> DictionaryWavesAsync(NamedShape shape, bool yields, int seed)
    {
        var state = new Dictionary<string, object> { ["seed"] = seed };
        foreach (var wave in shape.Waves)
        {
            var tasks = new Task<object>[wave.Length];
            for (var i = 0; i < wave.Length; i++)
            {
                tasks[i] = StepAsync(wave[i], state, yields);
            }

            var results = await Task.WhenAll(tasks).ConfigureAwait(false);
            for (var i = 0; i < wave.Length; i++)
            {
                state[wave[i].Name] = results[i];
            }
        }

        return (int)state[shape.Result];
    }

    private static async Task<object> StepAsync(NamedShape.Step step, Dictionary<string, object> state, bool yields)
    {
        var sum = step.Number;
        foreach (var source in step.Sources)
        {
            sum += (int)state[source];
        }

        return await ShapeBody.Run(yields, sum).ConfigureAwait(false);
    }
}
