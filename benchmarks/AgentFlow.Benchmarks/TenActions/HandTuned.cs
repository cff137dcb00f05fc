namespace AgentFlow.Benchmarks.TenActions;

/// <summary>
/// The best that this graph allows, written for it alone: straight-line code with its values in locals while everything completes on the
/// spot, and a pooled state machine (<see cref="TunedRun{TBodies}"/>) that takes over at the first stage where something is pending. Like
/// the other baselines, and unlike an agent, it does not cancel the rest when an action fails, and can be neither observed nor resumed.
/// </summary>
internal static class HandTuned<TBodies>
    where TBodies : struct, IBodies
{
    private static TBodies Bodies => default;

    public static ValueTask<FinalReport> RunAsync(string topic, CancellationToken ct)
    {
        var wiki = Bodies.FetchWiki(topic, ct);
        var papers = Bodies.SearchArxiv(topic, ct);
        var news = Bodies.FetchNews(topic, ct);
        if (!wiki.IsCompletedSuccessfully || !papers.IsCompletedSuccessfully || !news.IsCompletedSuccessfully)
        {
            return TunedRun<TBodies>.Rent().FromSources(wiki, papers, news, ct);
        }

        var facts = Bodies.ExtractFacts(wiki.Result);
        var digest = Bodies.Summarize(papers.Result, ct);
        if (!facts.IsCompletedSuccessfully || !digest.IsCompletedSuccessfully)
        {
            return TunedRun<TBodies>.Rent().FromDigests(facts, digest, news);
        }

        var synthesis = Bodies.Synthesize(facts.Result, digest.Result, news.Result);
        if (!synthesis.IsCompletedSuccessfully)
        {
            return TunedRun<TBodies>.Rent().FromSynthesis(synthesis);
        }

        var report = synthesis.Result;
        var quality = Bodies.CheckQuality(report);
        var citations = Bodies.Cite(report);
        var review = Bodies.CheckTone(report);
        if (!quality.IsCompletedSuccessfully || !citations.IsCompletedSuccessfully || !review.IsCompletedSuccessfully)
        {
            return TunedRun<TBodies>.Rent().FromChecks(quality, citations, review);
        }

        return Bodies.Finish(quality.Result, citations.Result, review.Result);
    }
}
