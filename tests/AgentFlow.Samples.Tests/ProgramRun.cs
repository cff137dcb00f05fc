using System.Diagnostics;

namespace AgentFlow.Samples.Tests;

/// <summary>Runs a sample as its user does: as a process.</summary>
public static class ProgramRun
{
    public static Task<(int Code, string Out, string Error)> OfAsync(Type inSample, string folder, params string[] args) => OfAsync(inSample, folder, null, [], args);

    /// <param name="inSample">A type of the sample.</param>
    /// <param name="folder">Where it runs.</param>
    /// <param name="input">What is typed.</param>
    /// <param name="args">Its arguments.</param>
    public static async Task<(int Code, string Out, string Error)> TypingAsync(Type inSample, string folder, string input, params string[] args) => await OfAsync(inSample, folder, input, [], args);

    /// <param name="inSample">A type of the sample.</param>
    /// <param name="folder">Where it runs.</param>
    /// <param name="endpoint">The endpoint of its language model.</param>
    /// <param name="args">Its arguments.</param>
    public static Task<(int Code, string Out, string Error)> WithModelAsync(Type inSample, string folder, Uri endpoint, params string[] args) => OfAsync(inSample, folder, null, new() { ["OPENAI_BASE_URL"] = endpoint.ToString() }, args);

    /// <param name="inSample">A type of the sample.</param>
    /// <param name="folder">Where it runs.</param>
    /// <param name="environment">What is set.</param>
    /// <param name="input">What is typed.</param>
    /// <param name="args">Its arguments.</param>
    public static Task<(int Code, string Out, string Error)> InAsync(Type inSample, string folder, Dictionary<string, string> environment, string input, params string[] args) =>
        OfAsync(inSample, folder, input, environment, args);

    private static async Task<(int Code, string Out, string Error)> OfAsync(Type inSample, string folder, string? input, Dictionary<string, string> environment, string[] args)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet", [inSample.Assembly.Location, .. args])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = input is not null,
            Environment = { ["XDG_DATA_HOME"] = folder, ["EXPENSES"] = folder, ["CHATBOT"] = folder, ["SUPPORT"] = folder },
        };
        // Whoever runs the tests may have a key, which is not for them.
        start.Environment.Remove("OPENAI_API_KEY");
        start.Environment.Remove("OPENAI_BASE_URL");
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

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
