using System.Text.Json;

namespace AgentFlow.AI.Tests.Tools;

/// <summary>Searching one folder and nothing beyond.</summary>
public sealed class FileSearchTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("agentflow-search-").FullName;

    public FileSearchTests()
    {
        Write("root/docs/leases.md", string.Join('\n', Enumerable.Repeat("Padding.", 12)) + "\nA lease is renewed before it ends.\n");
        Write("root/notes.txt", "Pelicans nest on islands.\n");
        Write("root/image.bin", "pelican");
        Write("root/binary.txt", "pelican\0");
        Write("root/large.txt", "pelican " + new string('x', 5000));
        Write("outside/secret.txt", "The pelican's password.\n");
        Directory.CreateSymbolicLink(Path.Combine(_folder, "root", "link"), Path.Combine(_folder, "outside"));
        File.CreateSymbolicLink(Path.Combine(_folder, "root", "link.txt"), Path.Combine(_folder, "outside", "secret.txt"));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Passages_are_found_with_file_and_line()
    {
        var hits = await Search().SearchAsync("when is a lease renewed", 5, TestContext.Current.CancellationToken);
        Assert.Equal(new FileSearchHit("docs/leases.md:13", "A lease is renewed before it ends."), hits[0]);
    }

    [Fact]
    public async Task Links_binaries_and_large_files_are_left_alone()
    {
        var hits = await Search().SearchAsync("pelican password", 20, TestContext.Current.CancellationToken);
        Assert.Equal("notes.txt:1", Assert.Single(hits).Source);
    }

    [Fact]
    public async Task What_is_read_is_bounded()
    {
        var search = new FileSearch(Path.Combine(_folder, "root"), new() { MaxTotalSize = 10 });
        Assert.Empty(await search.SearchAsync("pelicans lease", 5, TestContext.Current.CancellationToken));
        Write("root/long.txt", string.Join(' ', Enumerable.Repeat("heron", 2000)));
        var hit = Assert.Single(await new FileSearch(Path.Combine(_folder, "root")).SearchAsync("heron", 5, TestContext.Current.CancellationToken));
        Assert.Equal(1201, hit.Excerpt.Length);
    }

    [Fact]
    public async Task As_a_tool_it_takes_words_and_no_path()
    {
        var tool = Search().SearchTool;
        Assert.Equal("search_files", tool.Name);
        Assert.Equal(["query", "count"], tool.JsonSchema.GetProperty("properties").EnumerateObject().Select(static p => p.Name));
        var result = (JsonElement)(await ToolTests.CallAsync(tool, """{"query":"pelicans"}"""))!;
        Assert.Equal("""[{"excerpt":"Pelicans nest on islands.","source":"notes.txt:1"}]""", result.GetRawText());
        await Assert.ThrowsAsync<InvalidToolArgumentsException>(() => ToolTests.CallAsync(tool, """{"query":"a","count":21,"root":"/etc"}"""));
    }

    private FileSearch Search() => new(Path.Combine(_folder, "root"), new() { MaxFileSize = 1000 });

    private void Write(string path, string text)
    {
        var file = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
