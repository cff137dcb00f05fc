namespace AgentFlow.Fuzz;

/// <summary>
/// Interprets a model by the rules of the language, with what was seen as the answer wherever the rules leave a choice (who wins a race, which
/// failure comes first, how far a run has come that is cut short), and says what was seen that the rules do not allow. It knows nothing of the engine.
/// </summary>
public sealed class Oracle
{
    private readonly List<string> _complaints = [];
    private readonly ILookup<string, Note> _notes;

    private Oracle(Trial trial)
    {
        // What was refused changed nothing.
        var refused = trial.Notes.Where(static n => n.Kind == NoteKind.RedriveRefused).Select(static n => n.Epoch).ToHashSet();
        Trial = refused.Count == 0 ? trial : trial with
        {
            Notes =
            [
                .. trial.Notes.Where(n =>
                    n.Kind != NoteKind.RedriveRefused && (n.Kind != NoteKind.Redriven || !refused.Contains(n.Epoch))),
            ],
        };
        _notes = Trial.Notes.ToLookup(static n => n.Path);
    }

    internal Trial Trial { get; }

    public static List<string> Check(Trial trial)
    {
        var oracle = new Oracle(trial);
        var epochs = Epochs.Now(oracle.Trial.Notes, trial.Root);
        for (var epoch = 1; epoch <= epochs; epoch++)
        {
            var next = oracle.Trial.Notes.FirstOrDefault(n => n.Kind == NoteKind.Redriven && n.Epoch == epoch + 1);
            new RunReading(oracle, trial.Model, trial.Root, trial.Model.Input, next is null ? trial.End : RunReading.Parse(next.Value), epoch, isLast: next is null).Read();
        }

        foreach (var path in oracle.Trial.Notes.Select(static n => n.Path).Distinct().Where(p => !oracle.Read.Contains(p)))
        {
            oracle.Complain(path, "ran, and nothing should have run it");
        }

        return oracle._complaints;
    }

    internal HashSet<string> Read { get; } = [];

    /// <summary>Where the actions of each run stood, by epoch and iteration.</summary>
    private readonly Dictionary<(string Path, int Epoch, int Iteration), Standing[]> _standings = [];

    internal void Keep(string path, int epoch, int iteration, Standing[] standings) => _standings[(path, epoch, iteration)] = standings;

    internal Standing? Kept(string path, int epoch, int iteration, int action) =>
        _standings.TryGetValue((path, epoch, iteration), out var standings) ? standings[action] : null;

    /// <summary>What counts of a run in one of its epochs.</summary>
    /// <param name="path">The run.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="own">The epochs of its session; null if all are.</param>
    internal IEnumerable<Note> NotesOf(string path, int epoch, IReadOnlySet<int>? own)
    {
        Read.Add(path);
        return Trial.IsSession
            ? Epochs.Kept([.. _notes[path].Where(n => own?.Contains(n.Epoch) != false)], epoch)
            : _notes[path].Where(n => n.Epoch == epoch);
    }

    /// <summary>Everything that was seen of a run.</summary>
    internal IEnumerable<Note> AllNotesOf(string path) => _notes[path];

    internal void Complain(string path, string what) => _complaints.Add($"{path}: {what}");
}
