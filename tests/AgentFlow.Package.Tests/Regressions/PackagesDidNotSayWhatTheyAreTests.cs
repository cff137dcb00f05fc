using System.IO.Compression;
using System.Reflection.Metadata;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace AgentFlow.Package.Tests.Regressions;

/// <summary>
/// Packages had no license, no README but the core's, no symbols and no address, and the diagnostics' help links led nowhere.
/// </summary>
public sealed partial class PackagesDidNotSayWhatTheyAreTests(Feed feed)
{
    private static readonly Guid SourceLink = new("CC110556-A091-4D38-9FEC-25AB9A351A6A");
    private static readonly Guid EmbeddedSource = new("0E8A571B-6926-466E-B4AD-8AB04611F5FE");

    public static TheoryData<string> Packages => [.. Feed.Packages];

    [Theory, MemberData(nameof(Packages))]
    public void License_address_and_commit_are_in_each_package(string id)
    {
        using var package = ZipFile.OpenRead(feed.PathOf(id));
        var metadata = Metadata(package, id);
        Assert.Equal(("expression", "MIT"), ((string?)metadata["license"].Attribute("type"), metadata["license"].Value));
        Assert.StartsWith("MIT License", Text(package, "LICENSE"), StringComparison.Ordinal);
        Assert.True(Uri.IsWellFormedUriString(metadata["projectUrl"].Value, UriKind.Absolute));
        Assert.NotEmpty(metadata["description"].Value);
        var repository = metadata["repository"];
        Assert.Equal("git", (string?)repository.Attribute("type"));
        Assert.StartsWith(metadata["projectUrl"].Value, (string?)repository.Attribute("url"), StringComparison.Ordinal);
        Assert.Matches("^[0-9a-f]{40}$", (string?)repository.Attribute("commit"));
    }

    [Theory, MemberData(nameof(Packages))]
    public void A_readme_that_names_the_package_is_in_each_and_its_links_lead_somewhere(string id)
    {
        using var package = ZipFile.OpenRead(feed.PathOf(id));
        Assert.Equal("README.md", Metadata(package, id)["readme"].Value);
        Assert.StartsWith($"# {id}\n", Text(package, "README.md").ReplaceLineEndings("\n"), StringComparison.Ordinal);
        foreach (var page in package.Entries.Where(static e => e.Name.EndsWith(".md", StringComparison.Ordinal) && !e.FullName.StartsWith("benchmarks/", StringComparison.Ordinal)).Select(static e => e.FullName))
        {
            Assert.Empty(BrokenLinks(package, page));
        }
    }

    [Theory, MemberData(nameof(Packages))]
    public void Symbols_of_each_package_have_its_sources_and_their_address(string id)
    {
        using var symbols = ZipFile.OpenRead(feed.PathOf(id, ".snupkg"));
        using var pdb = Open(symbols, $"lib/net10.0/{id}.pdb");
        using var provider = MetadataReaderProvider.FromPortablePdbStream(pdb);
        var reader = provider.GetMetadataReader();
        var paths = reader.Documents.Select(d => reader.GetString(reader.GetDocument(d).Name)).ToList();
        Assert.NotEmpty(paths);

        // No path of the machine that built it; what is generated lies elsewhere here, where nothing but tests builds.
        Assert.DoesNotContain(paths, static path => path.StartsWith(Dotnet.Root, StringComparison.Ordinal));
        Assert.Contains(paths, path => path.StartsWith($"/_/src/{id}/", StringComparison.Ordinal));
        var information = reader.CustomDebugInformation.Select(reader.GetCustomDebugInformation).ToLookup(i => reader.GetGuid(i.Kind));
        Assert.Equal(paths.Count, information[EmbeddedSource].Count());
        var link = Encoding.UTF8.GetString(reader.GetBlobBytes(Assert.Single(information[SourceLink]).Value));
        using var package = ZipFile.OpenRead(feed.PathOf(id));
        Assert.Contains($"/{(string?)Metadata(package, id)["repository"].Attribute("commit")}/*", link, StringComparison.Ordinal);
        Assert.DoesNotContain(package.Entries, static e => e.Name.EndsWith(".pdb", StringComparison.Ordinal));
    }

    [Fact]
    public void Help_links_of_all_diagnostics_resolve_in_the_package()
    {
        using var package = ZipFile.OpenRead(feed.PathOf("AgentFlow"));
        var start = Metadata(package, "AgentFlow")["projectUrl"].Value + "/blob/main/";
        var links = HelpLinks(Path.Combine(Dotnet.Root, "src", "AgentFlow.Generators", "Diagnostics")).ToList();
        Assert.True(links.Count > 50, $"{links.Count} links");
        foreach (var link in links)
        {
            Assert.StartsWith(start, link, StringComparison.Ordinal);
            var page = link[start.Length..];
            Assert.StartsWith("# " + Path.GetFileNameWithoutExtension(page), Text(package, page), StringComparison.Ordinal);
        }
    }

    /// <summary>
    /// What the descriptors' sources say; that each descriptor has a link of this form is tested where the descriptors are.
    /// </summary>
    private static IEnumerable<string> HelpLinks(string folder)
    {
        var sources = string.Concat(Directory.GetFiles(folder, "*.cs").Select(File.ReadAllText));
        var pages = PagesConstant().Match(sources).Groups[1].Value;
        return DiagnosticId().Matches(sources).Select(m => pages + m.Groups[1].Value + ".md").Distinct();
    }

    private static Dictionary<string, XElement> Metadata(ZipArchive package, string id)
    {
        using var nuspec = package.GetEntry(id + ".nuspec")!.Open();
        return XDocument.Load(nuspec).Root!.Elements().First().Elements().GroupBy(static e => e.Name.LocalName).ToDictionary(static g => g.Key, static g => g.First());
    }

    private static IEnumerable<string> BrokenLinks(ZipArchive package, string page) =>
        from Match match in Link().Matches(Text(package, page))
        let target = match.Groups[1].Value.Split('#')[0]
        where target.Length > 0 && !target.StartsWith("http", StringComparison.Ordinal)
        let path = Path.GetRelativePath("/", Path.GetFullPath(Path.Combine("/", Path.GetDirectoryName(page)!, target))).Replace('\\', '/')
        where !package.Entries.Any(e => e.FullName == path || e.FullName.StartsWith(path + "/", StringComparison.Ordinal))
        select $"{page}: {target}";

    private static string Text(ZipArchive package, string path)
    {
        Assert.Contains(package.Entries, e => e.FullName == path);
        using var reader = new StreamReader(package.GetEntry(path)!.Open());
        return reader.ReadToEnd();
    }

    private static MemoryStream Open(ZipArchive package, string path)
    {
        var copy = new MemoryStream();
        using var stream = package.GetEntry(path)!.Open();
        stream.CopyTo(copy);
        copy.Position = 0;
        return copy;
    }

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("const string Pages = \"([^\"]+)\"")]
    private static partial Regex PagesConstant();

    [GeneratedRegex("const string \\w+ = \"(AF\\d{4})\"")]
    private static partial Regex DiagnosticId();
}
