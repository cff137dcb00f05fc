using System.Reflection;
using System.Text.Json;

namespace AgentFlow.Fuzz;

/// <summary>Does for one session what the world outside has to: answers its signals, settles its effects in doubt, and waits for its end.</summary>
public sealed class SessionDriver(Assembly assembly, Model model, string id, World world, AgentRuntime runtime, Bridge bridge)
{
    public Func<bool> IsDead { get; init; } = static () => false;

    public CancellationToken Dead { get; init; }

    /// <summary>What is recorded as completed, once the session has ended.</summary>
    public IReadOnlyDictionary<string, IReadOnlySet<string>>? Recorded { get; private set; }

    /// <summary>Decides in what order signals are answered.</summary>
    public Random Chance { get; init; } = new(0);

    public Action OnSettled { get; init; } = static () => { };

    /// <summary>Waits for the session's end.</summary>
    /// <param name="handle">The session.</param>
    /// <returns>How it ended.</returns>
    public async Task<Ending> DriveAsync(Handle handle)
    {
        while (true)
        {
            using var dead = CancellationTokenSource.CreateLinkedTokenSource(Dead);
            dead.CancelAfter(TimeSpan.FromMilliseconds(200));
            SessionState state;
            try
            {
                state = await handle.Session.WaitAsync(dead.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!IsDead() && !Dead.IsCancellationRequested)
            {
                await AnswerAsync(model, id).ConfigureAwait(false);
                await SettleChildrenAsync(id).ConfigureAwait(false);
                continue;
            }

            switch (state)
            {
                case SessionState.Suspended:
                    await AnswerAsync(model, id).ConfigureAwait(false);
                    await Task.Delay(2, Dead).ConfigureAwait(false);
                    continue;
                case SessionState.Uncertain:
                    await SettleAsync(bridge, id).ConfigureAwait(false);
                    continue;
                case SessionState.Completed or SessionState.Failed or SessionState.Cancelled:
                    var end = await Playing.EndAsync(handle.ResultAsync).ConfigureAwait(false);
                    end = end.Kind == EndKind.Other && state == SessionState.Cancelled ? end with { Kind = EndKind.Cancelled } : end;
                    if (end.Kind is EndKind.Failed or EndKind.Cancelled && await RedriveAsync(end).ConfigureAwait(false) is { } again)
                    {
                        handle = again;
                        continue;
                    }

                    Recorded = await ReadAsync(assembly, model, runtime, id).ConfigureAwait(false);
                    return end;
            }

            await Task.Delay(1, Dead).ConfigureAwait(false);
        }
    }

    /// <summary>Has the session run again, as often as its model says.</summary>
    private async ValueTask<Handle?> RedriveAsync(Ending end)
    {
        if (await runtime.Store.FindAsync(id).ConfigureAwait(false) is not { State: SessionState.Failed or SessionState.Cancelled } seen)
        {
            // Another process has redriven it meanwhile.
            return await bridge.StartOrResumeAsync(runtime, new() { Id = id }).ConfigureAwait(false);
        }

        var before = world.RedrivesOf(id);
        var length = seen.Sequence.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (before.Count > 0 && before[^1].Args == length)
        {
            // Said by a process that died before it was done.
            return await RedriveAsync(before[^1]).ConfigureAwait(false);
        }

        if (before.Count >= model.Redrives)
        {
            return null;
        }

        var note = new Note(NoteKind.Redriven, world.Life, id, 1, 0, -1, 1, length, end.ToString()) { Epoch = before.Count + 2 };
        world.Write(note);
        return await RedriveAsync(note).ConfigureAwait(false);
    }

    private async ValueTask<Handle?> RedriveAsync(Note note)
    {
        try
        {
            return await bridge.RedriveAsync(runtime, id).ConfigureAwait(false);
        }
        catch (InvalidSessionTransitionException e) when (e.Message.Contains("which happens at most once, has happened", StringComparison.Ordinal)
            || e.Message.Contains("which happens at most once, was begun", StringComparison.Ordinal))
        {
            world.Write(note with { Kind = NoteKind.RedriveRefused, Value = "" });
            return null;
        }
    }

    /// <summary>Reads what is recorded as completed of a session and its children.</summary>
    public static async Task<IReadOnlyDictionary<string, IReadOnlySet<string>>> ReadAsync(Assembly assembly, Model root, AgentRuntime runtime, string id)
    {
        var read = new Dictionary<string, IReadOnlySet<string>>();
        await ReadAsync(assembly, root, runtime, root, id, read).ConfigureAwait(false);
        return read;
    }

    private static async ValueTask ReadAsync(Assembly assembly, Model root, AgentRuntime runtime, Model of, string id, Dictionary<string, IReadOnlySet<string>> read)
    {
        var path = Player.PathOf(id);
        var bridge = Compiler.Make(assembly, of, new MemoryWorld(root.All.ToDictionary(static m => m.Name)), path).Bridge;
        read[path] = (await bridge.OutcomesAsync(runtime, id).ConfigureAwait(false)).Where(static o => o.Status == ActionStatus.Completed && o.Item is null).Select(static o => $"{o.Iteration}/{o.Action}").ToHashSet();
        foreach (var child in of.Children.Length == 0 ? [] : await runtime.Store.ListAsync(new() { Parent = id }).ConfigureAwait(false))
        {
            await ReadAsync(assembly, root, runtime, root.All.First(m => m.Name == child.Agent), child.Id, read).ConfigureAwait(false);
        }
    }

    /// <summary>Sends the answers to each signal: a session takes them in order, and those that were sent before are dropped.</summary>
    private async ValueTask AnswerAsync(Model of, string session)
    {
        var acts = of.Acts.Where(static a => a.Signal is { IsAnswered: true }).ToArray();
        Chance.Shuffle(acts);
        foreach (var act in acts)
        {
            for (var number = 1; number <= Math.Max(1, of.MaxIterations); number++)
            {
                try
                {
                    var answer = JsonSerializer.SerializeToElement(Script.Number(Script.Answer(of, act, number)));
                    await runtime.SignalAsync(session, act.Name, answer, new() { Sender = "fuzz", Key = $"{act.Name}-{number}" }).ConfigureAwait(false);
                }
                catch (Exception e) when (e is InvalidSessionTransitionException or SessionNotFoundException)
                {
                    return;
                }
            }
        }

        if (of.Children.Length > 0)
        {
            foreach (var child in await runtime.Store.ListAsync(new() { Parent = session }).ConfigureAwait(false))
            {
                await AnswerAsync(model.All.First(m => m.Name == child.Agent), child.Id).ConfigureAwait(false);
            }
        }
    }

    /// <summary>A session whose child is in doubt waits for the child.</summary>
    private async ValueTask SettleChildrenAsync(string session)
    {
        foreach (var child in await runtime.Store.ListAsync(new() { Parent = session }).ConfigureAwait(false))
        {
            if (child.State == SessionState.Uncertain)
            {
                var of = model.All.First(m => m.Name == child.Agent);
                await SettleAsync(Compiler.Make(assembly, of, world, Player.PathOf(child.Id)).Bridge, child.Id).ConfigureAwait(false);
            }

            await SettleChildrenAsync(child.Id).ConfigureAwait(false);
        }
    }

    /// <summary>Says of an effect in doubt that it is to be done again.</summary>
    private async ValueTask SettleAsync(Bridge of, string session)
    {
        foreach (var inDoubt in await of.InDoubtAsync(runtime, session).ConfigureAwait(false))
        {
            try
            {
                // Said before it is done: a process may die between the two.
                var action = of.Graph.Actions.First(a => a.Name == inDoubt.Action).Index;
                world.Write(new(NoteKind.Settled, world.Life, Player.PathOf(session), inDoubt.Iteration, action, inDoubt.Item ?? -1, 1, "", "") { Epoch = world.EpochOf(Player.PathOf(session)) });
                await of.SettleAsync(runtime, session, inDoubt, Settlement.Retry).ConfigureAwait(false);
                OnSettled();
                return;
            }
            catch (Exception e) when (e is ArgumentException or InvalidOperationException or SessionException)
            {
                // It is not in doubt any longer.
            }
        }
    }
}
