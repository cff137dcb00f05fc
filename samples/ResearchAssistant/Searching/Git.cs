using System.Diagnostics;
using System.Text;

namespace AgentFlow.Samples.Research.Searching;

/// <summary>Asks git about a folder. It reads only: no pager, no prompt, no lock, and no program that the repository's own settings name.</summary>
public static class Git
{
    /// <summary>Runs git.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="cancellationToken">Ends the process.</param>
    /// <param name="arguments">The command and its arguments.</param>
    /// <returns>Its output; <see langword="null"/> without git.</returns>
    /// <exception cref="GitException">Git refuses: no repository, no commit, or one that belongs to somebody else.</exception>
    public static async Task<string?> RunAsync(string folder, CancellationToken cancellationToken, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("git", ["-c", "core.fsmonitor=false", "-c", "core.quotePath=false", "-C", folder, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            StandardOutputEncoding = Encoding.UTF8,
            UseShellExecute = false,
            CreateNoWindow = true,
            Environment = { ["GIT_OPTIONAL_LOCKS"] = "0", ["GIT_TERMINAL_PROMPT"] = "0", ["GIT_PAGER"] = "cat", ["LC_ALL"] = "C" },
        };
        using var process = Start(start);
        if (process is null)
        {
            return null;
        }

        process.StandardInput.Close();
        try
        {
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            var output = await process.StandardOutput.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            return process.ExitCode == 0 ? output : throw new GitException(FirstLine(await error.ConfigureAwait(false)));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static Process? Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private static string FirstLine(string text) => text.Split('\n', 2)[0].Trim();
}
