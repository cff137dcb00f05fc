using System.Text.RegularExpressions;

namespace AgentFlow.Schemas;

/// <summary>The keyword <c>pattern</c>, or a name of <c>patternProperties</c>: matched in time linear in the text, and within a time-out whatever happens.</summary>
internal sealed class SchemaPattern
{
    private const int MaxLength = 1_000;

    // How many copies of its parts a pattern may stand for: a{20} stands for twenty.
    private const int MaxSize = 1_000;

    private static readonly TimeSpan s_timeout = TimeSpan.FromMilliseconds(250);

    private readonly Regex _regex;
    private readonly int _size;

    private SchemaPattern(string text, Regex regex, int size, bool isLinear)
    {
        Text = text;
        _regex = regex;
        _size = size;
        IsLinear = isLinear;
    }

    /// <summary>The pattern as it is written.</summary>
    public string Text { get; }

    /// <summary>Whether the time is linear in the text.</summary>
    public bool IsLinear { get; }

    /// <summary>Reads a pattern.</summary>
    /// <returns>The pattern; <see langword="null"/> if it is none, or cannot be matched in linear time.</returns>
    public static SchemaPattern? Parse(string pattern, SchemaReading reading)
    {
        if (pattern.Length > MaxLength)
        {
            return null;
        }

        try
        {
            if (reading == SchemaReading.DotNet)
            {
                return ParseDotNet(pattern);
            }

            return EcmaPattern.Translate(pattern) is { } translated && translated.Size <= MaxSize
                ? new(pattern, new(translated.Pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, s_timeout), translated.Size, isLinear: true)
                : null;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>Whether the text matches; <see langword="null"/> if that takes too long.</summary>
    public bool? IsMatch(string text)
    {
        try
        {
            return _regex.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return null;
        }
    }

    /// <summary>The steps that a match may take: each character can be held against each part.</summary>
    public long CostOf(string text) => 1 + ((long)text.Length * (8 + _size) / 16);

    /// <summary>A tool's author writes these, so that what needs backtracking is matched within the time-out.</summary>
    private static SchemaPattern ParseDotNet(string pattern)
    {
        // Whoever wants the whole text wants no line break after it, which the $ of .NET lets through.
        var isWhole = pattern.EndsWith(")$", StringComparison.Ordinal) || pattern.EndsWith(")*$", StringComparison.Ordinal);
        var whole = isWhole ? pattern[..^1] + @"\z" : pattern;
        try
        {
            return new(pattern, new(whole, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, s_timeout), pattern.Length, isLinear: true);
        }
        catch (NotSupportedException)
        {
            return new(pattern, new(whole, RegexOptions.CultureInvariant, s_timeout), pattern.Length, isLinear: false);
        }
    }
}
