using System.Diagnostics;

namespace AgentFlow.Samples.Tests;

/// <summary>Sources that others publish to npm: installed once, read where they are, in no folder of this repository.</summary>
internal static class NpmSources
{
    private static readonly SemaphoreSlim s_gate = new(1);

    /// <summary>Gets the folder of a package.</summary>
    /// <param name="package">Its name.</param>
    /// <param name="version">Its version, to which the questions' places belong.</param>
    /// <param name="cancellationToken">Stops the installation.</param>
    public static async Task<string> FolderOfAsync(string package, string version, CancellationToken cancellationToken)
    {
        var kept = Path.Combine(Path.GetTempPath(), "agentflow-questions", $"{package}-{version}");
        await s_gate.WaitAsync(cancellationToken);
        try
        {
            if (!Directory.Exists(kept))
            {
                Assert.SkipUnless(Environment.GetEnvironmentVariable("AGENTFLOW_REQUIRE_SERVERS") == "1", $"{package}@{version} has to be installed from npm, which only `.ci/run` does.");
                await InstallAsync(package, version, kept, cancellationToken);
            }
        }
        finally
        {
            s_gate.Release();
        }

        return kept;
    }

    private static async Task InstallAsync(string package, string version, string kept, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(kept)!);
        var fresh = Directory.CreateTempSubdirectory("agentflow-npm-").FullName;
        using var npm = Process.Start(new ProcessStartInfo(
            "npm", ["install", "--prefix", fresh, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", $"{package}@{version}"]))!;
        await npm.WaitForExitAsync(cancellationToken);
        Assert.True(npm.ExitCode == 0, $"npm could not install {package}@{version}");
        try
        {
            Directory.Move(Path.Combine(fresh, "node_modules", package), kept);
        }
        catch (IOException) when (Directory.Exists(kept))
        {
            // Another process was faster, with the same files.
        }

        Directory.Delete(fresh, recursive: true);
    }
}
