namespace AgentFlow.Benchmarks.Shapes;

/// <summary>The families of graphs that are measured.</summary>
public enum ShapeKind
{
    /// <summary>Each action feeds the next.</summary>
    Chain,

    /// <summary>One action feeds all but the last, which takes the values of all of them.</summary>
    Fan,

    /// <summary>Layers of about as many actions as there are layers; each action takes one to three values of the layer before, the last all of it.</summary>
    Layered,
}

/// <summary>
/// A graph of actions, each of which adds up the values that it is given, its own number and, where it has no source, the run's seed. The
/// same graph every time: agents are written from it as source (see <see cref="ShapeWriter"/>) and the baselines walk it.
/// </summary>
internal sealed class Shape
{
    public static readonly int[] Sizes = [10, 100, 1000];

    private Shape(ShapeKind kind, int[][] sources)
    {
        Name = $"{kind}{sources.Length}";
        Sources = sources;
        Layers = ToLayers(sources);
    }

    public string Name { get; }

    /// <summary>For each action, in an order in which they could run, those whose values it takes.</summary>
    public int[][] Sources { get; }

    /// <summary>The actions by the length of the longest path to them.</summary>
    public int[][] Layers { get; }

    public int Count => Sources.Length;

    public static Shape Of(ShapeKind kind, int size) => new(kind, kind switch
    {
        ShapeKind.Chain => [.. Enumerable.Range(0, size).Select(static i => i == 0 ? Array.Empty<int>() : [i - 1])],
        ShapeKind.Fan => [[], .. Enumerable.Repeat<int[]>([0], size - 2), [.. Enumerable.Range(1, size - 2)]],
        _ => ToLayered(size),
    });

    /// <summary>What the last action must make, found one action after the other.</summary>
    public int Expect(int seed)
    {
        var values = new int[Count];
        for (var i = 0; i < Count; i++)
        {
            values[i] = InputOf(i, values, seed);
        }

        return values[^1];
    }

    /// <summary>What an action's body is given.</summary>
    public int InputOf(int action, int[] values, int seed)
    {
        var sum = action;
        foreach (var source in Sources[action])
        {
            sum += values[source];
        }

        return Sources[action].Length == 0 ? sum + seed : sum;
    }

    private static int[][] ToLayered(int size)
    {
        var width = (int)Math.Round(Math.Sqrt(size));
#pragma warning disable CA5394 // The graph is to be the same every time, not a secret.
        var random = new Random(size);
        var sources = new int[size][];
        for (var i = 0; i < size - 1; i++)
        {
            var start = (i / width * width) - width;

            // The action above first, so that no value goes unused.
            sources[i] = start < 0 ? [] : [.. Enumerable.Range(0, random.Next(3)).Select(_ => start + random.Next(width)).Prepend(i - width).Distinct()];
        }
#pragma warning restore CA5394

        var used = sources.SkipLast(1).SelectMany(static s => s).ToHashSet();
        sources[^1] = [.. Enumerable.Range(0, size - 1).Where(i => !used.Contains(i))];
        return sources;
    }

    private static int[][] ToLayers(int[][] sources)
    {
        var layer = new int[sources.Length];
        for (var i = 0; i < sources.Length; i++)
        {
            layer[i] = sources[i].Length == 0 ? 0 : sources[i].Max(s => layer[s]) + 1;
        }

        return [.. Enumerable.Range(0, sources.Length).GroupBy(i => layer[i]).OrderBy(static g => g.Key).Select(static g => g.ToArray())];
    }
}
