using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;

namespace AgentFlow.Package.Tests;

/// <summary>Runs programs and tells what they printed.</summary>
internal static class Dotnet
{
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", ".."));

    public static Task<(int ExitCode, string Output)> RunAsync(string folder, params string[] arguments) => StartAsync("dotnet", folder, arguments);

    public static async Task<(int ExitCode, string Output)> StartAsync(string program, string folder, params string[] arguments)
    {
        using var process = new Process();
        process.StartInfo = new(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };

        // The test host's own settings must not leak into the builds it starts.
        foreach (var name in process.StartInfo.Environment.Keys.Where(static k => k.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase) || k.StartsWith("TESTINGPLATFORM", StringComparison.OrdinalIgnoreCase)).ToArray())
        {
            process.StartInfo.Environment.Remove(name);
        }

        process.StartInfo.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        var output = new StringBuilder();
        process.OutputDataReceived += (_, e) => Append(e.Data);
        process.ErrorDataReceived += (_, e) => Append(e.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output.ToString());

        void Append(string? line)
        {
            lock (output)
            {
                output.AppendLine(line);
            }
        }
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
