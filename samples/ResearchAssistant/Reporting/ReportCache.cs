using System.Security.Cryptography;
using System.Text;

namespace AgentFlow.Samples.Research.Reporting;

/// <summary>Keeps the last report on each question about each folder.</summary>
/// <param name="directory">Where; it is made when first needed.</param>
public sealed class ReportCache(string directory)
{
    /// <summary>The cache of this user.</summary>
    public static ReportCache OfUser => new(
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "agentflow", "research"));

    /// <summary>The file of a report. Its name is a hash: a question may hold anything, and a file's name may not.</summary>
    /// <param name="folder">The folder that is asked about.</param>
    /// <param name="question">The question.</param>
    public string PathOf(string folder, string question) =>
        Path.Combine(directory, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{folder}\0{question}"))) + ".md");

    /// <summary>Keeps a report; a reader sees the one before or this one, never half of it.</summary>
    /// <param name="draft">The report.</param>
    /// <param name="question">The question, for the check that the report carries.</param>
    /// <param name="cancellationToken">Stops the writing.</param>
    public async Task SaveAsync(Draft draft, Searching.Question question, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(directory);
        var path = PathOf(draft.Folder, draft.Question);
        var partial = $"{path}.{Guid.NewGuid():N}";
        try
        {
            await File.WriteAllTextAsync(partial, MarkdownReport.Write(draft, Citation.Of(draft), Quality.Check(draft, question)), cancellationToken).ConfigureAwait(false);
            File.Move(partial, path, overwrite: true);
        }
        finally
        {
            File.Delete(partial);
        }
    }
}
