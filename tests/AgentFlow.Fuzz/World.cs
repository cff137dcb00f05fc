using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace AgentFlow.Fuzz;

/// <summary>A failure that no retry tries again unless it is named.</summary>
public sealed class ScriptedException(string message) : Exception(message);

/// <summary>What surrounds the bodies of one trial: what they are to do, and where they are seen.</summary>
public abstract class World(IReadOnlyDictionary<string, Model> models)
{
    public IReadOnlyDictionary<string, Model> Models => models;

    public int Life { get; set; } = 1;

    /// <summary>Called by the action that has the run cancelled.</summary>
    public Action? OnCancel { get; set; }

    /// <summary>Writes a row in the transaction of an action.</summary>
    public Func<ActionContext, string, ValueTask>? OnBook { get; set; }

    public Player For(string model, string path) => new(this, models[model], path);

    public abstract void Write(Note note);

    /// <summary>How often a run was begun or redriven so far, by what was written.</summary>
    public int EpochOf(string path) => Models.Values.Any(static m => m.HasEpochs) ? Epochs.Now(Written(path), path) : 1;

    /// <summary>When somebody had the session of a root run again.</summary>
    public List<Note> RedrivesOf(string root) => Models.Values.Any(static m => m.HasEpochs) ? [.. Written(root).Where(n => n.Kind == NoteKind.Redriven && n.Path == root)] : [];

    /// <summary>What was written of the root that a path is part of.</summary>
    protected abstract IReadOnlyList<Note> Written(string path);
}

/// <summary>Keeps what was seen in memory.</summary>
public sealed class MemoryWorld : World
{
    private readonly List<Note> _notes;
    private bool _isSilent;

    public MemoryWorld(IReadOnlyDictionary<string, Model> models)
        : this(models, [])
    {
    }

    private MemoryWorld(IReadOnlyDictionary<string, Model> models, List<Note> notes)
        : base(models)
    {
        _notes = notes;
    }

    /// <summary>The same for the next life of the process.</summary>
    public MemoryWorld NextLife(int life) => new(Models, _notes) { Life = life };

    /// <summary>The process has died: what it does from now on, it does not do.</summary>
    public void Silence()
    {
        lock (_notes)
        {
            _isSilent = true;
        }
    }

    public override void Write(Note note)
    {
        lock (_notes)
        {
            if (!_isSilent)
            {
                note.At = _notes.Count;
                _notes.Add(note);
            }
        }
    }

    protected override IReadOnlyList<Note> Written(string path) => Take();

    public List<Note> Take()
    {
        lock (_notes)
        {
            return [.. _notes];
        }
    }
}

/// <summary>Keeps what was seen in a file of the process's own, a write a line: it is there when the process has been killed.</summary>
public sealed class FileWorld : World, IDisposable
{
    private readonly FileStream _file;
    private readonly string _folder;
    private readonly Lock _gate = new();

    public FileWorld(IReadOnlyDictionary<string, Model> models, string path, int life)
        : base(models)
    {
        Life = life;
        _folder = Path.GetDirectoryName(path)!;
        _file = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
    }

    public override void Write(Note note)
    {
        lock (_gate)
        {
            // The steady clock is one for all processes of the machine.
            _file.Write(System.Text.Encoding.UTF8.GetBytes(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{System.Diagnostics.Stopwatch.GetTimestamp()}|{note}\n")));
        }
    }

    protected override IReadOnlyList<Note> Written(string path)
    {
        var root = path.Split('/')[0];
        return Models[root].HasEpochs ? Read(_folder).FindAll(n => n.Path == root || n.Path.StartsWith(root + "/", StringComparison.Ordinal)) : [];
    }

    /// <summary>What all processes have left, in the order of time. What was cut off in the middle of a line did not happen.</summary>
    public static List<Note> Read(string folder) => [.. Directory.EnumerateFiles(folder, "log-*.txt")
        .SelectMany(static file => File.ReadAllText(file).Split('\n').SkipLast(1))
        .Select(static line => line.Split('|', 2) is var parts ? (At: long.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture), Note: Note.Parse(parts[1])) : default)
        .OrderBy(static n => n.At)
        .Select(static (n, i) =>
        {
            n.Note.At = i;
            return n.Note;
        })];

    public void Dispose() => _file.Dispose();
}

/// <summary>Plays the bodies of one agent instance.</summary>
public sealed class Player(World world, Model model, string path)
{
    public string Path => path;

    public string PathOf(ActionContext? context) => context?.SessionId is { } id ? PathOf(id) : path;

    /// <summary>Ids of child sessions say which call of which action they are: <c>root~1.-.0.2.A4</c> is <c>root/1/A4/0.2</c>.</summary>
    public static string PathOf(string session)
    {
        var parts = session.Split('~');
        return parts.Skip(1).Select(static part => part.Split('.')).Aggregate(parts[0], static (at, call) => $"{at}/{call[0]}/{call[4]}/{(call[1] == "-" ? "0" : call[1])}.{call[3]}");
    }

    /// <summary>The path of the child that an action runs: in a session, the child's id.</summary>
    public string ChildPath(ActionContext context, int call) => $"{PathOf(context)}/{context.Iteration}/{context.Action}/{context.Item ?? 0}.{call}";

    public string Run(int action, ActionContext? context, params string[] args)
    {
        var act = model.Acts[action];
        var visit = Begin(act, context, args);
        return End(act, context, visit, args, args);
    }

    public async ValueTask<string> RunAsync(int action, ActionContext? context, CancellationToken ct, params string[] args)
    {
        var act = model.Acts[action];
        var visit = Begin(act, context, args);
        await PaceAsync(act, context, visit, args, ct).ConfigureAwait(false);
        if (act.Effect == "Transactional" && context?.SessionId is not null && world.OnBook is { } book)
        {
            await book(context.Value, $"{PathOf(context)}/{context.Value.Iteration}/{action}/{visit.Attempt}/{visit.Epoch}").ConfigureAwait(false);
        }

        return End(act, context, visit, args, args);
    }

    /// <summary>A body that is over when it gives its task back.</summary>
    public Task<string> DoneAsync(int action, ActionContext? context, params string[] args)
    {
        try
        {
            return Task.FromResult(Run(action, context, args));
        }
        catch (Exception e)
        {
            return Task.FromException<string>(e);
        }
    }

    public async ValueTask<string> ChildAsync(int action, ActionContext context, CancellationToken ct, string[] args, Func<string, long, ValueTask<string>> run)
    {
        var act = model.Acts[action];
        var visit = Begin(act, context, args);
        var results = new List<string>();
        try
        {
            while (results.Count < act.Calls)
            {
                var call = results.Count + 1;
                results.Add(await run(ChildPath(context, call), Script.ChildInput(model, act, call, args)).ConfigureAwait(false));
            }
        }
        catch (Exception e)
        {
            var isCancelled = e is OperationCanceledException && ct.IsCancellationRequested;
            Note(isCancelled ? NoteKind.Cancelled : NoteKind.Fail, act, context, visit, args, $"{results.Count + 1} {(isCancelled ? "" : Ending.Of(e))}");
            throw;
        }

        return End(act, context, visit, args, [.. args, .. results]);
    }

    public async IAsyncEnumerable<long> StreamAsync(int action, ActionContext? context, [EnumeratorCancellation] CancellationToken ct, params string[] args)
    {
        foreach (var value in Script.Many(await RunAsync(action, context, ct, args).ConfigureAwait(false)))
        {
            await Task.Yield();
            yield return value;
        }
    }

    public string Fallback(int action, ActionContext? context)
    {
        var act = model.Acts[action];
        if (act.FallbackFails)
        {
            Note(NoteKind.FallbackFails, act, context, new(1, world.EpochOf(PathOf(context))), [], "");
            throw new ScriptedException($"the fallback of {act.Name} fails");
        }

        var value = Script.Fallback(model, act, context?.Iteration ?? 1, context?.Item ?? -1);
        Note(NoteKind.Fallback, act, context, new(1, world.EpochOf(PathOf(context))), [], value);
        return value;
    }

    public async Task UndoAsync(int action, ActionContext context, string value)
    {
        var act = model.Acts[action];
        await Task.Yield();
        Note(act.CompensationFails ? NoteKind.UndoFails : NoteKind.Undo, act, context, new(1, world.EpochOf(PathOf(context))), [], value);
        if (act.CompensationFails)
        {
            throw new ScriptedException($"undoing {act.Name} fails");
        }
    }

    private Visit Begin(Act act, ActionContext? context, string[] args)
    {
        var visit = new Visit(context?.Attempt ?? 1, world.EpochOf(PathOf(context)));
        Note(NoteKind.Start, act, context, visit, args, "");
        if (act.CancelsCaller && visit.Epoch == 1)
        {
            world.OnCancel?.Invoke();
        }

        return visit;
    }

    private string End(Act act, ActionContext? context, Visit visit, string[] args, string[] all)
    {
        if (Script.Fails(model, act, visit.Attempt, visit.Epoch, context?.Item ?? -1, all))
        {
            Note(NoteKind.Fail, act, context, visit, args, "");
            throw act.Failure.IsTransient ? new IOException($"{act.Name} fails") : new ScriptedException($"{act.Name} fails");
        }

        var value = Script.Value(model, act, context?.Iteration ?? 1, visit.Attempt, context?.Item ?? -1, all);
        Note(NoteKind.End, act, context, visit, args, value);
        return value;
    }

    private async ValueTask PaceAsync(Act act, ActionContext? context, Visit visit, string[] args, CancellationToken ct)
    {
        try
        {
            switch (act.Pace)
            {
                case Pace.Yield:
                    for (var i = 0; i <= act.Index % 3; i++)
                    {
                        await Task.Yield();
                    }

                    break;
                case Pace.Wait:
                    await Task.Delay(1 + (act.Index % 3), ct).ConfigureAwait(false);
                    break;
                case Pace.Hang when visit.Attempt <= act.Hangs:
                    await Task.Delay(Timeout.Infinite, ct).ConfigureAwait(false);
                    break;
                case Pace.Hang:
                    await Task.Yield();
                    break;
            }
        }
        catch (OperationCanceledException e)
        {
            Note(NoteKind.Cancelled, act, context, visit, args, "");
            ExceptionDispatchInfo.Throw(e);
        }
    }

    private void Note(NoteKind kind, Act act, ActionContext? context, Visit visit, string[] args, string value) =>
        world.Write(new(kind, world.Life, PathOf(context), context?.Iteration ?? 1, act.Index, context?.Item ?? -1, visit.Attempt, string.Join(';', args), value) { Epoch = visit.Epoch });

    /// <summary>One call of a body.</summary>
    private readonly record struct Visit(int Attempt, int Epoch);
}
