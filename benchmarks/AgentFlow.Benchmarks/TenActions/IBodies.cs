namespace AgentFlow.Benchmarks.TenActions;

/// <summary>
/// The bodies of the ten actions. The baselines are generic over a struct that implements this, so that the just-in-time compiler gives
/// each its own code and calls the bodies directly, as it does for an agent. What is meant for <c>Task.WhenAll</c> is a <c>Task</c>, so
/// that no baseline pays for a conversion.
/// </summary>
internal interface IBodies
{
    Task<Article> FetchWiki(string topic, CancellationToken ct);

    Task<Paper[]> SearchArxiv(string topic, CancellationToken ct);

    Task<Headline[]> FetchNews(string topic, CancellationToken ct);

    ValueTask<Fact[]> ExtractFacts(Article article);

    ValueTask<Digest> Summarize(Paper[] papers, CancellationToken ct);

    ValueTask<Report> Synthesize(Fact[] facts, Digest digest, Headline[] news);

    Task<Quality> CheckQuality(Report report);

    Task<Citation[]> Cite(Report report);

    Task<Review> CheckTone(Report report);

    ValueTask<FinalReport> Finish(Quality quality, Citation[] citations, Review review);
}
