using System.Threading.Tasks.Dataflow;

namespace AgentFlow.Benchmarks.TenActions;

/// <summary>The same graph as a network of TPL Dataflow blocks. It is built once; a run is one message through it.</summary>
internal static class DataflowNetwork<TBodies>
    where TBodies : struct, IBodies
{
    private static TBodies Bodies => default;
    private static readonly BroadcastBlock<(string Topic, CancellationToken Token)> s_entry = new(null);
    private static readonly TransformBlock<Tuple<Quality, Citation[], Review>, FinalReport> s_exit = Build();

    public static async Task<FinalReport> RunAsync(string topic, CancellationToken ct)
    {
        s_entry.Post((topic, ct));
        return await s_exit.ReceiveAsync(ct).ConfigureAwait(false);
    }

    private static TransformBlock<Tuple<Quality, Citation[], Review>, FinalReport> Build()
    {
        var wiki = new TransformBlock<(string Topic, CancellationToken Token), Article>(static run => Bodies.FetchWiki(run.Topic, run.Token));
        var papers = new TransformBlock<(string Topic, CancellationToken Token), Paper[]>(static run => Bodies.SearchArxiv(run.Topic, run.Token));
        var news = new TransformBlock<(string Topic, CancellationToken Token), Headline[]>(static run => Bodies.FetchNews(run.Topic, run.Token));
        var facts = new TransformBlock<Article, Fact[]>(static article => Bodies.ExtractFacts(article).AsTask());
        var digest = new TransformBlock<Paper[], Digest>(static papers => Bodies.Summarize(papers, default).AsTask());
        var sources = new JoinBlock<Fact[], Digest, Headline[]>();
        var report = new TransformBlock<Tuple<Fact[], Digest, Headline[]>, Report>(static it => Bodies.Synthesize(it.Item1, it.Item2, it.Item3).AsTask());
        var reports = new BroadcastBlock<Report>(null);
        var quality = new TransformBlock<Report, Quality>(static report => Bodies.CheckQuality(report));
        var citations = new TransformBlock<Report, Citation[]>(static report => Bodies.Cite(report));
        var review = new TransformBlock<Report, Review>(static report => Bodies.CheckTone(report));
        var checks = new JoinBlock<Quality, Citation[], Review>();
        var finish = new TransformBlock<Tuple<Quality, Citation[], Review>, FinalReport>(static it => Bodies.Finish(it.Item1, it.Item2, it.Item3).AsTask());

        s_entry.LinkTo(wiki);
        s_entry.LinkTo(papers);
        s_entry.LinkTo(news);
        wiki.LinkTo(facts);
        papers.LinkTo(digest);
        facts.LinkTo(sources.Target1);
        digest.LinkTo(sources.Target2);
        news.LinkTo(sources.Target3);
        sources.LinkTo(report);
        report.LinkTo(reports);
        reports.LinkTo(quality);
        reports.LinkTo(citations);
        reports.LinkTo(review);
        quality.LinkTo(checks.Target1);
        citations.LinkTo(checks.Target2);
        review.LinkTo(checks.Target3);
        checks.LinkTo(finish);
        return finish;
    }
}
