using System.Runtime.CompilerServices;

namespace AgentFlow.Tests;

/// <summary>A page of the documentation whose code stands in a test, line by line, where it is compiled.</summary>
internal static class GuidePage
{
    /// <summary>Asserts that every line of a page's C# is a line of the test that calls.</summary>
    public static void IsCompiledHere(string name, int lines, [CallerFilePath] string here = "")
    {
        var compiled = File.ReadAllLines(here).Select(static line => line.Trim()).ToHashSet();
        var shown = Blocks(name, "cs").SelectMany(static block => block.Split('\n')).Select(static line => line.Trim()).Where(static line => line.Length > 0).ToList();
        Assert.True(shown.Count >= lines, $"'{name}' shows {shown.Count} lines of C#, fewer than {lines}: has the mark of its blocks changed?");
        Assert.All(shown, line => Assert.Contains(line, compiled));
    }

    /// <summary>The text of a page.</summary>
    public static string Read(string name) => File.ReadAllText(Path.Combine(Docs(), name));

    /// <summary>The blocks of a page that are marked with a language.</summary>
    public static IEnumerable<string> Blocks(string name, string language) =>
        Read(name).Split($"```{language}\n").Skip(1).Select(static block => block[..block.IndexOf("```", StringComparison.Ordinal)]);

    private static string Docs([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "docs");
}
