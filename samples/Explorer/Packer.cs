namespace AgentFlow.Samples.Exploring;

public sealed record Item(string Name, int Weight, int Value);

public sealed record Packing(string Strategy, IReadOnlyList<Item> Items)
{
    public int Weight => Items.Sum(static i => i.Weight);

    public int Value => Items.Sum(static i => i.Value);
}

/// <summary>Packs a rucksack by a strategy, and waits for somebody to take a packing.</summary>
[Agent]
public sealed partial class Packer
{
    [Action]
    private static Item[] Collect([Input] int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(1, 30).Select(i => new Item($"item {i}", random.Next(1, 20), random.Next(1, 30)))];
    }

    [Action]
    private static string Strategy(Item[] collect) => "value";

    [Action]
    private static Packing Pack(Item[] collect, [From(nameof(Strategy))] string strategy, [Input] int capacity)
    {
        var order = strategy switch
        {
            "value" => collect.OrderByDescending(static i => i.Value),
            "weight" => collect.OrderBy(static i => i.Weight),
            "density" => collect.OrderByDescending(static i => (double)i.Value / i.Weight),
            _ => throw new ArgumentException($"There is no strategy '{strategy}'.", nameof(strategy)),
        };
        var packed = new List<Item>();
        var left = capacity;
        foreach (var item in order.ThenBy(static i => i.Name, StringComparer.Ordinal))
        {
            if (item.Weight <= left)
            {
                packed.Add(item);
                left -= item.Weight;
            }
        }

        return new Packing(strategy, packed);
    }

    [Signal(Timeout = "1.00:00:00")]
    private partial Task<Packing> Take(Packing pack);

    [Action]
    private static string Describe([From(nameof(Take))] Packing taken) => $"by {taken.Strategy}: {taken.Items.Count} items, weight {taken.Weight}, value {taken.Value}";
}
