namespace AgentFlow.Benchmarks.Shapes;

/// <summary>A shape whose actions know one another by name, made once.</summary>
internal sealed class NamedShape(Shape shape)
{
    public Step[][] Waves { get; } =
    [
        .. shape.Layers.Select(layer => layer
            .Select(i => new Step(NameOf(i), i, shape.Sources[i].Length == 0 ? ["seed"] : [.. shape.Sources[i].Select(NameOf)]))
            .ToArray()),
    ];

    public string Result { get; } = NameOf(shape.Count - 1);

    private static string NameOf(int action) => $"A{action}";

    internal sealed record Step(string Name, int Number, string[] Sources);
}
