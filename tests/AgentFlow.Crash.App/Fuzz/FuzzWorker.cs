using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using AgentFlow.Fuzz;

namespace AgentFlow.Crash.Fuzz;

/// <summary>A process that works on the sessions of random agents until all have ended, or it is killed.</summary>
public static class FuzzWorker
{
    public const string Ready = "at work";
    public const string Done = "all have ended";

    /// <summary>How long a session stays claimed when its worker is dead.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(2);

    /// <param name="name">The store.</param>
    /// <param name="folder">Where everything is: the agents, the store, the log.</param>
    /// <param name="life">The number of the process, from 1.</param>
    /// <param name="mode">What is wrong with its surroundings: nothing, <c>late</c> writes, a <c>jump</c>ing clock.</param>
    public static async Task RunAsync(string name, string folder, int life, string mode)
    {
        var (parts, seeds) = ReadPlan(folder);
        var models = seeds.Select(seed => Maker.Make(seed, parts)).ToList();
        var assembly = Assembly.LoadFrom(Path.Combine(folder, "agents.dll"));
        using var world = new FileWorld(models.SelectMany(static m => m.All).ToDictionary(static m => m.Name), Path.Combine(folder, $"log-{life}.txt"), life) { OnBook = Rows.BookAsync };
        using var stopping = new CancellationTokenSource();
        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            stopping.Cancel();
        });
        await using var store = mode == "late" ? new LateStore(Stores.Open(name, folder), Lease, life) : Stores.Open(name, folder);
        var runtime = new AgentRuntime(store, new()
        {
            Owner = $"worker-{life}",
            Lease = Lease,
            PollInterval = TimeSpan.FromMilliseconds(50),
            ShutdownGrace = TimeSpan.FromSeconds(1),
            Run = new() { TimeProvider = mode == "jump" ? new JumpingTime() : TimeProvider.System },
        });
        Console.WriteLine(Ready);
        try
        {
            await Parallel.ForEachAsync(models, new ParallelOptions { MaxDegreeOfParallelism = models.Count, CancellationToken = stopping.Token }, async (model, ct) =>
            {
                var bridge = Compiler.Make(assembly, model, world, model.Name).Bridge;
                while (!await PlayAsync(runtime, assembly, world, model, bridge, ct).ConfigureAwait(false))
                {
                    await Task.Delay(50, ct).ConfigureAwait(false);
                }
            }).ConfigureAwait(false);
            Console.WriteLine(Done);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Told to stop: others go on.
        }

        await runtime.DisposeAsync().ConfigureAwait(false);
    }

    public static (Parts Parts, int[] Seeds) ReadPlan(string folder)
    {
        var lines = File.ReadAllLines(Path.Combine(folder, "plan.txt"));
        return (Enum.Parse<Parts>(lines[0]), [.. lines.Skip(1).Select(static l => int.Parse(l, CultureInfo.InvariantCulture))]);
    }

    private static async Task<bool> PlayAsync(AgentRuntime runtime, Assembly assembly, FileWorld world, Model model, Bridge bridge, CancellationToken ct)
    {
        try
        {
            var handle = await bridge.StartOrResumeAsync(runtime, new() { Id = model.Name }).ConfigureAwait(false);
            var end = await new SessionDriver(assembly, model, model.Name, world, runtime, bridge) { Dead = ct, Chance = new Random(world.Life) }.DriveAsync(handle).ConfigureAwait(false);
            world.Write(new(NoteKind.RunEnded, world.Life, model.Name, 1, 0, -1, 1, "", end.ToString()));
            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            // The store does not answer, or another worker has the session.
            return false;
        }
    }
}
