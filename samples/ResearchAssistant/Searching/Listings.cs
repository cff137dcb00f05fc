using System.Text.RegularExpressions;

namespace AgentFlow.Samples.Research.Searching;

/// <summary>Tells a list of signatures, versions or names from prose: it has words, and says nothing.</summary>
public static partial class Listings
{
    /// <summary>Whether a document is one by its name: the surface of an API as analyzers and tests keep it.</summary>
    /// <param name="path">The document.</param>
    public static bool IsListing(string path) => ApiFile().IsMatch(Path.GetFileName(path));

    /// <summary>Whether most lines of a paragraph are code.</summary>
    /// <param name="lines">The paragraph.</param>
    public static bool IsListing(ReadOnlySpan<string> lines)
    {
        var code = 0;
        foreach (var line in lines)
        {
            code += Signature().IsMatch(line) ? 1 : 0;
        }

        return code * 2 > lines.Length;
    }

    [GeneratedRegex(@"^public_?api\b.*\.txt$|\.api\.txt$|^api\.txt$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ApiFile();

    [GeneratedRegex(@"^\s*(?:~|override |static |const |abstract |virtual |sealed |readonly |public |internal |protected |private )+[\w.<>,\[\]?]+\s+[\w.<>]+|^\s*[\w.]+\.\w[\w.<>]*\([^)]*\)?\s*->|^\s*[\w.<>,\[\]?]+\s+[\w.<>~]+\([^()]*\)\s*;?\s*$|[;{}]\s*$")]
    private static partial Regex Signature();
}
