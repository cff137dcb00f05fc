namespace AgentFlow.Crash;

/// <summary>A worker that is stopped with a write of each of its sessions still to come, and makes them long after.</summary>
public static class Zombie
{
    /// <summary>The name of the worker and of its heir, as of one that is started again: what tells them apart is the epoch.</summary>
    public const string Owner = "worker";

    /// <summary>What it says when every session has a write to come. It goes on with a line from its input.</summary>
    public const string Ready = "ready";

    public static async Task RunAsync(string store, string folder, int sessions)
    {
        await using var holding = new HoldingStore(Stores.Open(store, folder), "Pass", sessions);
        await using var runtime = new AgentRuntime(holding, new() { Owner = Owner, Lease = TimeSpan.FromSeconds(4) });
        var agent = new Relay("zombie", static () => Task.CompletedTask);
        await Task.WhenAll(Enumerable.Range(0, sessions).Select(i => runtime.StartAsync(agent, i, new() { Id = $"s{i}" }).AsTask()));
        await holding.Held;
        Console.WriteLine(Ready);
        await Console.In.ReadLineAsync();
        var results = await holding.ReleaseAsync();
        Console.WriteLine(string.Join("; ", results.OrderBy(static r => r.Key, StringComparer.Ordinal).Select(static r => $"{r.Key}: {r.Value}")));
    }
}
