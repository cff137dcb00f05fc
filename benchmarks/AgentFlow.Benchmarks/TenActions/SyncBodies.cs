using System.Runtime.CompilerServices;

namespace AgentFlow.Benchmarks.TenActions;

/// <summary>
/// Bodies that complete at once and allocate nothing. They are kept from being inlined: real bodies are not, and the compiler would see
/// through these and leave nothing of the straight-line baseline to measure.
/// </summary>
internal readonly struct SyncBodies : IBodies
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public Task<Article> FetchWiki(string topic, CancellationToken ct) => Values.Article;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public Task<Paper[]> SearchArxiv(string topic, CancellationToken ct) => Values.Papers;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public Task<Headline[]> FetchNews(string topic, CancellationToken ct) => Values.News;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public ValueTask<Fact[]> ExtractFacts(Article article) => new(Values.FactsOf(article));

    [MethodImpl(MethodImplOptions.NoInlining)]
    public ValueTask<Digest> Summarize(Paper[] papers, CancellationToken ct) => new(Values.DigestOf(papers));

    [MethodImpl(MethodImplOptions.NoInlining)]
    public ValueTask<Report> Synthesize(Fact[] facts, Digest digest, Headline[] news) => new(Values.ReportOf(facts, digest, news));

    [MethodImpl(MethodImplOptions.NoInlining)]
    public Task<Quality> CheckQuality(Report report) => Values.CheckOf(report, Values.Quality);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public Task<Citation[]> Cite(Report report) => Values.CheckOf(report, Values.Citations);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public Task<Review> CheckTone(Report report) => Values.CheckOf(report, Values.Review);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public ValueTask<FinalReport> Finish(Quality quality, Citation[] citations, Review review) => new(Values.FinalOf(quality, citations, review));
}
