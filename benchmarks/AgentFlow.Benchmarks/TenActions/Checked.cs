namespace AgentFlow.Benchmarks.TenActions;

/// <summary>Hand-written code that is careful about allocation: <c>ValueTask</c>s throughout, and nothing is awaited that has completed.</summary>
internal static class Checked<TBodies>
    where TBodies : struct, IBodies
{
    private static TBodies Bodies => default;

    public static async ValueTask<FinalReport> RunAsync(string topic, CancellationToken ct)
    {
        var wiki = Bodies.FetchWiki(topic, ct);
        var papers = Bodies.SearchArxiv(topic, ct);
        var news = Bodies.FetchNews(topic, ct);
        var facts = wiki.IsCompletedSuccessfully ? Bodies.ExtractFacts(wiki.Result) : FactsAsync(wiki);
        var digest = papers.IsCompletedSuccessfully ? Bodies.Summarize(papers.Result, ct) : DigestAsync(papers, ct);

        var (f, d) = facts.IsCompletedSuccessfully && digest.IsCompletedSuccessfully && news.IsCompletedSuccessfully
            ? (facts.Result, digest.Result)
            : await AllAsync(facts, digest, news).ConfigureAwait(false);
        var synthesis = Bodies.Synthesize(f, d, news.Result);
        var report = synthesis.IsCompletedSuccessfully ? synthesis.Result : await synthesis.ConfigureAwait(false);

        var quality = Bodies.CheckQuality(report);
        var citations = Bodies.Cite(report);
        var review = Bodies.CheckTone(report);
        if (!quality.IsCompletedSuccessfully || !citations.IsCompletedSuccessfully || !review.IsCompletedSuccessfully)
        {
            await Task.WhenAll(quality, citations, review).ConfigureAwait(false);
        }

        var finish = Bodies.Finish(quality.Result, citations.Result, review.Result);
        return finish.IsCompletedSuccessfully ? finish.Result : await finish.ConfigureAwait(false);
    }

    /// <summary>A failure of one must not leave another unobserved, so all are awaited together.</summary>
    private static async ValueTask<(Fact[] Facts, Digest Digest)> AllAsync(ValueTask<Fact[]> facts, ValueTask<Digest> digest, Task<Headline[]> news)
    {
        var (f, d) = (facts.AsTask(), digest.AsTask());
        await Task.WhenAll(f, d, news).ConfigureAwait(false);
        return (f.Result, d.Result);
    }

    private static async ValueTask<Fact[]> FactsAsync(Task<Article> wiki) =>
        await Bodies.ExtractFacts(await wiki.ConfigureAwait(false)).ConfigureAwait(false);

    private static async ValueTask<Digest> DigestAsync(Task<Paper[]> papers, CancellationToken ct) =>
        await Bodies.Summarize(await papers.ConfigureAwait(false), ct).ConfigureAwait(false);
}
