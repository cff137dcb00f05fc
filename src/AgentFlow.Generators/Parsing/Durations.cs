using System;
using System.Globalization;
using System.Text.RegularExpressions;

namespace AgentFlow.Generators.Parsing;

/// <summary>Durations as the language writes them: <c>hh:mm:ss[.fffffff]</c> or <c>d.hh:mm:ss[.fffffff]</c>, whatever the culture.</summary>
internal static class Durations
{
    private static readonly Regex Shape = new(@"^([0-9]{1,8}\.)?[0-9]{1,2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,7})?$", RegexOptions.CultureInvariant);

    private static readonly Regex Shorthand = new(@"^\s*([0-9]{1,9}(?:\.[0-9]{1,3})?)\s*(ms|s|sec|seconds?|m|min|minutes?|h|hours?|d|days?)?\s*$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase);

    /// <summary>The duration in ticks, or null if it is malformed.</summary>
    public static long? Parse(string text) =>
        Shape.IsMatch(text) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var duration) ? duration.Ticks : null;

    /// <summary>What was probably meant, written as the language wants it: <c>30s</c> is <c>00:00:30</c>; null if it cannot be told.</summary>
    public static string? Suggest(string text)
    {
        var match = Shorthand.Match(text);
        if (!match.Success || !double.TryParse(match.Groups[1].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var amount) || amount <= 0)
        {
            return null;
        }

        var seconds = amount * Unit(match.Groups[2].Value);
        return seconds < TimeSpan.MaxValue.TotalSeconds / 2 ? Write(TimeSpan.FromMilliseconds(Math.Round(seconds * 1000))) : null;
    }

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
