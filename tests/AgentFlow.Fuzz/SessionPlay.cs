using System.Reflection;

namespace AgentFlow.Fuzz;

/// <summary>Runs one agent in a session, with whatever is to happen to it.</summary>
internal sealed class SessionPlay(Assembly assembly, Model model, MemoryWorld world, Way way, Random chance, TimeSpan patience, Durability[] durabilities)
{
    private const string Id = "root";

    /// <summary>Half of all runtimes leave behind what is under way when they are disposed.</summary>
    private static readonly TimeSpan[] s_graces = [TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(1)];
    private readonly ShiftedTime _time = new();
    private readonly Dictionary<int, int> _sent = [];
    private Durability _durability;
    private MemoryWorld? _life;
    private IReadOnlyDictionary<string, IReadOnlySet<string>> _recorded = new Dictionary<string, IReadOnlySet<string>>();
    private int _repeats;

    public async Task<Trial> PlayAsync()
    {
        var folder = model.NeedsTransactions ? Directory.CreateTempSubdirectory("agentflow-fuzz-").FullName : null;
        ISessionStore store = folder is null ? new MemorySessionStore(_time) : new SqliteSessionStore(Path.Combine(folder, "s.db"), new() { TimeProvider = _time });
        try
        {
            _durability = durabilities[chance.Next(durabilities.Length)];
            var lives = way == Way.Session ? 1 : 2 + chance.Next(2);
            Ending? end = null;
            for (var life = 1; end is null; life++)
            {
                _life = world.NextLife(life);
                end = await LiveAsync(store, isLast: life >= lives).WaitAsync(patience).ConfigureAwait(false);
                if (end is null)
                {
                    // The process has ended, and with it any body that did not react to its token in time.
                    _life.Silence();
                }

                _time.Jump(TimeSpan.FromMinutes(2));
            }

            return Told(end);
        }
        catch (TimeoutException)
        {
            var sessions = await store.ListAsync(new()).ConfigureAwait(false);
            return Told(new(EndKind.Other, "", null, $"nothing: the session did not end within {patience}. It is {_time.GetUtcNow():O}.\n{string.Join('\n', sessions)}"));
        }
        finally
        {
            await store.DisposeAsync().ConfigureAwait(false);
            if (folder is not null)
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private Trial Told(Ending end) => new()
    {
        Model = model,
        Root = Id,
        Notes = world.Take(),
        End = end,
        IsSession = true,
        Circumstances = _durability.ToString(),
        IsDeferred = _durability != Durability.Step,
        Lives = _life?.Life ?? 1,
        Repeats = _repeats,
        Recorded = _recorded,
    };

    /// <summary>One life of the process.</summary>
    /// <returns>How the session ended; null if it did not in this life.</returns>
    private async Task<Ending?> LiveAsync(ISessionStore store, bool isLast)
    {
        var life = _life!;
        await using var dying = new DyingStore(store, isLast || way != Way.Crashed ? 0 : 1 + chance.Next(4 + (2 * model.Acts.Length)), chance.Next(2) == 0, life.Silence);
        var runtime = new AgentRuntime(dying, new()
        {
            Lease = TimeSpan.FromMinutes(1),
            PollInterval = TimeSpan.FromMilliseconds(20),
            ShutdownGrace = s_graces[(life.Life + model.Acts.Length) % s_graces.Length],
            Run = new() { TimeProvider = _time },
        });
        var bridge = Compiler.Make(assembly, model, life, Id).Bridge;
        Session? session = null;
        life.OnCancel = () => _ = Task.Run(async () =>
        {
            while (Volatile.Read(ref session) is null)
            {
                await Task.Yield();
            }

            await session!.CancelAsync().ConfigureAwait(false);
        });
        try
        {
            var handle = await bridge.StartOrResumeAsync(runtime, new() { Id = Id, Durability = _durability }).ConfigureAwait(false);
            Volatile.Write(ref session, handle.Session);
            if (way == Way.HandedOver && !isLast)
            {
                await Task.Delay(chance.Next(12)).ConfigureAwait(false);
                return null;
            }

            var driver = new SessionDriver(assembly, model, Id, life, runtime, bridge)
            {
                IsDead = () => dying.IsDead,
                Dead = dying.Dead,
                Chance = new Random(chance.Next()),
                OnSettled = () => _repeats++,
            };
            var end = await driver.DriveAsync(handle).ConfigureAwait(false);
            _recorded = driver.Recorded ?? _recorded;
            return end;
        }
        catch (Exception) when (dying.IsDead)
        {
            return null;
        }
        finally
        {
            life.OnCancel = null;
            await runtime.DisposeAsync().ConfigureAwait(false);
        }
    }
}
