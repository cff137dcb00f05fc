using System.Linq;
using System.Text;

namespace AgentFlow.Generators.Emission;

/// <summary>
/// Names of generated files: from the full metadata name, with whatever a file name may not hold replaced. File names are compared without
/// regard to case and one clash kills all output, so a name that has capitals beyond the usual carries a hash of its exact spelling.
/// </summary>
internal static class HintName
{
    public static string For(string metadataName)
    {
        var name = new StringBuilder(metadataName.Length + 16);
        foreach (var c in metadataName)
        {
            name.Append(char.IsLetterOrDigit(c) || c is '.' or '_' ? c : c == '`' ? '-' : '+');
        }

        return $"{name.Replace('+', '.')}.{Hash(metadataName)}.g.cs";
    }

    /// <summary>FNV-1a, 32 bits: stable across processes, unlike <c>string.GetHashCode</c>.</summary>
    public static string Hash(string text) =>
        text.Aggregate(2166136261u, static (hash, c) => unchecked((hash ^ c) * 16777619u)).ToString("x8", System.Globalization.CultureInfo.InvariantCulture);
}
