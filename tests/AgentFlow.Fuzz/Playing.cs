using System.Reflection;
using System.Text.Json;

namespace AgentFlow.Fuzz;

/// <summary>How an agent is run.</summary>
public enum Way
{
    Run,
    Stream,
    Session,

    /// <summary>A session whose process dies at one of its writes, or after it, and another goes on.</summary>
    Crashed,

    /// <summary>A session whose runtime is disposed in the middle, and another goes on.</summary>
    HandedOver,
}

/// <summary>Runs compiled agents in this process.</summary>
/// <param name="assembly">What holds the agents.</param>
/// <param name="patience">How long a run may take before it counts as one that never ends.</param>
/// <param name="durabilities">Of which sessions are.</param>
public sealed class Playing(Assembly assembly, TimeSpan patience, Durability[] durabilities)
{
    /// <summary>Runs an agent.</summary>
    /// <param name="model">The agent.</param>
    /// <param name="way">How.</param>
    /// <param name="chance">Decides what the model leaves open: where it is stopped.</param>
    /// <returns>What was seen.</returns>
    public async Task<Trial> PlayAsync(Model model, Way way, Random chance)
    {
        var world = new MemoryWorld(model.All.ToDictionary(static m => m.Name));
        return way switch
        {
            Way.Run or Way.Stream => await RunAsync(model, world, way).ConfigureAwait(false),
            _ => await new SessionPlay(assembly, model, world, way, chance, patience, durabilities).PlayAsync().ConfigureAwait(false),
        };
    }

    private async Task<Trial> RunAsync(Model model, MemoryWorld world, Way way)
    {
        const string Root = "root";
        using var cancelled = new CancellationTokenSource();
        world.OnCancel = cancelled.Cancel;
        var bridge = Compiler.Make(assembly, model, world, Root).Bridge;
        var task = way == Way.Run ? EndAsync(() => bridge.RunAsync(RunOptions.Default, cancelled.Token)) : StreamAsync(bridge, cancelled.Token);
        Ending end;
        try
        {
            end = await task.WaitAsync(patience).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return new() { Model = model, Root = Root, Notes = world.Take(), End = new(EndKind.Other, "", null, $"nothing: it did not end within {patience}") };
        }

        world.Write(new(NoteKind.RunEnded, 1, Root, 1, 0, -1, 1, "", ""));
        await AgentBackground.DrainAsync(CancellationToken.None).WaitAsync(patience).ConfigureAwait(false);
        return new() { Model = model, Root = Root, Notes = [.. world.Take().Where(static n => n.Kind != NoteKind.RunEnded)], End = end };
    }

    internal static async Task<Ending> EndAsync(Func<Task<string>> run)
    {
        try
        {
            return Ending.Completed(await run().ConfigureAwait(false));
        }
        catch (Exception e)
        {
            return Ending.Of(e);
        }
    }

    /// <summary>What the events say, which is what the enumeration throws or gives at its end.</summary>
    private static Task<Ending> StreamAsync(Bridge bridge, CancellationToken ct) => EndAsync(async () =>
    {
        var result = "no end";
        Exception? failed = null;
        await foreach (var e in bridge.StreamAsync(RunOptions.Default, ct).ConfigureAwait(false))
        {
            if (e.Kind == AgentEventKind.AgentCompleted)
            {
                result = Bridge.Text(e.TryGetValue<object>(out var value) ? value : null);
            }
            else if (e.Kind == AgentEventKind.AgentFailed)
            {
                failed = e.Exception;
            }
        }

        return failed is null ? result : throw failed;
    });
}
