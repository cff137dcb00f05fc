using System.Globalization;

namespace AgentFlow.Testing;

/// <summary>The choices of one simulated run: prescribed ones first, then by a seed or the first of each.</summary>
/// <remarks>As text: the choices, comma-separated; <c>!</c> and the write to crash at, <c>-</c> before and <c>+</c> after it, <c>?</c> if
/// the process lives on and
/// learns of the write too late: <c>1,0,2!4+</c>.
/// What is compared with another run than the undisturbed one names it after <c>~</c>.</remarks>
internal sealed class SimulatedSchedule(IReadOnlyList<int> prescribed, Random? random, int crashAt, bool crashesAfter, bool isLate = false)
{
    private readonly List<(int Chosen, int Of)> _taken = [];

    public int CrashAt => crashAt;

    public bool CrashesAfter => crashesAfter;

    /// <summary>
    /// Whether the process does not die at the write, but learns that it succeeded only after it has given the session up and another has
    /// gone on with it.
    /// </summary>
    public bool IsLate => isLate;

    /// <summary>What was chosen, and of how many.</summary>
    public IReadOnlyList<(int Chosen, int Of)> Taken => _taken;

    public int Choose(int count)
    {
        var place = _taken.Count;
        var chosen = place < prescribed.Count ? Math.Min(prescribed[place], count - 1) : random?.Next(count) ?? 0;
        _taken.Add((chosen, count));
        return chosen;
    }

    /// <summary>The same choices with a crash.</summary>
    public SimulatedSchedule WithCrash(int at, bool after) => new([.. _taken.Select(static t => t.Chosen)], null, at, after);

    /// <summary>The same choices with a write that succeeds too late.</summary>
    public SimulatedSchedule WithLateWrite(int at) => new([.. _taken.Select(static t => t.Chosen)], null, at, crashesAfter: true, isLate: true);

    /// <summary>The next one in the order of an odometer, or null after the last.</summary>
    public SimulatedSchedule? Next()
    {
        for (var place = _taken.Count - 1; place >= 0; place--)
        {
            if (_taken[place].Chosen + 1 < _taken[place].Of)
            {
                return new([.. _taken.Take(place).Select(static t => t.Chosen), _taken[place].Chosen + 1], null, 0, false);
            }
        }

        return null;
    }

    public static SimulatedSchedule Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Split('!');
        var choices = parts[0].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(static c => int.Parse(c, CultureInfo.InvariantCulture)).ToList();
        return parts.Length == 1
            ? new(choices, null, 0, false)
            : new(choices, null, int.Parse(parts[1].AsSpan(0, parts[1].Length - 1), NumberStyles.None, CultureInfo.InvariantCulture), parts[1][^1] != '-', parts[1][^1] == '?');
    }

    public override string ToString() =>
        string.Join(',', _taken.Select(static t => t.Chosen.ToString(CultureInfo.InvariantCulture))) + (crashAt == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"!{crashAt}{(isLate ? '?' : crashesAfter ? '+' : '-')}"));
}
