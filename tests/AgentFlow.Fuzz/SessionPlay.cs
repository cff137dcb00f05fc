using System.Reflection;
using System.Text.Json;

namespace AgentFlow.Fuzz;

/// <summary>Runs one agent in a session, with whatever is to happen to it.</summary>
internal sealed class SessionPlay(Assembly assembly, Model model, MemoryWorld world, Way way, Random chance, TimeSpan patience, Durability[] durabilities)
{
    private const string Id = "root";
    private readonly ShiftedTime _time = new();
    private readonly Dictionary<int, int> _sent = [];
    private Durability _durability;
    private MemoryWorld? _life;
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
                _time.Jump(TimeSpan.FromMinutes(2));
            }

            return Told(end);
        }
        catch (TimeoutException)
        {
            return Told(new(EndKind.Other, "", null, $"nothing: the session did not end within {patience}"));
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

    private Trial Told(Ending end) => new() { Model = model, Root = Id, Notes = world.Take(), End = end, IsSession = true, Circumstances = _durability.ToString(), Lives = _life?.Life ?? 1, Repeats = _repeats };

    /// <summary>One life of the process.</summary>
    /// <returns>How the session ended; null if it did not in this life.</returns>
    private async Task<Ending?> LiveAsync(ISessionStore store, bool isLast)
    {
        var life = _life!;
        await using var dying = new DyingStore(store, isLast || way != Way.Crashed ? 0 : 1 + chance.Next(4 + (2 * model.Acts.Length)), chance.Next(2) == 0, life.Silence);
        var runtime = new AgentRuntime(dying, new() { Lease = TimeSpan.FromMinutes(1), PollInterval = TimeSpan.FromMilliseconds(20), ShutdownGrace = TimeSpan.FromSeconds(1), Run = new() { TimeProvider = _time } });
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

            return await DriveAsync(handle, bridge, runtime, dying).ConfigureAwait(false);
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

    /// <summary>Waits for the session's end, and does what the world outside has to.</summary>
    private async Task<Ending?> DriveAsync(Handle handle, Bridge bridge, AgentRuntime runtime, DyingStore store)
    {
        while (true)
        {
            using var dead = CancellationTokenSource.CreateLinkedTokenSource(store.Dead);
            dead.CancelAfter(TimeSpan.FromMilliseconds(200));
            SessionState state;
            try
            {
                state = await handle.Session.WaitAsync(dead.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!store.IsDead)
            {
                await AnswerAsync(runtime, model, Id).ConfigureAwait(false);
                continue;
            }

            switch (state)
            {
                case SessionState.Suspended:
                    await AnswerAsync(runtime, model, Id).ConfigureAwait(false);
                    await Task.Delay(2).ConfigureAwait(false);
                    continue;
                case SessionState.Uncertain:
                    _repeats++;
                    await SettleAsync(runtime, bridge).ConfigureAwait(false);
                    continue;
                case SessionState.Completed or SessionState.Failed or SessionState.Cancelled:
                    var end = await Playing.EndAsync(handle.ResultAsync).ConfigureAwait(false);
                    return end.Kind == EndKind.Other && state == SessionState.Cancelled ? end with { Kind = EndKind.Cancelled } : end;
            }

            await Task.Delay(1).ConfigureAwait(false);
        }
    }

    /// <summary>Sends the next answer to each signal: a session takes them in order.</summary>
    private async ValueTask AnswerAsync(AgentRuntime runtime, Model of, string id)
    {
        foreach (var act in of.Acts.Where(static a => a.Signal is { IsAnswered: true }))
        {
            for (var number = 1; number <= Math.Max(1, of.MaxIterations); number++)
            {
                try
                {
                    await runtime.SignalAsync(id, act.Name, JsonSerializer.SerializeToElement(Script.Number(Script.Answer(of, act, number))), new() { Sender = "fuzz", Key = $"{act.Name}-{number}" }).ConfigureAwait(false);
                }
                catch (Exception e) when (e is InvalidSessionTransitionException or SessionNotFoundException)
                {
                    return;
                }
            }
        }

        if (of.Children.Length > 0)
        {
            foreach (var child in await runtime.Store.ListAsync(new() { Parent = id }).ConfigureAwait(false))
            {
                await AnswerAsync(runtime, model.All.First(m => m.Name == child.Agent), child.Id).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Says of each effect in doubt that it is to be done again.</summary>
    private static async ValueTask SettleAsync(AgentRuntime runtime, Bridge bridge)
    {
        foreach (var node in bridge.Graph.Actions.Where(static a => a.Effect == Effect.AtMostOnce))
        {
            try
            {
                await bridge.SettleAsync(runtime, Id, node.Name, Settlement.Retry).ConfigureAwait(false);
                return;
            }
            catch (Exception e) when (e is ArgumentException or InvalidOperationException or SessionException)
            {
                // It is not in doubt.
            }
        }
    }
}
