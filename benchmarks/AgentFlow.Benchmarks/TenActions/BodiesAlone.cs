using System.Runtime.CompilerServices;

namespace AgentFlow.Benchmarks.TenActions;

/// <summary>The bodies one after the other in a pooled method: what they allocate by themselves, beyond which no scheduler should go.</summary>
internal static class BodiesAlone<TBodies>
    where TBodies : struct, IBodies
{
    private static TBodies Bodies => default;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public static async ValueTask<FinalReport> RunAsync(string topic, CancellationToken ct)
    {
        var facts = await Bodies.ExtractFacts(await Bodies.FetchWiki(topic, ct).ConfigureAwait(false)).ConfigureAwait(false);
        var digest = await Bodies.Summarize(await Bodies.SearchArxiv(topic, ct).ConfigureAwait(false), ct).ConfigureAwait(false);
        var report = await Bodies.Synthesize(facts, digest, await Bodies.FetchNews(topic, ct).ConfigureAwait(false)).ConfigureAwait(false);
        var quality = await Bodies.CheckQuality(report).ConfigureAwait(false);
        var citations = await Bodies.Cite(report).ConfigureAwait(false);
        return await Bodies.Finish(quality, citations, await Bodies.CheckTone(report).ConfigureAwait(false)).ConfigureAwait(false);
    }
}
