namespace AgentFlow.Samples.Research.Searching;

/// <summary>The messages of a folder's commits.</summary>
public static class CommitLog
{
    private const int MaxCommits = 5000;
    private const char Record = '\x1e';
    private const char Field = '\x1f';

    /// <summary>Reads the newest commits that touch a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>One passage a commit, none without a repository; <see langword="null"/> without git.</returns>
    /// <exception cref="GitException">Git refuses, though there is a repository.</exception>
    public static async Task<IReadOnlyList<Passage>?> ReadAsync(string folder, CancellationToken cancellationToken)
    {
        if (Repository.Enclosing(folder) is null)
        {
            return [];
        }

        var log = await Git.RunAsync(
            folder, cancellationToken, "log", "--no-color", "--no-show-signature", "--no-merges", "--date=short", $"--max-count={MaxCommits}",
            "--format=%x1e%h%x1f%ad%x1f%s%x1f%b", "--", ".").ConfigureAwait(false);
        return log is null ? null : Parse(log);
    }

    /// <summary>Parses the log.</summary>
    /// <param name="log">Records of hash, day, subject and body, separated by control characters.</param>
    public static IReadOnlyList<Passage> Parse(string log) =>
        [.. log.Split(Record, StringSplitOptions.RemoveEmptyEntries)
            .Select(static record => record.Split(Field))
            .Where(static fields => fields.Length == 4)
            .Select(static fields => new Passage(SourceKind.Commit, fields[0], 0, fields[2].Trim(), fields[3].Trim()) { Date = fields[1] })];
}
