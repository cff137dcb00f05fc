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
        Trial = trial;
        _notes = trial.Notes.ToLookup(static n => n.Path);
    }

    internal Trial Trial { get; }

    public static List<string> Check(Trial trial)
    {
        var oracle = new Oracle(trial);
        var run = new RunReading(oracle, trial.Model, trial.Root, trial.Model.Input, trial.End);
        run.Read();
        foreach (var path in trial.Notes.Select(static n => n.Path).Distinct().Where(p => !oracle.Read.Contains(p)))
        {
            oracle.Complain(path, "ran, and nothing should have run it");
        }

        return oracle._complaints;
    }

    internal HashSet<string> Read { get; } = [];

    internal IEnumerable<Note> NotesOf(string path)
    {
        Read.Add(path);
        return _notes[path];
    }

    internal void Complain(string path, string what) => _complaints.Add($"{path}: {what}");
}
