using System.Globalization;
using AgentFlow;
using AgentFlow.Samples;
using AgentFlow.Samples.Exploring;

const string Usage = """
    Packs a rucksack in three forks of a session, and merges the best.
    usage: Explorer [seed]     a whole number that the things to pack are made from; default: 7
    """;

// A session is forked three ways, each fork tries another strategy, all at once; the best packing is merged back into the session.
return await Sample.RunAsync(args, Usage, static async words =>
{
    var seed = 7;
    if (words.Length > 1 || (words.Length == 1 && !int.TryParse(words[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out seed)))
    {
        throw new WrongUsageException($"'{string.Join(' ', words)}' is no whole number");
    }

    await using var store = new MemorySessionStore();
    await using var runtime = new AgentRuntime(store);
    var agent = new Packer();
    var main = await runtime.StartAsync(agent, (seed, 60), new() { Id = "main" });
    await main.WaitAsync();

    string[] strategies = ["value", "weight", "density"];
    await Task.WhenAll(strategies.Select(async strategy =>
    {
        var fork = await runtime.ForkAsync(agent, "main", new ForkOptions { Id = $"main:{strategy}", After = "Strategy" }.Set("Strategy", strategy));
        await fork.WaitAsync();
        var packing = (await runtime.ReadOutcomesAsync(agent, fork.Id)).Single(static o => o.Action == "Pack").Value;
        await runtime.SignalAsync(fork.Id, "Take", packing);
        Console.WriteLine($"{fork.Id}: {await fork.Result}");
    }));

    await runtime.MergeAsync<Packer, (int, int), string, Packing>(
        agent,
        into: "main",
        from: [.. strategies.Select(static s => $"main:{s}")],
        action: "Take",
        merge: static found => found.MaxBy(static p => p.Value)!);
    Console.WriteLine($"main: {await main.Result}");
    return Sample.Success;
});
