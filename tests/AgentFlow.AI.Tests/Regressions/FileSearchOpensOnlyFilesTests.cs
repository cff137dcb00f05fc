using System.Diagnostics;

namespace AgentFlow.AI.Tests.Regressions;

/// <summary>A pipe has no end and no beginning: a search that opens one waits for ever, and nobody's token ends that.</summary>
public sealed class FileSearchOpensOnlyFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("agentflow-search-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Pipes_loops_of_links_and_deep_folders_are_passed_by()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "There are no such files.");
        using (var made = Process.Start("mkfifo", [Path.Combine(_folder, "a.txt"), Path.Combine(_folder, "b.md")]))
        {
            await made.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, made.ExitCode);
        }

        Directory.CreateSymbolicLink(Path.Combine(_folder, "loop"), _folder);
        File.CreateSymbolicLink(Path.Combine(_folder, "self.txt"), Path.Combine(_folder, "self.txt"));
        File.CreateSymbolicLink(Path.Combine(_folder, "zero.txt"), "/dev/zero");
        var deep = Path.Combine([_folder, .. Enumerable.Repeat("d", 1_500)]);
        Directory.CreateDirectory(deep);
        File.WriteAllText(Path.Combine(deep, "deep.txt"), "A pelican, far down.");

        var search = new FileSearch(_folder);
        var task = Task.Run(() => search.SearchAsync("pelican", 5, TestContext.Current.CancellationToken));
        var hits = await task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.EndsWith("deep.txt:1", Assert.Single(hits).Source, StringComparison.Ordinal);
    }
}
