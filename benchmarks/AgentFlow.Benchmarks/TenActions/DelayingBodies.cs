namespace AgentFlow.Benchmarks.TenActions;

/// <summary>Bodies that wait for a timer of one millisecond, then do what the synchronous ones do.</summary>
internal readonly struct DelayingBodies : IBodies
{
    public async Task<Article> FetchWiki(string topic, CancellationToken ct)
    {
        await Task.Delay(1, ct).ConfigureAwait(false);
        return default(SyncBodies).FetchWiki(topic, ct).Result;
    }

    public async Task<Paper[]> SearchArxiv(string topic, CancellationToken ct)
    {
        await Task.Delay(1, ct).ConfigureAwait(false);
        return default(SyncBodies).SearchArxiv(topic, ct).Result;
    }

    public async Task<Headline[]> FetchNews(string topic, CancellationToken ct)
    {
        await Task.Delay(1, ct).ConfigureAwait(false);
        return default(SyncBodies).FetchNews(topic, ct).Result;
    }

    public async ValueTask<Fact[]> ExtractFacts(Article article)
    {
        await Task.Delay(1, CancellationToken.None).ConfigureAwait(false);
        return default(SyncBodies).ExtractFacts(article).Result;
    }

    public async ValueTask<Digest> Summarize(Paper[] papers, CancellationToken ct)
    {
        await Task.Delay(1, ct).ConfigureAwait(false);
        return default(SyncBodies).Summarize(papers, ct).Result;
    }

    public async ValueTask<Report> Synthesize(Fact[] facts, Digest digest, Headline[] news)
    {
        await Task.Delay(1, CancellationToken.None).ConfigureAwait(false);
        return default(SyncBodies).Synthesize(facts, digest, news).Result;
    }

    public async Task<Quality> CheckQuality(Report report)
    {
        await Task.Delay(1, CancellationToken.None).ConfigureAwait(false);
        return default(SyncBodies).CheckQuality(report).Result;
    }

    public async Task<Citation[]> Cite(Report report)
    {
        await Task.Delay(1, CancellationToken.None).ConfigureAwait(false);
        return default(SyncBodies).Cite(report).Result;
    }

    public async Task<Review> CheckTone(Report report)
    {
        await Task.Delay(1, CancellationToken.None).ConfigureAwait(false);
        return default(SyncBodies).CheckTone(report).Result;
    }

    public async ValueTask<FinalReport> Finish(Quality quality, Citation[] citations, Review review)
    {
        await Task.Delay(1, CancellationToken.None).ConfigureAwait(false);
        return default(SyncBodies).Finish(quality, citations, review).Result;
    }
}
