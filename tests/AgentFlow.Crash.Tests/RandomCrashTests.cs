using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text;
using AgentFlow.Crash.Fuzz;
using AgentFlow.Fuzz;
using Xunit;

namespace AgentFlow.Crash.Tests;

/// <summary>
/// Sessions of random agents in real processes that are killed, stopped, continued and terminated at random moments, on stores that are slow and clocks that jump; others go on. An
/// interpreter that knows nothing of the engine says what may have been seen. <c>AGENTFLOW_CRASH_KILLS</c> says how many kills there are for each store,
/// <c>AGENTFLOW_CRASH_SEED</c> which agents are the first, <c>AGENTFLOW_CRASH_STORE</c> which store is tried alone.
/// </summary>
public sealed class RandomCrashTests
{
    private const int Agents = 60;
    private const int KillsARound = 6;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, Trait("Takes", "as long as there are kills")]
    [InlineData("file")]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Whatever_happens_to_its_processes_a_session_comes_to_what_it_must(string store)
    {
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable("AGENTFLOW_CRASH_STORE") is not { Length: > 0 } only || only == store,
            "AGENTFLOW_CRASH_STORE asks for another store");
        var kills = 0;
        var sessions = 0;
        var starts = 0;
        var wrong = new List<string>();
        var wanted = Number("AGENTFLOW_CRASH_KILLS", 6);
        for (var seed = Number("AGENTFLOW_CRASH_SEED", 1); kills < wanted && wrong.Count == 0; seed += Agents)
        {
            await using var place = Place.Make(store);
            var round = new Round(store, place.Folder, seed);
            try
            {
                await round.PlayAsync().WaitAsync(Patience, Ct);
            }
            catch (TimeoutException)
            {
                Assert.Fail(await round.TellWhatHangsAsync());
            }

            wrong.AddRange(await round.CheckAsync());
            kills += round.Kills;
            sessions += round.Sessions;
            starts += round.Starts;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{store}: {kills} kills, {sessions} sessions, {starts} starts, {wrong.Count} wrong"));
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Take(5)));
    }

    private static int Number(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? int.Parse(value, CultureInfo.InvariantCulture) : otherwise;

    /// <summary>Some agents, and the processes that work on their sessions one after the other.</summary>
    private sealed class Round(string store, string folder, int seed)
    {
        private readonly Random _random = new(seed);
        private readonly List<Process> _alive = [];
        private List<Model> _models = [];
        private int _lives;

        /// <summary>What the last process has complained of.</summary>
        private StringBuilder _errors = new();

        private string Errors
        {
            get
            {
                lock (_errors)
                {
                    return _errors.ToString();
                }
            }
        }

        /// <summary>Whether a session may be taken up twice by one process.</summary>
        private bool _isTroubled;

        public int Kills { get; private set; }

        public int Sessions => _models.Count;

        public int Starts { get; private set; }

        public async Task PlayAsync()
        {
            await PrepareAsync();
            var mode = (seed / Agents % 4) switch { 1 => "late", 2 => "jump", _ => "plain" };
            _isTroubled = mode == "late";
            try
            {
                while (Kills < KillsARound)
                {
                    var process = await BeginAsync(mode);
                    await Task.Delay(_random.Next(10, 300), Ct);
                    if (process.HasExited)
                    {
                        break;
                    }

                    await HarmAsync(process);
                }

                await EndAsync();
            }
            finally
            {
                foreach (var process in _alive)
                {
                    process.Kill();
                    await process.WaitForExitAsync(CancellationToken.None);
                    process.Dispose();
                }
            }
        }

        /// <summary>Asks the interpreter, session by session, and counts the rows.</summary>
        public async Task<List<string>> CheckAsync()
        {
            var wrong = new List<string>();
            var notes = FileWorld.Read(folder);
            Starts = notes.Count(static n => n.Kind == NoteKind.Start);
            var assembly = Assembly.Load(await File.ReadAllBytesAsync(Path.Combine(folder, "agents.dll"), Ct));
            await using var opened = Stores.Open(store, folder);
            await using var runtime = new AgentRuntime(opened);
            var claims = (await opened.ListAsync(new() { Limit = int.MaxValue }, Ct)).DistinctBy(static s => Player.PathOf(s.Id)).ToDictionary(static s => Player.PathOf(s.Id), static s => s.Epoch);
            var rows = store == "file" ? [] : await Rows.ReadAsync(opened);
            foreach (var model in _models)
            {
                var own = notes.FindAll(n => n.Path == model.Name || n.Path.StartsWith(model.Name + "/", StringComparison.Ordinal));
                var bridge = Compiler.Make(assembly, model, new MemoryWorld(model.All.ToDictionary(static m => m.Name)), model.Name).Bridge;
                var handle = await bridge.StartOrResumeAsync(runtime, new() { Id = model.Name });
                Ending end;
                try
                {
                    end = Ending.Completed(await handle.ResultAsync());
                }
                catch (Exception e)
                {
                    end = Ending.Of(e);
                }

                var complaints = Oracle.Check(new() { Model = model, Root = model.Name, Notes = own, End = end, IsSession = true, Lives = _lives, HasOneRunALife = !_isTroubled, Claims = claims, Recorded = await SessionDriver.ReadAsync(assembly, model, runtime, model.Name) });
                complaints.AddRange(await CheckRecordAsync(runtime, bridge, model, own, rows));
                if (complaints.Count > 0)
                {
                    wrong.Add(Tell(model, end, complaints, own));
                }
            }

            return wrong;
        }

        /// <summary>Which sessions have not ended when time is up, and what was seen of them.</summary>
        public async Task<string> TellWhatHangsAsync()
        {
            var text = new StringBuilder();
            text.AppendLine(CultureInfo.InvariantCulture, $"{store}, round {seed}: process {_lives} was at work when time was up");
            text.AppendLine(CultureInfo.InvariantCulture, $"It said: {Errors}");
            foreach (var process in _alive.ToList())
            {
                process.Kill();
                await process.WaitForExitAsync(CancellationToken.None);
            }

            await using var opened = Stores.Open(store, folder);
            var notes = FileWorld.Read(folder);
            var sessions = await opened.ListAsync(new() { Limit = int.MaxValue }, Ct);
            foreach (var session in sessions.Where(static s => s.State is not (SessionState.Completed or SessionState.Failed or SessionState.Cancelled)).Take(5))
            {
                text.AppendLine(session.ToString());
                foreach (var child in sessions.Where(s => s.Id.StartsWith(session.Id + "~", StringComparison.Ordinal)))
                {
                    text.AppendLine(CultureInfo.InvariantCulture, $"  {child}");
                }

                await foreach (var record in opened.ReadAsync(session.Id, 0, Ct))
                {
                    text.AppendLine(CultureInfo.InvariantCulture, $"    {record.Sequence} {record.Kind} {record.Iteration}/{record.Action}/{record.Item} {record.Key} {record.Epoch} {record.Timestamp:O}");
                }

                var root = Player.PathOf(session.Id).Split('/')[0];
                text.AppendLine(Printer.Print(_models.First(m => m.Name == root)));
                notes.Where(n => n.Path == root || n.Path.StartsWith(root + "/", StringComparison.Ordinal)).ToList().ForEach(n => text.AppendLine(CultureInfo.InvariantCulture, $"  {n}"));
            }

            return text.ToString();
        }

        private async Task PrepareAsync()
        {
            var parts = Parts.Redrives | Parts.RetriedChildren | Parts.UndoneAnswers | Parts.Signals | Parts.Children | Parts.AtMostOnce | Parts.Hanging | Parts.Delays | Parts.Contexts | (store == "file" ? Parts.None : Parts.Transactions);
            parts = Environment.GetEnvironmentVariable("AGENTFLOW_CRASH_PARTS") is { Length: > 0 } named ? Enum.Parse<Parts>(named) | Parts.Contexts : parts;
            var (image, models) = Compiler.Compile([.. Enumerable.Range(seed, Agents).Select(s => Maker.Make(s, parts))]);
            _models = models;
            await File.WriteAllBytesAsync(Path.Combine(folder, "agents.dll"), image, Ct);
            await File.WriteAllLinesAsync(Path.Combine(folder, "plan.txt"), _models.Select(static m => m.Name[1..]).Prepend(parts.ToString()), Ct);
            if (store != "file")
            {
                await using var opened = Stores.Open(store, folder);
                await Rows.MakeAsync(opened);
            }
        }

        private async Task<Process> BeginAsync(string mode)
        {
            var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(FuzzWorker).Assembly.Location, "fuzz", store, folder, (++_lives).ToString(CultureInfo.InvariantCulture), mode])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            _alive.Add(process);

            // Read as it comes: a process that nobody reads waits when the pipe is full.
            _errors = new StringBuilder();
            var errors = _errors;
            process.ErrorDataReceived += (_, line) =>
            {
                lock (errors)
                {
                    errors.AppendLine(line.Data);
                }
            };
            process.BeginErrorReadLine();
            var said = await process.StandardOutput.ReadLineAsync(Ct);
            Assert.True(said == FuzzWorker.Ready, said ?? Errors);
            return process;
        }

        private async Task HarmAsync(Process process)
        {
            switch (_random.Next(8))
            {
                case 0:
                    await SendAsync(process, "TERM");
                    await process.WaitForExitAsync(Ct);
                    _alive.Remove(process);
                    return;

                case 1:
                    // Past its leases; on a server another goes on meanwhile.
                    _isTroubled = true;
                    await SendAsync(process, "STOP");
                    await Task.Delay(FuzzWorker.Lease * 1.2, Ct);
                    if (store == "postgres")
                    {
                        await BeginAsync("plain");
                        await Task.Delay(_random.Next(100, 600), Ct);
                    }

                    await SendAsync(process, "CONT");
                    await Task.Delay(_random.Next(50, 400), Ct);
                    break;
            }

            foreach (var alive in _alive.ToList())
            {
                if (!alive.HasExited)
                {
                    Kills++;
                }

                alive.Kill();
                await alive.WaitForExitAsync(Ct);
                _alive.Remove(alive);
            }
        }

        /// <summary>A process that nobody disturbs brings every session to its end.</summary>
        private async Task EndAsync()
        {
            foreach (var alive in _alive.ToList())
            {
                await alive.WaitForExitAsync(Ct);
                _alive.Remove(alive);
            }

            var process = await BeginAsync("plain");
            var said = await process.StandardOutput.ReadLineAsync(Ct);
            Assert.True(said == FuzzWorker.Done, said ?? Errors);
            await process.WaitForExitAsync(Ct);
            _alive.Remove(process);
        }

        /// <summary>What is recorded is what was made; rows stand with their outcomes, and only with them.</summary>
        private static async Task<List<string>> CheckRecordAsync(AgentRuntime runtime, Bridge bridge, Model model, List<Note> notes, string[] rows)
        {
            var wrong = new List<string>();
            var outcomes = await bridge.OutcomesAsync(runtime, model.Name);
            foreach (var outcome in outcomes.Where(static o => o.Status == ActionStatus.Completed && o.Item is null))
            {
                var act = model.Acts[int.Parse(outcome.Action.AsSpan(1), CultureInfo.InvariantCulture)];
                var value = Bridge.Text(outcome.Value);
                if (act is { Signal: null, ForEach: null, IsCached: false, Output: Output.Number or Output.Maybe }
                    && !notes.Exists(n => n.Path == model.Name && n.Iteration == outcome.Iteration && n.Action == act.Index && n.Kind is NoteKind.End or NoteKind.Fallback && n.Value == value))
                {
                    wrong.Add($"{outcome} is recorded, and nothing made it");
                }

                if (act.Effect == "Transactional")
                {
                    // What was undone and done again was booked each time.
                    var last = notes.Where(n => IsOf(n, outcome.Iteration, act.Index) && n.Kind == NoteKind.Start).Select(static n => n.Epoch).DefaultIfEmpty(0).Max();
                    var booked = rows.Count(r => r.StartsWith($"{model.Name}/{outcome.Iteration}/{act.Index}/", StringComparison.Ordinal)
                        && !IsUndone(notes, r.Split('/'), before: last));
                    var expected = notes.Exists(n => n.Path == model.Name && n.Iteration == outcome.Iteration && n.Action == act.Index && n.Kind == NoteKind.End && (n.Value == value || act.Output == Output.Nothing)) ? 1 : 0;
                    if (booked != expected && !act.HasFallback && act.Attempts == 1)
                    {
                        wrong.Add($"{outcome.Iteration}/{act.Name} is recorded, and {booked} rows are booked");
                    }
                }
            }

            foreach (var row in rows.Where(r => r.StartsWith(model.Name + "/", StringComparison.Ordinal)))
            {
                var parts = row.Split('/');
                if (!IsUndone(notes, parts, before: int.MaxValue) && !outcomes.Any(o => o.Status == ActionStatus.Completed && o.Action == "A" + parts[2] && o.Iteration.ToString(CultureInfo.InvariantCulture) == parts[1]))
                {
                    wrong.Add($"{row} is booked, and no outcome with it");
                }
            }

            return wrong;
        }

        private static bool IsOf(Note note, int iteration, int action) =>
            !note.Path.Contains('/', StringComparison.Ordinal) && note.Iteration == iteration && note.Action == action;

        /// <summary>
        /// Whether what a row stands for was undone since, before an epoch, or struck because something of an earlier iteration was undone: <c>G7/iteration/action/attempt/epoch</c>.
        /// </summary>
        private static bool IsUndone(List<Note> notes, string[] row, int before)
        {
            int[] at = [.. row[1..].Select(static part => int.Parse(part, CultureInfo.InvariantCulture))];
            return notes.Exists(n => n.Kind == NoteKind.Undo && n.Epoch >= at[3] && n.Epoch < before
                && (IsOf(n, at[0], at[1]) || (!n.Path.Contains('/', StringComparison.Ordinal) && n.Iteration < at[0])));
        }

        private string Tell(Model model, Ending end, List<string> complaints, List<Note> notes)
        {
            var text = new StringBuilder();
            text.AppendLine(CultureInfo.InvariantCulture, $"### {model.Name} ({store}, round {seed}, {_lives} lives): {end}");
            foreach (var line in complaints.Take(8).Select(static c => "  " + c).Append(Printer.Print(model)).Concat(notes.Take(1_000).Select(static n => "  " + n)))
            {
                text.AppendLine(line);
            }

            return text.ToString();
        }

        private static async Task SendAsync(Process process, string signal)
        {
            using var shell = Process.Start("/bin/sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -{signal} {process.Id}")]);
            await shell.WaitForExitAsync(Ct);
        }
    }
}
