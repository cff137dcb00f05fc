namespace AgentFlow.Tests;

public sealed record Article(string Text);

public sealed record Paper(string Title);

public sealed record Headline(string Text);

public sealed record Fact(string Text);

public sealed record Digest(string Text);

public sealed record Report(string Text);

public sealed record Quality(double Score);

public sealed record Citation(string Text);

public sealed record FinalReport(string Text);

/// <summary>The document's ten actions, every body synchronous.</summary>
[Agent(MaxParallel = 4)]
public sealed partial class TenActions
{
    private static readonly Task<Article> s_article = Task.FromResult(new Article("wiki"));
    private static readonly Task<Paper[]> s_papers = Task.FromResult(new Paper[] { new("p") });
    private static readonly Task<Headline[]> s_news = Task.FromResult(new Headline[] { new("n") });
    private static readonly Fact[] s_facts = [new("f")];
    private static readonly Digest s_digest = new("d");
    private static readonly Report s_report = new("r");
    private static readonly Quality s_quality = new(1);
    private static readonly Citation[] s_citations = [new("c")];
    private static readonly FinalReport s_final = new("final");

    [Action(Title = "Fetch Wikipedia Article", Estimate = "00:00:30")]
    private Task<Article> FetchWiki([Input] string topic, CancellationToken ct) => s_article;

    [Action(Title = "Search arXiv Papers", Estimate = "00:00:30")]
    private Task<Paper[]> SearchArxiv([Input] string topic, CancellationToken ct) => s_papers;

    [Action(Title = "Fetch Recent AI News", Estimate = "00:00:20")]
    private Task<Headline[]> FetchNews([Input] string topic, CancellationToken ct) => s_news;

    [Action(Title = "Extract Key Facts from Wikipedia", Estimate = "00:00:15")]
    private Fact[] ExtractFacts(Article article) => s_facts;

    [Action(Title = "Summarize Research Papers", Estimate = "00:01:00", Type = ActionType.Agent)]
    private ValueTask<Digest> Summarize(Paper[] papers, CancellationToken ct) => new(s_digest);

    [Action(Title = "Synthesize Comprehensive Report", Estimate = "00:02:00", Type = ActionType.Llm, Mode = ActionMode.Sync)]
    private ValueTask<Report> Synthesize(Fact[] facts, Digest digest, Headline[] news) => new(s_report);

    [Action(Title = "Cache Report in Database", Estimate = "00:00:10", Type = ActionType.Relic)]
    private Task CacheReport(Report report) => Task.CompletedTask;

    [Action(Title = "Run Quality Checks", Estimate = "00:00:20")]
    private Quality CheckQuality(Report report) => s_quality;

    [Action(Title = "Generate Citations", Estimate = "00:00:15")]
    private Citation[] Cite(Report report) => s_citations;

    [Action(Title = "Finalize Report with Metadata", Estimate = "00:00:10", Mode = ActionMode.Sync)]
    private FinalReport Finish(Report report, Quality quality, Citation[] citations) => s_final;
}
