using System.Diagnostics;
using AgentFlow.Samples.Research.Reporting;
using AgentFlow.Samples.Research.Terminal;
using Microsoft.Extensions.AI;

namespace AgentFlow.Samples.Tests;

/// <summary>A temporary folder with a small project in it.</summary>
public sealed class Scene : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("agentflow-samples-").FullName;

    public string Cache => Path.Combine(Folder, ".cache");

    public Scene Write(string path, string text)
    {
        var file = Path.Combine(Folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        return this;
    }

    public Scene WriteProject() => this
        .Write("README.md", "# Kettle\n\nKettle boils water.\n\n## Safety\n\nThe thermostat cuts the power when the water boils dry. It resets after ten minutes.\n")
        .Write("docs/thermostat.md", "# Thermostat\n\n- **Sensor.** The thermostat reads the [sensor](x.md) twice a second.\n")
        .Write("src/Thermostat.cs", "namespace K;\n\n/// <summary>Cuts the power when the kettle is too hot.</summary>\npublic class Thermostat\n{\n    /// <summary>Whether the thermostat has cut the power.</summary>\n    public bool HasTripped() => true;\n}\n")
        .Write("node_modules/x/thermostat.md", "The thermostat of somebody else cuts the power too.\n")
        .Write("data.md", "thermostat\0power");

    public Scene Commit(string message)
    {
        Git("init", "-q");
        Git("add", "-A", "--", "README.md", "docs", "src");
        Git("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false", "commit", "-q", "--no-verify", "-m", message);
        return this;
    }

    public Task<(int Code, string Out, string Error)> AskAsync(params string[] args) => AskAsync(null, args);

    public async Task<(int Code, string Out, string Error)> AskAsync(IChatClient? model, params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await new ResearchCommand(output, error, new ReportCache(Cache), model: model).RunAsync(args, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }

    public void Dispose()
    {
        foreach (var file in Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories))
        {
            File.SetAttributes(file, FileAttributes.Normal);
        }

        Directory.Delete(Folder, recursive: true);
    }

    private void Git(params string[] args)
    {
        using var process = Process.Start(new ProcessStartInfo("git", ["-C", Folder, .. args]))!;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
