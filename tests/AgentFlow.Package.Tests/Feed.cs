using System.Xml.Linq;

[assembly: AssemblyFixture(typeof(AgentFlow.Package.Tests.Feed))]

namespace AgentFlow.Package.Tests;

/// <summary>A folder with the freshly packed packages, and a package cache of its own, so that nothing stays behind.</summary>
public sealed class Feed : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("agentflow-package-").FullName;

    /// <summary>The packages' ids.</summary>
    public static IReadOnlyList<string> Packages { get; } = ["AgentFlow", "AgentFlow.AI", "AgentFlow.Mcp", "AgentFlow.PostgreSql", "AgentFlow.Sqlite", "AgentFlow.Testing"];

    private string Version { get; set; } = "";

    /// <summary>The file of a package, or of its symbols.</summary>
    public string PathOf(string id, string extension = ".nupkg") => Path.Combine(_folder, "feed", $"{id}.{Version}{extension}");

    /// <summary>The version of another's package that the repository pins.</summary>
    public static string PinnedVersionOf(string id) =>
        XDocument.Load(Path.Combine(Dotnet.Root, "Directory.Packages.props")).Descendants("PackageVersion").Single(v => (string?)v.Attribute("Include") == id).Attribute("Version")!.Value;

    public async ValueTask InitializeAsync()
    {
        foreach (var project in Packages)
        {
            // What analyzers say of our own code the build has said already.
            var pack = await Dotnet.RunAsync(
                Dotnet.Root, "pack", Path.Combine("src", project), "-c", "Release", "-v:q", "-nologo", "-p:RunAnalyzers=false", "-o", Path.Combine(_folder, "feed"), "--artifacts-path", Path.Combine(_folder, "artifacts"));
            Assert.True(pack.ExitCode == 0, pack.Output);
        }

        Version = Path.GetFileNameWithoutExtension(Assert.Single(Directory.GetFiles(Path.Combine(_folder, "feed"), "AgentFlow.?.*.nupkg")))["AgentFlow.".Length..];
    }

    /// <summary>Writes a program of one file.</summary>
    /// <param name="name">The project's name.</param>
    /// <param name="program">The file.</param>
    /// <param name="properties">More properties of the project, as XML.</param>
    /// <param name="packages">What it uses: of ours, or another's as <c>id/version</c>. Default: <c>AgentFlow</c>.</param>
    /// <returns>The project's folder.</returns>
    public string CreateProject(string name, string program, string properties = "", params string[] packages)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;
        var cache = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        File.WriteAllText(Path.Combine(folder, name + ".csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <InvariantGlobalization>true</InvariantGlobalization>
                <NuGetAudit>false</NuGetAudit>
                <RestorePackagesPath>{Path.Combine(_folder, "packages")}</RestorePackagesPath>
                <RestoreFallbackFolders>{(Directory.Exists(cache) ? cache : "")}</RestoreFallbackFolders>
                <RestoreAdditionalProjectSources>{Path.Combine(_folder, "feed")}</RestoreAdditionalProjectSources>
                {properties}
              </PropertyGroup>
              <ItemGroup>
                {string.Concat((packages is [] ? ["AgentFlow"] : packages).Select(static p => p.Split('/')).Select(p => $"""<PackageReference Include="{p[0]}" Version="{(p.Length > 1 ? p[1] : Version)}" />"""))}
              </ItemGroup>
            </Project>
            """);
        File.WriteAllText(Path.Combine(folder, "Program.cs"), program);
        return folder;
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return default;
    }
}
