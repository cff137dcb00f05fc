using System;
using System.Globalization;
using System.Text.RegularExpressions;

namespace AgentFlow.Generators.Parsing;

/// <summary>Durations as the language writes them: <c>hh:mm:ss[.fffffff]</c> or <c>d.hh:mm:ss[.fffffff]</c>, whatever the culture.</summary>
internal static class Durations
{
    // A day has 24 hours: .NET reads "24:00:00" as days.
    private static readonly Regex Shape = new(
        @"^([0-9]{1,8}\.)?([01]?[0-9]|2[0-3]):[0-9]{2}:[0-9]{2}(\.[0-9]{1,7})?\z", RegexOptions.CultureInvariant);

    private static readonly Regex Hours = new(@"^\s*([0-9]{2,6}):([0-5][0-9]):([0-5][0-9])\s*\z", RegexOptions.CultureInvariant);

    private static readonly Regex Shorthand = new(@"^\s*([0-9]{1,9}(?:\.[0-9]{1,3})?)\s*(ms|s|sec|seconds?|m|min|minutes?|h|hours?|d|days?)?\s*$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase);

    /// <summary>The duration in ticks, or null if it is malformed.</summary>
    public static long? Parse(string text) =>
        Shape.IsMatch(text) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var duration) ? duration.Ticks : null;

    /// <summary>
    /// What was probably meant, written as the language wants it: <c>30s</c> is <c>00:00:30</c>, and <c>48:00:00</c> is
    /// <c>2.00:00:00</c>; null if it cannot be told.
    /// </summary>
    public static string? Suggest(string text)
    {
        if (Hours.Match(text) is { Success: true } hours)
        {
            var duration = TimeSpan.FromSeconds((Number(hours, 1) * 3600.0) + (Number(hours, 2) * 60) + Number(hours, 3));
            return duration > TimeSpan.Zero ? Write(duration) : null;
        }

        var match = Shorthand.Match(text);
        if (!match.Success || !double.TryParse(match.Groups[1].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var amount) || amount <= 0)
        {
            return null;
        }

        var seconds = amount * Unit(match.Groups[2].Value);
        return seconds < TimeSpan.MaxValue.TotalSeconds / 2 ? Write(TimeSpan.FromMilliseconds(Math.Round(seconds * 1000))) : null;
    }

    private static int Number(Match match, int group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    private static double Unit(string unit) => unit.ToLowerInvariant() switch
    {
        "ms" => 0.001,
        "" => 1,
        var word => word[0] switch
        {
            'm' => 60,
            'h' => 3600,
            'd' => 86400,
            _ => 1,
        },
    };

    private static string Write(TimeSpan duration) =>
        duration.ToString((duration.Days > 0 ? @"d\." : "") + @"hh\:mm\:ss" + (duration.Milliseconds > 0 ? @"\.fff" : ""), CultureInfo.InvariantCulture);
}
