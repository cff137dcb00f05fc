namespace AgentFlow.Benchmarks.TenActions;

/// <summary>The ten actions as an agent, every body synchronous.</summary>
[Agent]
internal sealed partial class SyncAgent
{
    [Action]
    private static Task<Article> FetchWiki([Input] string topic, CancellationToken ct) => default(SyncBodies).FetchWiki(topic, ct);

    [Action]
    private static Task<Paper[]> SearchArxiv([Input] string topic, CancellationToken ct) => default(SyncBodies).SearchArxiv(topic, ct);

    [Action]
    private static Task<Headline[]> FetchNews([Input] string topic, CancellationToken ct) => default(SyncBodies).FetchNews(topic, ct);

    [Action]
    private static ValueTask<Fact[]> ExtractFacts(Article article) => default(SyncBodies).ExtractFacts(article);

    [Action]
    private static ValueTask<Digest> Summarize(Paper[] papers, CancellationToken ct) => default(SyncBodies).Summarize(papers, ct);

    [Action]
    private static ValueTask<Report> Synthesize(Fact[] facts, Digest digest, Headline[] news) => default(SyncBodies).Synthesize(facts, digest, news);

    [Action]
    private static Task<Quality> CheckQuality(Report report) => default(SyncBodies).CheckQuality(report);

    [Action]
    private static Task<Citation[]> Cite(Report report) => default(SyncBodies).Cite(report);

    [Action]
    private static Task<Review> CheckTone(Report report) => default(SyncBodies).CheckTone(report);

    [Action]
    private static ValueTask<FinalReport> Finish(Quality quality, Citation[] citations, Review review) => default(SyncBodies).Finish(quality, citations, review);
}

/// <summary>The ten actions as an agent, every body yielding.</summary>
[Agent]
internal sealed partial class YieldingAgent
{
    [Action]
    private static Task<Article> FetchWiki([Input] string topic, CancellationToken ct) => default(YieldingBodies).FetchWiki(topic, ct);

    [Action]
    private static Task<Paper[]> SearchArxiv([Input] string topic, CancellationToken ct) => default(YieldingBodies).SearchArxiv(topic, ct);

    [Action]
    private static Task<Headline[]> FetchNews([Input] string topic, CancellationToken ct) => default(YieldingBodies).FetchNews(topic, ct);

    [Action]
    private static ValueTask<Fact[]> ExtractFacts(Article article) => default(YieldingBodies).ExtractFacts(article);

    [Action]
    private static ValueTask<Digest> Summarize(Paper[] papers, CancellationToken ct) => default(YieldingBodies).Summarize(papers, ct);

    [Action]
    private static ValueTask<Report> Synthesize(Fact[] facts, Digest digest, Headline[] news) => default(YieldingBodies).Synthesize(facts, digest, news);

    [Action]
    private static Task<Quality> CheckQuality(Report report) => default(YieldingBodies).CheckQuality(report);

    [Action]
    private static Task<Citation[]> Cite(Report report) => default(YieldingBodies).Cite(report);

    [Action]
    private static Task<Review> CheckTone(Report report) => default(YieldingBodies).CheckTone(report);

    [Action]
    private static ValueTask<FinalReport> Finish(Quality quality, Citation[] citations, Review review) => default(YieldingBodies).Finish(quality, citations, review);
}

/// <summary>The ten actions as an agent, every body waiting for a timer.</summary>
[Agent]
internal sealed partial class DelayingAgent
{
    [Action]
    private static Task<Article> FetchWiki([Input] string topic, CancellationToken ct) => default(DelayingBodies).FetchWiki(topic, ct);

    [Action]
    private static Task<Paper[]> SearchArxiv([Input] string topic, CancellationToken ct) => default(DelayingBodies).SearchArxiv(topic, ct);

    [Action]
    private static Task<Headline[]> FetchNews([Input] string topic, CancellationToken ct) => default(DelayingBodies).FetchNews(topic, ct);

    [Action]
    private static ValueTask<Fact[]> ExtractFacts(Article article) => default(DelayingBodies).ExtractFacts(article);

    [Action]
    private static ValueTask<Digest> Summarize(Paper[] papers, CancellationToken ct) => default(DelayingBodies).Summarize(papers, ct);

    [Action]
    private static ValueTask<Report> Synthesize(Fact[] facts, Digest digest, Headline[] news) => default(DelayingBodies).Synthesize(facts, digest, news);

    [Action]
    private static Task<Quality> CheckQuality(Report report) => default(DelayingBodies).CheckQuality(report);

    [Action]
    private static Task<Citation[]> Cite(Report report) => default(DelayingBodies).Cite(report);

    [Action]
    private static Task<Review> CheckTone(Report report) => default(DelayingBodies).CheckTone(report);

    [Action]
    private static ValueTask<FinalReport> Finish(Quality quality, Citation[] citations, Review review) => default(DelayingBodies).Finish(quality, citations, review);
}
