// A research assistant that works offline:
//   dotnet run --project samples/ResearchAssistant -- "how are cycles found"
//   dotnet run --project samples/ResearchAssistant -- --plan
// Where OPENAI_API_KEY or OPENAI_BASE_URL is set, a language model writes the answer.
// The workflow is ResearchAssistant.cs; the rest is what its actions call.
using System.Text;
using AgentFlow.Samples;
using AgentFlow.Samples.Research.Reporting;
using AgentFlow.Samples.Research.Terminal;

Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
using var interrupt = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    // The first Ctrl+C lets the run end in order, the second ends the process.
    e.Cancel = !interrupt.IsCancellationRequested;
    interrupt.Cancel();
};

var redraws = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is not "dumb";
var width = redraws && Console.WindowWidth is > 0 and var columns ? columns : 80;
try
{
    using var model = RealModel.FromEnvironment();
    return await new ResearchCommand(Console.Out, Console.Error, ReportCache.OfUser, redraws ? width : 0, model).RunAsync(args, interrupt.Token);
}
catch (WrongUsageException e)
{
    Console.Error.WriteLine($"error: {e.Message}");
    return 2;
}
