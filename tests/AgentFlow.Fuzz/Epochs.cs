using System.Globalization;

namespace AgentFlow.Fuzz;

/// <summary>
/// A run is begun once, and again with every attempt of the action that runs it, and whenever somebody has it redriven: its epochs, from 1. Outside sessions each
/// is a run of its own; in a session what has completed and was not undone is kept.
/// </summary>
internal static class Epochs
{
    /// <summary>The last so far.</summary>
    public static int Now(IReadOnlyList<Note> notes, string path) => Math.Max(1, IsRoot(path) ? 1 + notes.Count(n => n.Kind == NoteKind.Redriven && n.Path == path) : Attempts(notes, path).Count);

    /// <summary>The attempts of the action that runs a child, one for each of the child's epochs.</summary>
    public static List<(int Epoch, int Attempt)> Attempts(IEnumerable<Note> notes, string path) =>
        [.. Starts(notes, path).Select(static n => (n.Epoch, n.Attempt)).Distinct()];

    /// <summary>What an attempt was given that ran a child: if several processes have made it, by the last.</summary>
    public static string[] ArgsOf(IEnumerable<Note> notes, string path, (int Epoch, int Attempt) attempt) =>
        Starts(notes, path).Last(n => (n.Epoch, n.Attempt) == attempt).Args is { Length: > 0 } args ? args.Split(';') : [];

    /// <summary>When an attempt began that ran a child.</summary>
    public static long BeginOf(IEnumerable<Note> notes, string path, (int Epoch, int Attempt) attempt) =>
        Starts(notes, path).Where(n => (n.Epoch, n.Attempt) == attempt).Max(static n => n.At);

    private static IEnumerable<Note> Starts(IEnumerable<Note> notes, string path)
    {
        // root/1/A4/0.2: the second call by the first element of A4 in iteration 1.
        var parts = path.Split('/');
        var parent = string.Join('/', parts[..^3]);
        var (iteration, action) = (Int(parts[^3]), Int(parts[^2][1..]));
        var item = Int(parts[^1].Split('.')[0]);
        return notes.Where(n =>
            n.Kind == NoteKind.Start && n.Path == parent && n.Iteration == iteration && n.Action == action && Math.Max(0, n.Item) == item);
    }

    /// <summary>
    /// What counts of a session in one of its epochs: of each action what was seen in the last of them, unless it was undone before, or undone and done again. What could
    /// not be undone stands, and says nothing of a session that went on: its caller has tried again, if in the same epoch, as another process had before.
    /// </summary>
    public static IEnumerable<Note> Kept(IReadOnlyList<Note> notes, int epoch)
    {
        var begun = notes.Where(n => n.Epoch <= epoch && n.Kind == NoteKind.Start && !IsRoot(n.Path)).ToList();
        var seen = notes.Where(n => n.Epoch <= epoch).ToList();
        foreach (var action in seen.Where(static n => IsOfBody(n) || IsUndo(n)).ToLookup(static n => (n.Iteration, n.Action)))
        {
            var restart = action.Where(static n => n.Kind == NoteKind.Start).Select(static n => n.At).DefaultIfEmpty(-1).Max();
            var undone = action.Where(n => n.Kind == NoteKind.Undo && (n.Epoch < epoch || n.At < restart)).Select(static n => n.At).DefaultIfEmpty(-1).Max();
            seen.RemoveAll(n => (IsOfBody(n) || IsUndo(n)) && (n.Iteration, n.Action) == action.Key
                && (n.At <= undone || (IsUndo(n) && n.Epoch < epoch) || (n.Kind == NoteKind.UndoFails && begun.Exists(s => s.At > n.At && (s.Epoch > n.Epoch || s.Life > n.Life)))));
        }

        // What came in iterations after one in which something was undone rested on it, and was struck: there may be fewer of them now.
        var undos = notes.Where(n => n.Kind == NoteKind.Undo && n.Epoch < epoch).ToList();
        seen.RemoveAll(n => (IsOfBody(n) || IsUndo(n)) && undos.Exists(u => n.Epoch <= u.Epoch && n.Iteration > u.Iteration));

        // An action that was cut short in an earlier epoch and did not begin again has no outcome, unless the next iteration began: it was over then.
        var bodies = seen.Where(IsOfBody).ToList();
        var last = seen.Where(IsOfBody)
            .GroupBy(static n => (n.Iteration, n.Action, n.Item))
            .Select(static g => (g.Key, Last: g.MaxBy(static n => n.Epoch)!.Epoch, End: g.MaxBy(static n => n.At)!))
            .ToDictionary(
                static g => g.Key,
                g => g.Last == epoch || g.End.Kind is not (NoteKind.Start or NoteKind.Cancelled) || bodies.Exists(n => n.Iteration > g.Key.Iteration && n.At > g.End.At)
                    ? g.Last
                    : -1);
        return seen.Where(n => !IsOfBody(n) || n.Epoch == last[(n.Iteration, n.Action, n.Item)]);
    }

    public static bool IsRoot(string path) => !path.Contains('/', StringComparison.Ordinal);

    private static bool IsOfBody(Note note) => note.Kind is NoteKind.Start or NoteKind.End or NoteKind.Fail or NoteKind.Cancelled or NoteKind.Fallback or NoteKind.FallbackFails;

    private static bool IsUndo(Note note) => note.Kind is NoteKind.Undo or NoteKind.UndoFails;

    private static int Int(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
