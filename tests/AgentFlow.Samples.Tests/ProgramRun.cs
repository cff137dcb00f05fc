using System.Diagnostics;

namespace AgentFlow.Samples.Tests;

/// <summary>Runs a sample as its user does: as a process.</summary>
public static class ProgramRun
{
    public static Task<(int Code, string Out, string Error)> OfAsync(Type inSample, string folder, params string[] args) => OfAsync(inSample, folder, null, args);

    /// <param name="inSample">A type of the sample.</param>
    /// <param name="folder">Where it runs.</param>
    /// <param name="input">What is typed.</param>
    /// <param name="args">Its arguments.</param>
    public static async Task<(int Code, string Out, string Error)> TypingAsync(Type inSample, string folder, string input, params string[] args) => await OfAsync(inSample, folder, input, args);

    private static async Task<(int Code, string Out, string Error)> OfAsync(Type inSample, string folder, string? input, string[] args)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet", [inSample.Assembly.Location, .. args])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = input is not null,
            Environment = { ["XDG_DATA_HOME"] = folder, ["EXPENSES"] = folder, ["CHATBOT"] = folder, ["SUPPORT"] = folder },
        };
        using var process = Process.Start(start)!;
        if (input is not null)
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }

        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output.ReplaceLineEndings("\n"), (await error).ReplaceLineEndings("\n"));
    }
}
