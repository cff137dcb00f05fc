using AgentFlow.Samples.Research.Reporting;
using AgentFlow.Samples.Research.Searching;
using Microsoft.Extensions.AI;

namespace AgentFlow.Samples.Research.Terminal;

/// <summary>The program, apart from the process it runs in.</summary>
/// <param name="output">Takes the report.</param>
/// <param name="error">Takes progress and errors.</param>
/// <param name="cache">Keeps reports.</param>
/// <param name="tableWidth">The width in which progress can be redrawn; 0 if it cannot.</param>
/// <param name="model">Writes the answer; without one it is made of the sources' own sentences.</param>
public sealed class ResearchCommand(TextWriter output, TextWriter error, ReportCache cache, int tableWidth = 0, IChatClient? model = null)
{
    private const int Success = 0;
    private const int Failure = 1;
    private const int WrongUsage = 2;
    private const int Interrupted = 130;

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>Runs the program.</summary>
    /// <param name="args">Its arguments.</param>
    /// <param name="cancellationToken">Interrupts it.</param>
    /// <returns>Its exit code: 0; 1 if the run failed; 2 if it was called wrongly; 130 if it was interrupted.</returns>
    public async Task<int> RunAsync(IReadOnlyList<string> args, CancellationToken cancellationToken)
    {
        try
        {
            return await RunAsync(CommandLine.Parse(args), cancellationToken).ConfigureAwait(false);
        }
        catch (UsageException e)
        {
            return Fail(WrongUsage, $"{e.Message} (--help says more)");
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Fail(Interrupted, "interrupted");
        }
        catch (ActionFailedException e)
        {
            return Fail(Failure, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fail(Failure, e.Message);
        }
    }

    private async Task<int> RunAsync(CommandLine line, CancellationToken cancellationToken)
    {
        if (line.Help || line.Plan || line.Graph is not null)
        {
            await output.WriteAsync(line.Help ? CommandLine.Usage : line.Plan ? ResearchAssistant.Graph.ToPlan() : Draw(line.Graph!)).ConfigureAwait(false);
            return Success;
        }

        var question = line.Question.Length == 0 ? throw new UsageException("no question") : Question.Parse(line.Question) ?? throw new UsageException("the question has no word to search for");
        var folder = line.Folder ?? Repository.Enclosing(Directory.GetCurrentDirectory()) ?? Directory.GetCurrentDirectory();
        if (!Directory.Exists(folder))
        {
            throw new UsageException(File.Exists(folder) ? $"'{folder}' is a file, not a folder" : $"folder '{folder}' does not exist");
        }

        if (line.Out is { } target && (Directory.Exists(target) || !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(target)))))
        {
            throw new UsageException($"cannot write a file at '{target}'");
        }

        var report = await AskAsync(new ResearchAssistant(new Library(folder), cache, model), question, cancellationToken).ConfigureAwait(false);
        await output.WriteAsync(report.Markdown).ConfigureAwait(false);
        if (line.Out is not null)
        {
            await File.WriteAllTextAsync(line.Out, report.Markdown, cancellationToken).ConfigureAwait(false);
        }

        await AgentBackground.StopAsync(Grace).ConfigureAwait(false);
        return Success;
    }

    private async Task<FinalReport> AskAsync(ResearchAssistant assistant, Question question, CancellationToken cancellationToken)
    {
        IProgressView progress = tableWidth > 0
            ? new ProgressTable(error, ResearchAssistant.Graph, tableWidth)
            : new ProgressLines(error, ResearchAssistant.Graph);
        FinalReport? report = null;
        await foreach (var e in assistant.StreamAsync(question, cancellationToken).ConfigureAwait(false))
        {
            progress.Show(e);
            if (e.Kind == AgentEventKind.AgentCompleted && e.TryGetValue(out FinalReport? result))
            {
                report = result;
            }
        }

        return report ?? throw new InvalidOperationException("The run ended without a report.");
    }

    private int Fail(int code, string message)
    {
        error.WriteLine($"error: {message.ReplaceLineEndings(" ")}");
        return code;
    }

    private static string Draw(string format) => format switch
    {
        "dot" => ResearchAssistant.Graph.ToDot(),
        "json" => ResearchAssistant.Graph.ToJson() + "\n",
        _ => ResearchAssistant.Graph.ToMermaid(),
    };
}
