using System.Globalization;

namespace AgentFlow.Fuzz;

/// <summary>What a body was seen doing.</summary>
public enum NoteKind
{
    Start,
    End,
    Fail,
    Cancelled,
    Fallback,
    FallbackFails,
    Undo,
    UndoFails,

    /// <summary>A person may have said that it is to be done again.</summary>
    Settled,

    /// <summary>The driver has the session run again; its arguments are how long the journal was, its value how it had ended.</summary>
    Redriven,

    /// <summary>The session refused to run again: what happens at most once would have happened twice.</summary>
    RedriveRefused,

    /// <summary>The driver saw the run's end.</summary>
    RunEnded,
}

/// <summary>One line of the log.</summary>
/// <param name="Kind">What.</param>
/// <param name="Life">In which life of the driver.</param>
/// <param name="Path">Which run: the root's name, or the action of the parent that runs it.</param>
/// <param name="Iteration">From 1.</param>
/// <param name="Action">Its index.</param>
/// <param name="Item">The element, or -1.</param>
/// <param name="Attempt">From 1.</param>
/// <param name="Args">What it was given, separated by semicolons.</param>
/// <param name="Value">What it came to.</param>
public sealed record Note(NoteKind Kind, int Life, string Path, int Iteration, int Action, int Item, int Attempt, string Args, string Value)
{
    public long At { get; set; }

    /// <summary>How often its run was begun or redriven so far.</summary>
    public int Epoch { get; init; } = 1;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Kind}|{Life}|{Path}|{Iteration}|{Action}|{Item}|{Attempt}|{Args}|{Value.ReplaceLineEndings(" ").Replace('|', '/')}|{Epoch}");

    public static Note Parse(string line)
    {
        var parts = line.Split('|');
        int Int(int i) => int.Parse(parts[i], CultureInfo.InvariantCulture);
        return new(Enum.Parse<NoteKind>(parts[0]), Int(1), parts[2], Int(3), Int(4), Int(5), Int(6), parts[7], parts[8]) { Epoch = Int(9) };
    }
}
