namespace AgentFlow.Benchmarks.TenActions;

/// <summary>What workflow libraries do at run time: named steps, values in a dictionary, one wave after the other.</summary>
internal static class DictionaryWaves<TBodies>
    where TBodies : struct, IBodies
{
    private static TBodies Bodies => default;

    private static readonly Step[][] s_waves =
    [
        [
            new("FetchWiki", static async (s, ct) => await Bodies.FetchWiki((string)s["topic"], ct).ConfigureAwait(false)),
            new("SearchArxiv", static async (s, ct) => await Bodies.SearchArxiv((string)s["topic"], ct).ConfigureAwait(false)),
            new("FetchNews", static async (s, ct) => await Bodies.FetchNews((string)s["topic"], ct).ConfigureAwait(false)),
        ],
        [
            new("ExtractFacts", static async (s, _) => await Bodies.ExtractFacts((Article)s["FetchWiki"]).ConfigureAwait(false)),
            new("Summarize", static async (s, ct) => await Bodies.Summarize((Paper[])s["SearchArxiv"], ct).ConfigureAwait(false)),
        ],
        [
            new("Synthesize", static async (s, _) =>
                await Bodies.Synthesize((Fact[])s["ExtractFacts"], (Digest)s["Summarize"], (Headline[])s["FetchNews"]).ConfigureAwait(false)),
        ],
        [
            new("CheckQuality", static async (s, _) => await Bodies.CheckQuality((Report)s["Synthesize"]).ConfigureAwait(false)),
            new("Cite", static async (s, _) => await Bodies.Cite((Report)s["Synthesize"]).ConfigureAwait(false)),
            new("CheckTone", static async (s, _) => await Bodies.CheckTone((Report)s["Synthesize"]).ConfigureAwait(false)),
        ],
        [
            new("Finish", static async (s, _) =>
                await Bodies.Finish((Quality)s["CheckQuality"], (Citation[])s["Cite"], (Review)s["CheckTone"]).ConfigureAwait(false)),
        ],
    ];

    public static async Task<FinalReport> RunAsync(string topic, CancellationToken ct)
    {
        var state = new Dictionary<string, object> { ["topic"] = topic };
        foreach (var wave in s_waves)
        {
            var tasks = new Task<object>[wave.Length];
            for (var i = 0; i < wave.Length; i++)
            {
                tasks[i] = wave[i].Body(state, ct);
            }

            var results = await Task.WhenAll(tasks).ConfigureAwait(false);
            for (var i = 0; i < wave.Length; i++)
            {
                state[wave[i].Name] = results[i];
            }
        }

        return (FinalReport)state["Finish"];
    }

    private sealed record Step(string Name, Func<Dictionary<string, object>, CancellationToken, Task<object>> Body);
}
