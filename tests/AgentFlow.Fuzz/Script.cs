using System.Globalization;
using System.Text;

namespace AgentFlow.Fuzz;

/// <summary>
/// What the bodies of random agents come to: functions of what they are given, hashed, so that a wrong, stale or missing value shows
/// wherever it gets to. Values are texts here: a number, <c>-</c> for none, <c>[1,2]</c>.
/// </summary>
public static class Script
{
    public const string None = "-";

    public static string Of(long value) => value.ToString(CultureInfo.InvariantCulture);

    public static string Of(long? value) => value is { } number ? Of(number) : None;

    public static string Of(long[]? values) => values is null ? None : $"[{string.Join(',', values.Select(Of))}]";

    public static long Number(string value) => long.Parse(value, CultureInfo.InvariantCulture);

    public static long? Maybe(string value) => value == None ? null : Number(value);

    public static long[] Many(string value) => value.Length == 2 ? [] : [.. value[1..^1].Split(',').Select(Number)];

    /// <summary>What an attempt gives back if it does not fail.</summary>
    public static string Value(Model model, Act act, int iteration, int attempt, int item, IEnumerable<string> args)
    {
        // Cached outputs serve any iteration; an action without a context does not know where it is.
        var place = act.IsCached || !act.HasContext ? "" : $"{iteration}/{attempt}/{item}";
        var hash = Hash($"{model.Name}/{act.Index}/{place}({string.Join(';', args)})");
        return act.Output switch
        {
            Output.Nothing => "ok",
            Output.Number => Of(Small(hash)),
            Output.Maybe => act.ForEach is null && hash % 3 == 0 ? None : Of(Small(hash)),
            _ => Of([.. Enumerable.Range(0, (int)(hash % 4)).Select(i => Small(Hash($"{hash}/{i}")))]),
        };
    }

    public static bool Fails(Model model, Act act, int attempt, int epoch, int item, IEnumerable<string> args) => act.Failure.Kind switch
    {
        FailureKind.Always => true,
        FailureKind.First => attempt <= act.Failure.Count,
        FailureKind.Early => epoch <= act.Failure.Count,
        FailureKind.Sometimes => Hash($"fails {model.Name}/{act.Index}({string.Join(';', args)})") % 3 == 0,
        _ => false,
    };

    public static string Fallback(Model model, Act act, int iteration, int item) =>
        Of(Small(Hash($"fallback {model.Name}/{act.Index}/{(act.HasContext ? $"{iteration}/{item}" : "")}")));

    public static string Answer(Model model, Act act, int number) => Of(Small(Hash($"answer {model.Name}/{act.Index}/{number}")));

    /// <summary>What a predicate says: <c>When</c>, <c>Requires</c>, <c>Ensures</c>, the end of a for-each, the end of a loop.</summary>
    public static bool Holds(string model, string predicate, params ReadOnlySpan<string> args)
    {
        var hash = Hash($"{predicate} of {model}({string.Join(';', args)})");
        return predicate[0] is 'S' or 'D' ? hash % 3 == 0 : hash % 4 != 0;
    }

    public static long ChildInput(Model model, Act act, int call, IEnumerable<string> args) => Small(Hash($"child {call} of {model.Name}/{act.Index}({string.Join(';', args)})"));

    private static long Small(ulong hash) => (long)(hash % 1_000_000_007);

    private static ulong Hash(string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            hash = unchecked((hash ^ b) * 1099511628211UL);
        }

        hash ^= hash >> 32;
        hash = unchecked(hash * 0x9E3779B97F4A7C15UL);
        return hash ^ (hash >> 29);
    }
}
