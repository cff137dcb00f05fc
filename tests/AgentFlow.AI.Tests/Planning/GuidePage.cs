using System.Runtime.CompilerServices;

namespace AgentFlow.AI.Tests.Planning;

/// <summary>Pages of the guide, each of whose lines of code is in a file that is compiled.</summary>
internal static class GuidePage
{
    public static async Task IsCompiledAsync(string page, [CallerFilePath] string file = "")
    {
        var compiled = (await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken)).Select(static l => l.Trim()).ToHashSet();
        var text = await File.ReadAllTextAsync(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", "..", "docs", page), TestContext.Current.CancellationToken);
        var lines = text.Split("```cs\n").Skip(1).SelectMany(static b => b[..b.IndexOf("```", StringComparison.Ordinal)].Split('\n')).Select(static l => l.Trim()).Where(static l => l.Length > 0).ToArray();
        Assert.NotEmpty(lines);
        Assert.All(lines, l => Assert.Contains(l, compiled));
    }
}
