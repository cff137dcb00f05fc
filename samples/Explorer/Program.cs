using System.Globalization;
using AgentFlow;
using AgentFlow.Samples.Exploring;

// A session is forked three ways, each fork tries another strategy, all at once; the best packing is merged back into the session.
var seed = args.Length > 0 && int.TryParse(args[0], NumberStyles.Integer, CultureInfo.InvariantCulture, out var given) ? given : 7;
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
