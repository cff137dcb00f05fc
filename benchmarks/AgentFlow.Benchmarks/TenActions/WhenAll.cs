namespace AgentFlow.Benchmarks.TenActions;

/// <summary>What a skilled programmer writes by hand: async methods, with everything that can overlap overlapping. The base of all ratios.</summary>
internal static class WhenAll<TBodies>
    where TBodies : struct, IBodies
{
    private static TBodies Bodies => default;

    public static async Task<FinalReport> RunAsync(string topic, CancellationToken ct)
    {
        var news = Bodies.FetchNews(topic, ct);
        var facts = FactsAsync(topic, ct);
        var digest = DigestAsync(topic, ct);
        await Task.WhenAll(news, facts, digest).ConfigureAwait(false);

        var report = await Bodies.Synthesize(facts.Result, digest.Result, news.Result).ConfigureAwait(false);

        var quality = Bodies.CheckQuality(report);
        var citations = Bodies.Cite(report);
        var review = Bodies.CheckTone(report);
        await Task.WhenAll(quality, citations, review).ConfigureAwait(false);

        return await Bodies.Finish(quality.Result, citations.Result, review.Result).ConfigureAwait(false);
    }

    private static async Task<Fact[]> FactsAsync(string topic, CancellationToken ct) =>
        await Bodies.ExtractFacts(await Bodies.FetchWiki(topic, ct).ConfigureAwait(false)).ConfigureAwait(false);

    private static async Task<Digest> DigestAsync(string topic, CancellationToken ct) =>
        await Bodies.Summarize(await Bodies.SearchArxiv(topic, ct).ConfigureAwait(false), ct).ConfigureAwait(false);
}
