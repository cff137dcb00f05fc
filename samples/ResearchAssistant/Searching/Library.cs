namespace AgentFlow.Samples.Research.Searching;

/// <summary>Tells how far a search has come.</summary>
/// <param name="done">Files read.</param>
/// <param name="total">Files in all.</param>
public delegate ValueTask Progress(int done, int total);

/// <summary>A folder as a place to look things up: its documents, its code and its history.</summary>
/// <param name="folder">The folder.</param>
public sealed class Library(string folder)
{
    private const int MostHits = 60;
    private const int Batches = 10;

    /// <summary>Shared by the two searches that need it, whichever comes first.</summary>
    private readonly Lazy<Task<FolderListing>> _listing = new(() => Task.Run(() => FolderListing.OfAsync(folder, CancellationToken.None)));

    /// <summary>The folder, in full.</summary>
    public string Folder { get; } = Path.GetFullPath(folder);

    /// <summary>Searches the documents.</summary>
    public async Task<DocumentHits> SearchDocumentsAsync(Question question, Progress progress, CancellationToken cancellationToken)
    {
        var listing = await _listing.Value.WaitAsync(cancellationToken).ConfigureAwait(false);
        var (hits, weights) = await SearchAsync(listing.Documents, DocumentSplitter.Split, question, progress, cancellationToken).ConfigureAwait(false);
        return new(hits, listing.Documents.Count, weights) { Note = listing.IsTruncated ? $"Only the first {FolderListing.MaxFiles} files were searched." : null };
    }

    /// <summary>Searches the code.</summary>
    public async Task<CodeHits> SearchCodeAsync(Question question, Progress progress, CancellationToken cancellationToken)
    {
        var listing = await _listing.Value.WaitAsync(cancellationToken).ConfigureAwait(false);
        var (hits, weights) = await SearchAsync(listing.Code, CodeSplitter.Split, question, progress, cancellationToken).ConfigureAwait(false);
        return new(hits, listing.Code.Count, weights);
    }

    /// <summary>Searches the commits.</summary>
    /// <exception cref="GitException">Git refuses to read the repository.</exception>
    public async Task<HistoryHits> SearchHistoryAsync(Question question, CancellationToken cancellationToken)
    {
        var commits = await CommitLog.ReadAsync(Folder, cancellationToken).ConfigureAwait(false);
        var ranking = new Ranking(question);
        ranking.Add(commits ?? []);
        var (hits, weights) = ranking.Rank(MostHits);
        return new(hits, commits?.Count ?? 0, weights)
        {
            Note = commits is null ? "Git is not installed, or not on the path: the history was not searched, and files that git ignores were not left out." : null,
        };
    }

    private async Task<(IReadOnlyList<Hit> Hits, IReadOnlyList<double> TermWeights)> SearchAsync(
        IReadOnlyList<string> files, Func<TextFile, IEnumerable<Passage>> split, Question question, Progress progress, CancellationToken cancellationToken)
    {
        var ranking = new Ranking(question);
        var done = 0;
        foreach (var batch in files.Chunk(Math.Max(50, files.Count / Batches)))
        {
            await Parallel.ForEachAsync(batch, cancellationToken, async (path, token) =>
            {
                if (await TextFile.ReadAsync(Folder, path, token).ConfigureAwait(false) is { } file)
                {
                    ranking.Add(split(file));
                }
            }).ConfigureAwait(false);
            await progress(done += batch.Length, files.Count).ConfigureAwait(false);
        }

        return ranking.Rank(MostHits);
    }
}
