using System.Globalization;

namespace AgentFlow;

/// <summary>What may be recorded once: keys of records, and the places that payloads are sealed for.</summary>
internal static class JournalKeys
{
    public static string Outcome(in ActionPlace place, int generation) => Key("o", place, generation);

    public static string Intent(in ActionPlace place, int generation) => Key("i", place, generation);

    public static string Timer(in ActionPlace place, int generation) => Key("t", place, generation);

    public static string TimerFired(in ActionPlace place, int generation) => Key("f", place, generation);

    public static string Undone(in ActionPlace place, int generation) => Key("u", place, generation);

    /// <summary>Of a place that is struck by its name: what belongs to it, its children, is done anew though it has failed, or has no outcome.</summary>
    public static string Renewed(in ActionPlace place, int generation) => Key("r", place, generation);

    /// <summary>Of a place that is struck because of another: its children stand though it has completed.</summary>
    public static string Kept(in ActionPlace place, int generation) => Key("k", place, generation);

    /// <summary>
    /// Of a place whose intent is withdrawn: the action never began, because the session was stopped, or it had lost a race, in the meantime.
    /// </summary>
    public static string Withdrawn(in ActionPlace place, int generation) => Key("w", place, generation);

    public static bool IsWithdrawn(string? key) => key?.StartsWith("w/", StringComparison.Ordinal) == true;

    public static bool IsRenewed(string? key) => key?.StartsWith("r/", StringComparison.Ordinal) == true;

    public static bool IsKept(string? key) => key?.StartsWith("k/", StringComparison.Ordinal) == true;

    /// <summary>The iteration that a key names, or -1. Keys that name different ones are different.</summary>
    public static int IterationOf(string key)
    {
        var start = key.IndexOf('/', StringComparison.Ordinal) + 1;
        var length = start > 0 ? key.AsSpan(start).IndexOf('/') : -1;
        return length > 0 && int.TryParse(key.AsSpan(start, length), NumberStyles.None, CultureInfo.InvariantCulture, out var iteration) ? iteration : -1;
    }

    /// <summary>Where a record's payload belongs: it opens nowhere else.</summary>
    public static string Place(JournalRecord record) =>
        string.Create(CultureInfo.InvariantCulture, $"{(int)record.Kind}/{record.Iteration}/{record.Action}/{record.Item}");

    public static string SignalPlace(string name) => "signal/" + name;

    public const string SnapshotPlace = "snapshot";

    private static string Key(string kind, in ActionPlace place, int generation) =>
        string.Create(CultureInfo.InvariantCulture, $"{kind}/{place.Iteration}/{place.Action}/{place.Item}/{generation}");
}

/// <summary>One action in one iteration, or one element of it.</summary>
internal readonly record struct ActionPlace(int Iteration, string Action, int Item = -1);
